"""What people and machines see: thin, strangers to one another."""
