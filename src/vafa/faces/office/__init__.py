"""The back office: the five rooms as pages."""
