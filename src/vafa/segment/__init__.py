"""2 the sieve."""
