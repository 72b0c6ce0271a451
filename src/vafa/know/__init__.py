"""1 the card file."""
