"""Columns of dates and times as instants and local days: each distinct text is read once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.calendar import day_number, month_start
from vafa.core.errors import Question
from vafa.core.identity import plain_digits
from vafa.core.words import gettext_noop as _

DAY = 86_400  # seconds
MICRO = 1_000_000
_QUARTER = 900  # seconds: zones change their offset at quarters of an hour
_PATTERN = (
    r"^(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})"
    r"(?:(?:[Tt]| +)(?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"(?: ?(?P<p>[AaPp])\.?[Mm]\.?)?)?"
    r"(?: ?(?P<z>[Zz]|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2}))?$"
)
GOOD, ABSENT, BAD = range(3)
_PIECE = 1 << 20  # rows that are read at once
_FIRST, _END = day_number(dt.date(1900, 1, 1)) * DAY * MICRO, day_number(dt.date(2101, 1, 1)) * DAY * MICRO


class Moments(NamedTuple):
    """Microseconds since 1970 UTC, the local day, what each row is (GOOD, ABSENT, BAD), the years' calendar."""

    at: np.ndarray  # int64
    day: np.ndarray  # int32
    status: np.ndarray  # int8
    calendar: str


class _Parsed(NamedTuple):
    wall: np.ndarray  # int64 microseconds as written
    offset: np.ndarray  # int64 seconds that were written with it
    zoned: np.ndarray  # bool: an offset was written
    status: np.ndarray
    jalali: np.ndarray  # bool


def moments(
    column: pa.ChunkedArray,
    name: str,
    *,
    zone: ZoneInfo | None = None,
    written_in: ZoneInfo | None = None,
    date_order: str | None = None,
    fallback_order: str | None = None,
    calendar: str | None = None,
) -> Moments:
    """The instants in ``column`` and the days on which they fall in ``zone`` (None: the days as written).

    ``written_in``: the zone of times without an offset, ``zone`` where it is None. ``fallback_order``
    counts where the dates themselves don't show their order. Raises a Question where the order of day and
    month, or the calendar, can't be seen.
    """
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        parsed = _typed(column)
    else:
        texts = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
        parsed = _texts(texts, name, date_order, fallback_order)
    found = _calendar(parsed, name, calendar)
    offset = np.where(parsed.zoned, parsed.offset, 0)
    source = written_in or zone
    if source is not None and not parsed.zoned.all():
        naive = ~parsed.zoned
        offset[naive] = _offsets(parsed.wall[naive] // MICRO, source, local=True)
    at = parsed.wall - offset * MICRO
    label = parsed.wall if zone is None else at + _offsets(at // MICRO, zone, local=False) * MICRO
    return Moments(at, (label // (DAY * MICRO)).astype(np.int32), parsed.status, found)


def _typed(column: pa.ChunkedArray) -> _Parsed:
    kind = column.type
    tz = kind.tz if pa.types.is_timestamp(kind) else None
    raw = pc.cast(pc.cast(column, pa.timestamp("us", tz), safe=False), pa.int64())
    absent = pc.is_null(column).to_numpy()
    at = pc.fill_null(raw, 0).to_numpy()
    sane = (at > -70 * 366 * DAY * MICRO) & (at < 131 * 365 * DAY * MICRO)
    status = np.where(absent, ABSENT, np.where(sane, GOOD, BAD)).astype(np.int8)
    at = np.where(sane, at, 0)
    offset = np.zeros(len(at), np.int64)
    if tz and tz not in ("UTC", "Z", "Etc/UTC", "+00:00"):
        try:
            offset = _offsets(at // MICRO, ZoneInfo(tz), local=False)
        except (KeyError, ValueError, OSError):
            offset = offset + (_written_offset(tz) or 0)
    return _Parsed(at + offset * MICRO, offset, np.full(len(at), tz is not None), status, np.zeros(len(at), bool))


def _texts(texts: pa.ChunkedArray, name: str, date_order: str | None, fallback: str | None) -> _Parsed:
    """Piece by piece, so that a long column needs no more room than its result."""
    pieces = [texts.slice(start, _PIECE) for start in range(0, len(texts), _PIECE)] or [texts]
    if len(pieces) > 1 and date_order is None:
        date_order = _order_of_all(pieces, name, fallback)
    found = []
    for piece in pieces:
        unique = piece.combine_chunks().dictionary_encode()
        distinct = _plain(unique.dictionary) or _parse(unique.dictionary, name, date_order, fallback)
        places = pc.fill_null(unique.indices, len(distinct.wall)).to_numpy(zero_copy_only=False)
        filler = (0, 0, False, ABSENT, False)
        found.append([np.append(a, a.dtype.type(f))[places] for a, f in zip(distinct, filler, strict=True)])
    return _Parsed(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _order_of_all(pieces: list[pa.ChunkedArray], name: str, fallback: str | None) -> str | None:
    """The order of day and month that all dates with their year at the end show together; None without any."""
    parts: list[tuple[np.ndarray, ...]] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for piece in pieces:
        texts = pc.utf8_trim_whitespace(_latin(piece.unique().drop_null()))
        texts = texts.filter(pc.match_substring_regex(texts, r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}"))
        found = pc.extract_regex(texts, _PATTERN).drop_null()
        parts.append(tuple(np.asarray(pc.cast(pc.struct_field(found, key), pa.int64())) for key in "ab"))
    a, b = (np.concatenate(numbers) for numbers in zip(*parts, strict=True))
    sound = a <= 31
    return _order(a[sound], b[sound], name, None, fallback) if sound.any() else None


def _plain(texts: pa.Array) -> _Parsed | None:
    """Texts that are all 2026-11-23, with 14:05 or 14:05:30 behind or not: most files, ten times as fast."""
    sizes = pc.unique(pc.binary_length(texts)).to_pylist()
    if not set(sizes) <= {10, 16, 19}:
        return None
    try:
        wall = pc.cast(pc.cast(texts, pa.timestamp("us")), pa.int64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    if len(wall) and not _FIRST <= wall.min() <= wall.max() < _END:
        return None
    none = np.zeros(len(wall), bool)
    return _Parsed(wall, np.zeros(len(wall), np.int64), none, np.full(len(wall), GOOD, np.int8), none)


def _latin(texts: pa.Array) -> pa.Array:
    if not pc.all(pc.string_is_ascii(texts)).as_py():
        texts = pa.array([plain_digits(text) for text in texts.to_pylist()], pa.string())
    return texts


def _parse(texts: pa.Array, name: str, date_order: str | None, fallback: str | None) -> _Parsed:
    texts = _latin(texts)
    whole = pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), r"^(\d{4})(\d{2})(\d{2})(\.0)?$", r"\1-\2-\3")
    found = pc.extract_regex(whole, _PATTERN)
    ok = pc.is_valid(found).to_numpy(zero_copy_only=False)

    def part(key: str) -> np.ndarray:
        text = pc.fill_null(pc.struct_field(found, key), "")
        return np.asarray(pc.cast(pc.if_else(pc.equal(text, ""), "0", text), pa.int64()))

    a, b, c = part("a"), part("b"), part("c")
    front = ok & (a >= 1000) & (c <= 31)
    back = ok & (c >= 1000) & (a <= 31)
    month_first = back & (_order(a[back], b[back], name, date_order, fallback) == "mdy")
    year = np.where(front, a, c)
    month = np.where(month_first, a, b)
    day = np.where(front, c, np.where(month_first, b, a))
    days, status = _days(year, month, day, front | back)
    seconds, in_day = _clock(found, part)
    offset, zoned = _zones(found)
    status = np.where(in_day & (status == GOOD), GOOD, BAD).astype(np.int8)
    wall = np.where(status == GOOD, days * DAY * MICRO + seconds, 0)
    return _Parsed(wall, offset, zoned, status, (year < 1600) & (status == GOOD))


def _order(a: np.ndarray, b: np.ndarray, name: str, date_order: str | None, fallback: str | None) -> str:
    """Whether dates that end with their year are dmy or mdy: a part above 12 is no month."""
    if date_order in ("dmy", "mdy"):
        return date_order
    day_first = bool(((a > 12) & (a <= 31) & (b <= 12)).any())
    day_second = bool(((b > 12) & (b <= 31) & (a <= 12)).any())
    if day_first != day_second:
        return "dmy" if day_first else "mdy"
    if bool((a == b).all()):
        return "dmy"
    if fallback and not day_first:
        return fallback
    place = int(np.flatnonzero(a != b)[0])
    raise Question(
        "date_order",
        _("In column “%(column)s”, is %(a)s/%(b)s day/month or month/day?"),
        _("Tell by --date-order dmy or --date-order mdy."),
        column=name,
        a=int(a[place]),
        b=int(b[place]),
    )


def _days(year: np.ndarray, month: np.ndarray, day: np.ndarray, ok: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Day numbers; BAD where there is no such day in the calendar that the year belongs to."""
    packed = np.where(ok, (year * 100 + month) * 100 + day, 0)
    distinct, places = np.unique(packed, return_inverse=True)
    days = [_day(int(p) // 10_000, int(p) // 100 % 100, int(p) % 100) for p in distinct]
    numbers = np.array([0 if d is None else d for d in days], np.int64)
    bad = np.array([d is None for d in days], bool)
    return numbers[places], np.where(bad[places], BAD, GOOD)


def _day(year: int, month: int, of_month: int) -> int | None:
    if not 1 <= month <= 12 or not of_month:
        return None
    if 1200 <= year <= 1500:
        start, end = month_start(year * 12 + month - 1, "jalali"), month_start(year * 12 + month, "jalali")
        return start + of_month - 1 if start + of_month <= end else None
    if not 1900 <= year <= 2100:
        return None
    try:
        return day_number(dt.date(year, month, of_month))
    except ValueError:
        return None


def _clock(found: pa.Array, part: Callable[[str], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Microseconds since midnight, and whether there is such a time of day."""
    fraction = pc.fill_null(pc.struct_field(found, "f"), "")
    micro = np.asarray(pc.cast(pc.utf8_slice_codeunits(pc.utf8_rpad(fraction, 6, "0"), 0, 6), pa.int64()))
    half = pc.utf8_lower(pc.fill_null(pc.struct_field(found, "p"), ""))
    morning = pc.equal(half, "a").to_numpy(zero_copy_only=False)
    evening = pc.equal(half, "p").to_numpy(zero_copy_only=False)
    hour, minute, second = part("h"), part("i"), part("s")
    ok = (hour < 24) & (minute < 60) & (second < 60) & (~(morning | evening) | ((hour >= 1) & (hour <= 12)))
    hour = np.where(morning | evening, hour % 12 + 12 * evening, hour)
    return ((hour * 60 + minute) * 60 + second) * MICRO + micro, ok


def _zones(found: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    written = pc.fill_null(pc.struct_field(found, "z"), "").dictionary_encode()
    offsets = [_written_offset(text) for text in written.dictionary.to_pylist()]
    places = written.indices.to_numpy(zero_copy_only=False)
    seconds = np.array([o or 0 for o in offsets], np.int64)[places]
    return seconds, np.array([o is not None for o in offsets], bool)[places]


def _written_offset(text: str) -> int | None:
    """Seconds east of Greenwich: "+03:30" → 12600; None where nothing is written."""
    if not text:
        return None
    if text[0] not in "+-":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    seconds = (int(digits[:2]) * 60 + int(digits[2:4])) * 60
    return -seconds if text[0] == "-" else seconds


def _offsets(seconds: np.ndarray, where: ZoneInfo, *, local: bool) -> np.ndarray:
    """Seconds to add to UTC for ``where``, at instants or (``local``) at times on its clocks.

    A time that comes twice is the first, one that a clock leaps over counts as before the leap.
    """
    quarters, places = np.unique(seconds // _QUARTER, return_inverse=True)
    start = dt.datetime(1970, 1, 1)
    found = np.zeros(len(quarters), np.int64)
    for index, quarter in enumerate(quarters.tolist()):
        naive = start + dt.timedelta(seconds=quarter * _QUARTER)
        moment = naive.replace(tzinfo=where) if local else naive.replace(tzinfo=dt.UTC).astimezone(where)
        shift = moment.utcoffset()
        found[index] = 0 if shift is None else int(shift.total_seconds())
    return found[places]


def _calendar(parsed: _Parsed, name: str, calendar: str | None) -> str:
    good = parsed.status == GOOD
    jalali, gregorian = bool((parsed.jalali & good).any()), bool((~parsed.jalali & good).any())
    if calendar is None and jalali and gregorian:
        raise Question(
            "calendar",
            _("Column “%(column)s” has Jalali and Gregorian years; in which calendar do you count months?"),
            _("Tell by --calendar jalali or --calendar gregorian."),
            column=name,
        )
    return calendar or ("jalali" if jalali else "gregorian")
