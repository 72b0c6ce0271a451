"""Season: what the same days of earlier years brought, beside the year around them."""

from __future__ import annotations

import numpy as np

from vafa.segment.clv.counts import Buyers, Ints

YEAR = 365
SHRINK = 50.0  # purchase days' worth of belief that there is no season


def index(bought: Buyers, day: int, horizon: int) -> float:
    """Factor for (day, day + horizon] from earlier years, 1 where two whole years aren't there."""
    days = np.sort(bought.day[bought.day <= day])
    if not len(days) or day - int(days[0]) < 2 * YEAR or horizon >= YEAR:
        return 1.0
    came = expected = 0.0
    for years in range(1, (day - int(days[0])) // YEAR + 1):
        start = day - years * YEAR
        around = start + horizon // 2 - YEAR // 2
        if around < int(days[0]) or around + YEAR > day:
            continue
        came += _between(days, start, start + horizon)
        expected += _between(days, around, around + YEAR) * horizon / YEAR
    return (came + SHRINK) / (expected + SHRINK)


def seen(first: int, day: int, horizon: int) -> bool:
    """Whether the same days of an earlier year are in the data (a whole year ahead has every season in it)."""
    return horizon >= YEAR or day - first >= YEAR


def _between(days: Ints, after: int, until: int) -> int:
    found = np.searchsorted(days, [after, until], side="right")
    return int(found[1] - found[0])
