"""5 the mirror."""
