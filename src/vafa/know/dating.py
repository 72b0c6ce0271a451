"""Texts of days and times: order of day and month, Gregorian and Jalali, with and without a zone.

A day is decided by its whole column: the order of day and month by the days that fit one order only,
the calendar by the year (1200–1500 Jalali, 1900–2100 Gregorian). What the data leave open is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from persiantools.jdatetime import JalaliDate

from vafa.core.calendar import day_number
from vafa.core.errors import Question
from vafa.core.identity import plain_digits
from vafa.core.words import gettext_noop as _
from vafa.know.encoding import Encoded, Ints, Mask

ORDERS = ("dmy", "mdy", "ymd")
US_A_DAY = 86_400_000_000
_SPLIT = r"^(?P<day>[^\sT]+)(?:[\sT]\s*(?P<time>\S.*))?$"
_PARTS = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_TIME = re.compile(
    r"(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*(?:([AaPp])\.?[Mm]\.?)?\s*"
    r"(?:([Zz]|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?$"
)


class Days(NamedTuple):
    """A day for each text; ``faults``: code of the fault by index; ``calendar``: the one they are written in."""

    days: Ints
    faults: dict[int, str]
    calendar: str | None


class Moments(NamedTuple):
    """When each row was: ``local`` as written and ``offset`` from UTC (where ``zoned``), in microseconds."""

    local: Ints
    offset: Ints
    zoned: Mask
    faults: dict[int, str]  # by row
    calendar: str | None


class Asking(NamedTuple):
    """How the days of a column may be read; ``likely``: an order for days that both orders fit."""

    column: str
    order: str | None = None
    calendar: str | None = None
    likely: str | None = None
    mixed: bool = False  # both calendars may stand in one column (birthdays)


def moments(column: Encoded, asking: Asking) -> Moments:
    """Days and times of a column of texts; blank cells are faults too."""
    parts = pc.extract_regex(column.texts, _SPLIT)
    empty = pa.array([], pa.string())
    day_part = (parts.field("day") if len(parts) else empty).dictionary_encode()
    time_part = (parts.field("time") if len(parts) else empty).dictionary_encode()
    found = days(day_part.dictionary.to_pylist(), asking)
    clock = [_clock(text) for text in time_part.dictionary.to_pylist()]
    day_codes = np.asarray(pc.fill_null(day_part.indices, -1)).astype(np.int64)
    time_codes = np.asarray(pc.fill_null(time_part.indices, -1)).astype(np.int64)
    bad_day = np.append([index in found.faults for index in range(len(found.days))], True).astype(bool)
    bad_time = np.append([time is None for time in clock], False).astype(bool)
    times = np.array([time[0] if time else 0 for time in clock] + [0], dtype=np.int64)
    offsets = np.array([(time[1] or 0) if time else 0 for time in clock] + [0], dtype=np.int64)
    has_offset = np.array([bool(time) and time[1] is not None for time in clock] + [False], dtype=bool)
    local = np.append(found.days, 0)[day_codes] * US_A_DAY + times[time_codes]
    bad = bad_day[day_codes] | bad_time[time_codes]
    faults = {
        row: "missing_date" if column.codes[row] < 0 else _code(found, int(day_codes[column.codes[row]]))
        for row in np.flatnonzero(column.spread(bad, blank=True)).tolist()
    }
    return Moments(
        column.spread(local),
        column.spread(offsets[time_codes]),
        column.spread(has_offset[time_codes], blank=False),
        faults,
        found.calendar,
    )


def _code(found: Days, index: int) -> str:
    return found.faults.get(index, "unreadable_date")


def typed(column: pa.ChunkedArray) -> Moments:
    """The same of a column whose cells are days or instants already."""
    array: Any = column.combine_chunks()
    zoned = pa.types.is_timestamp(array.type) and array.type.tz is not None
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("us", "UTC" if zoned else None), safe=False)
    else:
        array = array.cast(pa.timestamp("us"))
    missing = np.asarray(array.is_null())
    local = np.asarray(pc.fill_null(array.cast(pa.int64()), 0)).astype(np.int64)
    faults = dict.fromkeys(np.flatnonzero(missing).tolist(), "missing_date")
    year = local // US_A_DAY
    odd = (year < day_number(date(1900, 1, 1))) | (year > day_number(date(2100, 12, 31)))
    faults |= dict.fromkeys(np.flatnonzero(odd & ~missing).tolist(), "unreadable_date")
    return Moments(local, np.zeros_like(local), np.full(len(local), zoned), faults, "gregorian")


def is_typed(column: pa.ChunkedArray) -> bool:
    return bool(pa.types.is_timestamp(column.type) or pa.types.is_date(column.type))


def days(texts: Sequence[str | None], asking: Asking) -> Days:
    """Each text as a day. A Question where the data leave order or calendar open."""
    parts = [_parts(plain_digits(text or "")) for text in texts]
    order = asking.order or _order(texts, parts, asking)
    read = [None if p is None else _in_order(p, order) for p in parts]
    calendars = {found[1] for found in read if found}
    calendar = next(iter(calendars)) if len(calendars) == 1 else None
    if len(calendars) > 1 and not asking.mixed:
        if asking.calendar is None:
            raise _which_calendar(texts, read, asking.column)
        calendar = asking.calendar
    numbers = np.zeros(len(parts), dtype=np.int64)
    faults: dict[int, str] = {}
    for index, found in enumerate(read):
        if found is None:
            faults[index] = "unreadable_date"
        elif calendar and found[1] != calendar:
            faults[index] = "other_calendar"
        else:
            numbers[index] = found[0]
    return Days(numbers, faults, calendar)


def _parts(text: str) -> tuple[str, str, str] | None:
    found = _PARTS.match(text) or _COMPACT.match(text)
    return (found[1], found[2], found[3]) if found else None


def _in_order(parts: tuple[str, str, str], order: str) -> tuple[int, str] | None:
    """(day, calendar), or None where the parts are no day in this order."""
    first, second, third = parts
    if len(first) == 4:  # nobody writes the year, then the day
        return None if len(third) > 2 else _day(first, second, third)
    if len(first) > 2 or len(third) == 3:
        return None
    if order == "ymd":
        return None if len(third) > 2 else _day(first, second, third)
    return _day(third, second, first) if order == "dmy" else _day(third, first, second)


def _day(year_text: str, month: str, of_month: str) -> tuple[int, str] | None:
    year = int(year_text)
    if len(year_text) <= 2:
        year += 2000 if year < 70 else 1900
    try:
        if 1200 <= year <= 1500:
            return day_number(JalaliDate(year, int(month), int(of_month)).to_gregorian()), "jalali"
        if 1900 <= year <= 2100:
            return day_number(date(year, int(month), int(of_month))), "gregorian"
    except ValueError:
        pass
    return None


def _order(texts: Sequence[str | None], parts: Iterable[tuple[str, str, str] | None], asking: Asking) -> str:
    """The one order that every day fits; days of which each order makes the same tell nothing."""
    allowed = {"dmy", "mdy"}
    open_example = ""
    for text, triple in zip(texts, parts, strict=True):
        if triple is None or len(triple[0]) == 4:
            continue
        fits = {order: day for order in ("dmy", "mdy") if (day := _in_order(triple, order))}
        if not fits:
            if _in_order(triple, "ymd"):
                fits = {"ymd": (0, "")}
            else:
                continue
        if len(fits) == 2 and len(set(fits.values())) == 2:
            open_example = open_example or str(text)
        if not allowed & set(fits):
            if allowed == {"dmy", "mdy"}:
                allowed = {"ymd"}
                continue
            raise _which_order(str(text), asking.column)
        allowed &= set(fits)
    if len(allowed) == 1:
        return next(iter(allowed))
    if asking.likely:
        return asking.likely
    if open_example:
        raise _which_order(open_example, asking.column)
    return "dmy"


def _which_order(example: str, column: str) -> Question:
    return Question(
        "which_date_order",
        _("In the column “%(column)s”, which part of “%(example)s” is the day?"),
        _("Say --date-order dmy (day first), mdy (month first) or ymd (year first)."),
        column=column,
        example=example[:40],
    )


def _which_calendar(texts: Sequence[str | None], read: Sequence[tuple[int, str] | None], column: str) -> Question:
    example = {found[1]: str(text) for text, found in zip(texts, read, strict=True) if found}
    return Question(
        "which_calendar",
        _("The column “%(column)s” mixes calendars, as in “%(jalali)s” and “%(gregorian)s”: which is right?"),
        _("Say --calendar gregorian or --calendar jalali; days of the other one are then refused."),
        column=column,
        **example,
    )


def _clock(text: str | None) -> tuple[int, int | None] | None:
    """(microseconds since midnight, offset from UTC or None), or None where it is no time."""
    found = _TIME.match(plain_digits(text or "").strip())
    if not found:
        return None
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5] in "Pp" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    micro = int((found[4] or "0").ljust(6, "0")[:6])
    offset = 0 if found[6] else None
    if found[7]:
        offset = (int(found[8]) * 60 + int(found[9] or 0)) * (-60_000_000 if found[7] == "-" else 60_000_000)
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro, offset
