"""3 the programme."""
