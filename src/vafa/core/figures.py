"""Numbers, money and days as the reader writes them: language, digits, calendar, toman."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates, numbers
from persiantools.jdatetime import JalaliDate

from vafa.core import calendar as cal
from vafa.core.money import digits, to_major
from vafa.core.words import gettext, language

_PERSIAN = str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_calendar: ContextVar[str] = ContextVar("calendar", default="gregorian")
_toman: ContextVar[bool] = ContextVar("toman", default=False)
_ARMENIAN = str.maketrans(",.", "\u00a0,")
_SHORT = {"USD": "دلار", "EUR": "یورو", "GBP": "پوند", "IRR": "ریال", "AMD": "درام", "TRY": "لیر", "AED": "درهم"}
JALALI_MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()
_SHORT_HY = {"IRR": "ռիալ", "TRY": "լիրա", "AED": "դիրհամ", "RUB": "ռուբլի"}  # the others have signs
JALALI_LATIN = "Farvardin Ordibehesht Khordad Tir Mordad Shahrivar Mehr Aban Azar Dey Bahman Esfand".split()
JALALI_ARMENIAN = "Ֆարվարդին Օրդիբեհեշթ Խորդադ Թիր Մորդադ Շահրիվար Մեհր Աբան Ազար Դեյ Բահման Էսֆանդ".split()


@contextlib.contextmanager
def shown(calendar: str = "gregorian", toman: bool = False) -> Iterator[None]:
    """Within the block days come in ``calendar`` and rials, if ``toman``, as toman."""
    a, b = _calendar.set(calendar), _toman.set(toman)
    try:
        yield
    finally:
        _calendar.reset(a)
        _toman.reset(b)


def number(value: float | Decimal, decimals: int = 0) -> str:
    """1234.5 → "1,234.5" / "۱٬۲۳۴٫۵"."""
    text = f"{value:,.{decimals}f}".replace("-", "\u2212")
    if not text.strip("\u22120."):  # −0.0 is no less than nothing
        text = text.lstrip("\u2212")
    known = {"fa": _PERSIAN, "hy": _ARMENIAN}
    return text.translate(known[language()]) if language() in known else text


def signed(value: float | Decimal, decimals: int = 0) -> str:
    return ("+" if round(float(value), decimals) > 0 else "") + number(value, decimals)


def percent(share: float, decimals: int = 0) -> str:
    """A share (0–1) as "71 %" / "۷۱٪"."""
    text = number(share * 100, decimals)
    return text + {"fa": "٪", "hy": "%"}.get(language(), "\u00a0%")


def money(minor: float, currency: str, whole: bool = False) -> str:
    """Minor units as people write them; ``whole`` drops the decimals where they say nothing."""
    amount = to_major(round(minor), currency)
    places = 0 if whole else digits(currency)
    if currency == "IRR" and _toman.get():
        toman = gettext("toman")
        return f"{number(amount / 10)} {toman}"
    if language() == "fa":
        return f"{number(amount, places)} {_SHORT.get(currency) or numbers.get_currency_name(currency, locale='fa')}"
    if language() == "hy":
        name = _SHORT_HY.get(currency) or numbers.get_currency_symbol(currency, locale="hy")
        return f"{number(amount, places)}\u00a0{name}"
    symbol = numbers.get_currency_symbol(currency, locale="en")
    sign = "\u2212" if amount < 0 else ""
    gap = "\u00a0" if len(symbol) > 1 and symbol.isalpha() else ""
    return f"{sign}{symbol}{gap}{number(abs(amount), places)}"


def day(value: date | int, short: bool = False, year: bool = True) -> str:
    """A day in words: "22 November 2026", short "22 Nov"; "۱ آذر ۱۴۰۵"."""
    when = cal.to_date(value) if isinstance(value, int) else value
    if _calendar.get() == "jalali":
        jalali = JalaliDate(when)
        name = _jalali_month(jalali.month)
        text = f"{jalali.day} {name}" + (f" {jalali.year}" if year else "")
    else:
        pattern = ("d MMM" if short else "d MMMM") + (" y" if year else "")
        text = dates.format_date(when, pattern, locale=language())
    return text.translate(_PERSIAN_DIGITS) if language() == "fa" else text


def day_of_year(month: int, of_month: int, calendar: str) -> str:
    """A day of every year, counted in ``calendar`` whatever days are shown in: "31 December", "۲۹ اسفند"."""
    if calendar == "jalali":
        name = _jalali_month(month)
    else:
        name = dates.format_date(date(2000, month, 1), "d MMMM", locale=language()).partition(" ")[2]
    text = f"{of_month} {name}"
    return text.translate(_PERSIAN_DIGITS) if language() == "fa" else text


def _jalali_month(number: int) -> str:
    known = {"fa": JALALI_MONTHS, "hy": JALALI_ARMENIAN}
    return known.get(language(), JALALI_LATIN)[number - 1]


def month(value: int, year: bool = False) -> str:
    """A month number as a short name: "Nov", "آذر"."""
    if _calendar.get() == "jalali":
        name = _jalali_month(value % 12 + 1)
    else:
        name = dates.format_date(date(2000, value % 12 + 1, 1), "LLL", locale=language())
    text = f"{name} {value // 12}" if year else name
    return text.translate(_PERSIAN_DIGITS) if language() == "fa" else text


def clock_time(at: datetime, zone: str) -> str:
    text = at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    return text.translate(_PERSIAN_DIGITS) if language() == "fa" else text
