"""Days and months as integers, in the Gregorian or the Jalali calendar.

A *day* is the number of days since 1970-01-01, a *month* is year × 12 + (month − 1) in the shop's
calendar; both are what the engine and the metrics count with.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _

EPOCH = date(1970, 1, 1)
CALENDARS = ("gregorian", "jalali")


def zone(name: str) -> ZoneInfo:
    """The time zone called ``name``; a Refusal when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refusal(
            "unknown_time_zone",
            _("There is no time zone “%(name)s”."),
            _("Use a name such as Asia/Tehran or America/New_York."),
            name=name[:60],
        ) from None


def known_zone(name: str) -> bool:
    """Whether there is a time zone called ``name``."""
    try:
        zone(name)
    except Refusal:
        return False
    return True


def day_number(day: date) -> int:
    return (day - EPOCH).days


def to_date(day: int) -> date:
    return EPOCH + timedelta(days=day)


def local_day(at: datetime, where: ZoneInfo) -> int:
    """The calendar day on which ``at`` falls in the zone ``where``."""
    return day_number(at.astimezone(where).date())


def midnight(day: int, where: ZoneInfo) -> datetime:
    """The instant at which ``day`` begins in the zone ``where``."""
    return datetime.combine(to_date(day), datetime.min.time(), where)


def month_number(day: int, calendar: str = "gregorian") -> int:
    if calendar == "jalali":
        jalali = JalaliDate(to_date(day))
        return int(jalali.year) * 12 + int(jalali.month) - 1
    gregorian = to_date(day)
    return gregorian.year * 12 + gregorian.month - 1


def month_start(month: int, calendar: str = "gregorian") -> int:
    """The first day of ``month``."""
    year, index = divmod(month, 12)
    if calendar == "jalali":
        return day_number(JalaliDate(year, index + 1, 1).to_gregorian())
    return day_number(date(year, index + 1, 1))


def month_name(month: int) -> str:
    """``YYYY-MM`` in the calendar that ``month`` was counted in."""
    year, index = divmod(month, 12)
    return f"{year:04d}-{index + 1:02d}"


def next_birthday(born: date, day: int, calendar: str = "gregorian") -> int:
    """The first birthday on or after ``day``; who was born on a leap day has it on the last day of that month."""
    year = to_date(day).year if calendar == "gregorian" else int(JalaliDate(to_date(day)).year)
    for candidate in (year - 1, year, year + 1):
        found = _birthday_in(born, candidate, calendar)
        if found >= day:
            return found
    raise AssertionError("a birthday comes every year")


def _birthday_in(born: date, year: int, calendar: str) -> int:
    month, of_month = (born.month, born.day) if calendar == "gregorian" else _jalali_parts(born)
    last = month_start(year * 12 + month, calendar) - 1
    return min(month_start(year * 12 + month - 1, calendar) + of_month - 1, last)


def _jalali_parts(born: date) -> tuple[int, int]:
    jalali = JalaliDate(born)
    return int(jalali.month), int(jalali.day)
