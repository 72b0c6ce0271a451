"""4 the word."""
