"""Django's PostgreSQL back end, which asks a connection that was used a moment ago not again whether it lives."""

from __future__ import annotations

import time
from typing import Any

from django.db.backends.postgresql import base

_PostgreSQL: Any = base.DatabaseWrapper  # the stubs leave its inner methods out
RESTED = 1.0  # seconds: a server that was stopped isn't back sooner


class DatabaseWrapper(_PostgreSQL):  # type: ignore[misc]  # so its base is Any
    """Checks the health of a connection that has rested; Django does so in every request."""

    _seen_alive = -RESTED

    def close_if_health_check_failed(self) -> None:
        now = time.monotonic()
        if now - self._seen_alive < RESTED:
            self.health_check_done = True  # else the next statement, in a transaction by then, would check
        elif not self.health_check_done:
            super().close_if_health_check_failed()
            self._seen_alive = now
