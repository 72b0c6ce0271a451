"""Terms and windows in days: when a term ends, which window a day falls in."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    DAY,
    DAYS,
    FAR,
    FIRST_DAY,
    FIRST_MONTH,
    MEMBER_YEAR,
    MONTH,
    MONTHS,
    MONTHS_AFTER_MONTH,
    NEVER,
    NOW_JOINED,
    NOW_SINCE,
    ROLLING_DAYS,
    TIER,
    WEEK,
    YEAR,
    Memory,
    Row,
    Tables,
)

from .mode import jit


@jit
def version_on(begins: Row, day: int) -> int:
    """The version in force on a day."""
    version = 0
    while begins[version + 1] <= day:
        version += 1
    return version


@jit
def month_of(tables: Tables, day: int) -> int:
    return tables.months[day - tables.sizes[FIRST_DAY]]


@jit
def start_of(tables: Tables, month: int) -> int:
    """The first day of a month; beyond the calendar: a day that never comes, before it: its first day."""
    place = max(month - tables.sizes[FIRST_MONTH], 0)
    return tables.starts[place] if place < len(tables.starts) else FAR


@jit
def add_months(tables: Tables, day: int, months: int) -> int:
    """The same day of the month, so many months later; the month's last day where it is shorter."""
    month = month_of(tables, day)
    of_month = day - start_of(tables, month)
    first, following = start_of(tables, month + months), start_of(tables, month + months + 1)
    if following == FAR:
        return FAR
    return min(first + of_month, following - 1)


@jit
def first_dead_day(tables: Tables, day: int, kind: int, count: int) -> int:
    """The first day on which what was earned on ``day`` is no longer usable; FAR: never."""
    if kind == NEVER:
        return FAR
    if kind == DAYS:
        return day + count + 1
    if kind == MONTHS:
        return min(add_months(tables, day, count) + 1, FAR)
    month = month_of(tables, day)
    if kind == MONTHS_AFTER_MONTH:
        return start_of(tables, month + 1 + count)
    return start_of(tables, (month // 12 + 1 + count) * 12)


@jit
def window_of(tables: Tables, memory: Memory, day: int, window: int) -> int:
    """The number of the window that ``day`` falls in; a counter starts at 0 in each."""
    if window == DAY:
        return day
    if window == WEEK:
        return (day + 3) // 7  # from Monday on
    if window == MONTH:
        return month_of(tables, day)
    if window == YEAR:
        return month_of(tables, day) // 12
    if window == MEMBER_YEAR:
        return member_year(tables, memory.now[NOW_JOINED], day)
    if window == TIER:
        return memory.now[NOW_SINCE]
    return 0


@jit
def member_year(tables: Tables, joined: int, day: int) -> int:
    """Whole years since the day of the first activity."""
    months = month_of(tables, day) - month_of(tables, joined)
    if day < add_months(tables, joined, months):
        months -= 1
    return months // 12


@jit
def streak_number(tables: Tables, day: int, window: int) -> int:
    """The number of what must come one after another: days, weeks, months or years."""
    if window == DAY:
        return day
    if window == WEEK:
        return (day + 3) // 7
    return month_of(tables, day) if window == MONTH else month_of(tables, day) // 12


@jit
def leaves(tables: Tables, day: int, window: int, count: int) -> int:
    """The first day on which a rolling window no longer holds ``day``."""
    if window == ROLLING_DAYS:
        return day + count
    after = add_months(tables, day, count)
    return after if after == FAR or window_begins(tables, after, window, count) > day else after + 1


@jit
def window_begins(tables: Tables, day: int, window: int, count: int) -> int:
    """The first day that a rolling window ending on ``day`` still holds."""
    if window == ROLLING_DAYS:
        return day - count + 1
    return add_months(tables, day, -count) + 1
