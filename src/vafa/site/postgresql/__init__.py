"""PostgreSQL without needless questions: see base.py."""
