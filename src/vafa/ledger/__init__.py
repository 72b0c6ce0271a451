"""The safe: double entry in integers; knows owners by id, nothing of customers."""
