"""Terms and windows in days: when a term ends, which window a day falls in."""

from __future__ import annotations

from functools import lru_cache

from vafa.core.calendar import month_number, month_start
from vafa.reward.engine import plan as p


@lru_cache(maxsize=200_000)
def _month(day: int, calendar: str) -> int:
    return month_number(day, calendar)


@lru_cache(maxsize=20_000)
def _start(month: int, calendar: str) -> int:
    return month_start(month, calendar)


def add_months(day: int, months: int, calendar: str) -> int:
    """The same day of the month, so many months later; the month's last day where it is shorter."""
    month = _month(day, calendar)
    of_month = day - _start(month, calendar)
    first = _start(month + months, calendar)
    return min(first + of_month, _start(month + months + 1, calendar) - 1)


def first_dead_day(day: int, kind: int, count: int, calendar: str) -> int:
    """The first day on which what was earned on ``day`` is no longer usable; −1: never."""
    if kind == p.NEVER:
        return -1
    if kind == p.DAYS:
        return day + count + 1
    if kind == p.MONTHS:
        return add_months(day, count, calendar) + 1
    month = _month(day, calendar)
    if kind == p.MONTHS_AFTER_MONTH:
        return _start(month + 1 + count, calendar)
    return _start((month // 12 + 1 + count) * 12, calendar)


def window_of(day: int, window: int, calendar: str) -> int:
    """The number of the window that ``day`` falls in; a counter starts at 0 in each."""
    if window in (p.LIFE, p.ROLLING_DAYS, p.ROLLING_MONTHS):
        return 0
    if window == p.DAY:
        return day
    month = _month(day, calendar)
    return month // 12 if window == p.YEAR else month


def window_begins(day: int, window: int, count: int, calendar: str) -> int:
    """The first day that a rolling window ending on ``day`` still holds."""
    if window == p.ROLLING_DAYS:
        return day - count + 1
    return add_months(day, -count, calendar) + 1
