"""The only source of now.

A shop of sample data lives in the past: ``run_from`` sets the clock back by a fixed span, and it
goes on ticking from there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)
_offset = timedelta(0)


def now() -> datetime:
    """The present instant, in UTC."""
    return _frozen.get() or datetime.now(UTC) + _offset


def today(zone: str) -> date:
    """The calendar day in ``zone``, such as "Asia/Tehran"."""
    return now().astimezone(ZoneInfo(zone)).date()


def run_from(offset: timedelta) -> None:
    """Let the clock of this process run ``offset`` away from real time."""
    global _offset
    _offset = offset


@contextlib.contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Within the block now is ``at`` (with a zone)."""
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
