"""The journal of what happened, and the outbox."""
