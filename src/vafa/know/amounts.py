"""Texts of amounts and quantities as integers: currency signs, separators of thousands, decimal commas."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.identity import plain_digits
from vafa.know.encoding import Ints

_FAST = r"^(?P<sign>-?)(?P<whole>[0-9]{1,12})(?:\.(?P<part>[0-9]*?)0*)?$"
_BODY = re.compile(
    r"(?P<open>\()?(?P<before>[+-]?)(?P<mark>[^\d.,()+-]*)(?P<middle>[+-]?)"
    r"(?P<number>[\d.,]*\d[.,]?)(?P<unit>[^\d.,()+-]*)(?P<after>-?)(?P<close>\))?$"
)
_POINT = re.compile(r"(\d+|\d{1,3}(,\d{2,3})*,\d{3})?(\.\d*)?$")
_COMMA = re.compile(r"(\d+|\d{1,3}(\.\d{3})+)?(,\d*)?$")
_GAPS = re.compile(r"[\s\u00a0\u202f\u2009'’\u200e\u200f\u202a-\u202e\u2066-\u2069]")
RIALS = {"ریال", "﷼"}


class Scaled(NamedTuple):
    """One integer for each text; ``faults``: code of the fault by index of the text; ``marks``: currency signs."""

    values: Ints
    faults: dict[int, str]
    marks: frozenset[str]


class _Number(NamedTuple):
    body: str  # digits with points and commas
    negative: bool
    mark: str
    plain: bool  # written with Persian separators, so that nothing is left to guess


def scaled(texts: pa.Array, places: int, *, largest: int, currency: str = "", rounded: bool = False) -> Scaled:
    """Each text times 10^``places``.

    A comma is a decimal sign where the column shows it and no point contradicts. ``rounded``: further
    decimals are rounded half up, else they are a fault.
    """
    values, slow, pointed = _fast(texts, places)
    faults: dict[int, str] = {}
    marks: set[str] = set()
    numbers = {index: _number(texts[index].as_py(), currency) for index in slow}
    comma = not pointed and _comma_decimal([n.body for n in numbers.values() if n and not n.plain])
    for index, number in numbers.items():
        digits = None if number is None else _decimal(number, comma)
        if number is None or digits is None:
            faults[index] = "unreadable_number"
            continue
        marks |= {number.mark} if number.mark else set()
        exact = digits.scaleb(places)
        whole = exact.quantize(Decimal(1), ROUND_HALF_UP) if abs(exact) < 10**25 else exact
        if whole != exact and not rounded:
            faults[index] = "too_many_decimals"
        elif abs(whole) > largest:
            faults[index] = "amount_too_large"
        else:
            values[index] = -int(whole) if number.negative else int(whole)
    for index in np.flatnonzero(np.abs(values) > largest).tolist():
        faults[index] = "amount_too_large"
        values[index] = 0
    return Scaled(values, faults, frozenset(marks))


def _fast(texts: pa.Array, places: int) -> tuple[Ints, list[int], bool]:
    """Plain numbers at once; the indices of all others; whether a decimal point was seen."""
    parts = pc.extract_regex(texts, _FAST)
    part = parts.field("part") if len(texts) else pa.array([], pa.string())
    if not len(texts):
        return np.zeros(0, np.int64), [], False
    good = pc.and_(parts.is_valid(), pc.less_equal(pc.binary_length(part), places))
    whole = pc.if_else(good, parts.field("whole"), "0")
    padded = pc.utf8_rpad(pc.if_else(good, part, ""), places, "0") if places else pa.array(["0"] * len(texts))
    values = np.asarray(pc.cast(whole, pa.int64())) * 10**places + np.asarray(pc.cast(padded, pa.int64()))
    values = np.where(np.asarray(pc.equal(pc.if_else(good, parts.field("sign"), ""), "-")), -values, values)
    is_good = np.asarray(good)
    pointed = pc.any(pc.and_(good, pc.match_substring_regex(texts, r"\.[0-9]*$")), min_count=0).as_py()
    return values.astype(np.int64), np.flatnonzero(~is_good).tolist(), bool(pointed)


def _number(text: str, currency: str) -> _Number | None:
    if len(text) > 60:
        return None
    bare = _GAPS.sub("", plain_digits(text)).replace("\u2212", "-")
    plain = "\u066b" in bare or "\u066c" in bare
    bare = bare.replace("\u066c", "").replace("\u066b", ".")
    found = _BODY.match(bare)
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    mark = found["mark"] or found["unit"]
    if not _is_currency(found["mark"], currency) or not _is_currency(found["unit"], currency):
        return None
    signs = [found[name] for name in ("before", "middle", "after") if found[name]]
    if len(signs) + bool(found["open"]) > 1:
        return None
    return _Number(found["number"], bool(found["open"]) or "-" in signs, mark, plain)


def _is_currency(mark: str, currency: str) -> bool:
    if not mark:
        return True
    if not currency:  # a quantity
        return False
    known = mark.upper() == currency or (currency == "IRR" and mark in RIALS)
    return known or all(unicodedata.category(c) == "Sc" for c in mark)


def _comma_decimal(bodies: list[str]) -> bool:
    """Whether commas stand before decimals: some value shows it and none contradicts."""
    shown = False
    for body in bodies:
        if _COMMA.match(body) and not _POINT.match(body):
            shown = True
        elif _POINT.match(body) and not _COMMA.match(body):
            return False
    return shown


def _decimal(number: _Number, comma: bool) -> Decimal | None:
    pattern, group, point = (_COMMA, ".", ",") if comma and not number.plain else (_POINT, ",", ".")
    if not pattern.match(number.body):
        return None
    return Decimal(number.body.replace(group, "").replace(point, ".") or "0")
