"""The calendar as tables: three hundred years of days and months."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from vafa.core.calendar import month_number, month_start
from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward.engine.fields import FIRST_DAY, Tables

YEARS = {"gregorian": (1900, 2200), "jalali": (1279, 1579)}


@lru_cache(maxsize=4)
def calendar_tables(calendar: str) -> tuple[int, int, list[int], list[int]]:
    """First day, first month, the month of each day, the first day of each month: three hundred years."""
    first, last = (year * 12 for year in YEARS[calendar])
    starts = [month_start(month, calendar) for month in range(first, last + 1)]
    lengths = [after - before for before, after in pairwise(starts)]
    months = np.repeat(np.arange(first, last, dtype=np.int64), lengths).tolist()
    assert month_number(starts[-1] - 1, calendar) == months[-1]
    return starts[0], first, months, starts


def days_told(tables: Tables) -> tuple[int, int]:
    """The first and the last day on which something can happen."""
    return tables.sizes[FIRST_DAY] + 1, tables.starts[-1] - 1


def check_days(tables: Tables, first: int, last: int) -> None:
    """A Refusal where days lie outside of the three hundred years that the calendar holds."""
    low, high = days_told(tables)
    if first < low or last > high:
        raise Refusal(
            "day_out_of_range",
            _("A purchase is dated in the year %(year)s, which can't be right."),
            _("Mend its date."),
            year=(first if first < low else last) // 365 + 1970,
        )
