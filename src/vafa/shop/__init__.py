"""Who runs the club: club, branches, staff, roles, keys, settings."""
