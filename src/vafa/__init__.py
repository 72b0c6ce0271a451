"""Vafa turns a shop's one-time buyers into loyal customers."""

__version__ = "0.1.0"
