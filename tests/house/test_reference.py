"""docs/reference.md says what the program says of itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_reference_is_up_to_date() -> None:
    """If this fails: .venv/bin/python docs/make_reference.py"""
    ran = subprocess.run([sys.executable, DOCS / "make_reference.py", "--check"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr or "run docs/make_reference.py"
