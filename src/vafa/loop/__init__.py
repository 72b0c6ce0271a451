"""The corridor: acts that cross rooms, one page each, in the order in which they happen."""
