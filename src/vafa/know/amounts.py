"""Columns of amounts and quantities as integers: each distinct text is read once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.identity import plain_digits
from vafa.core.money import LARGEST

_PLAIN = re.compile(r"-?(\d+(\.\d*)?|\.\d+)$")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{2,3})*,\d{3}(\.\d*)?$")
_POINT = re.compile(r"-?\d*\.(\d{1,2}|\d{4,})?$|.*,.*\.|.*,\d{3},")
_COMMA = re.compile(r"-?\d*,(\d{1,2}|\d{4,})?$|.*\..*,|.*\.\d{3}\.")
_SIGNS = {ord("\u066b"): ".", ord("\u066c"): None, ord("\u2212"): "-", ord("\u2013"): "-"}
_SIGNS |= {ord(c): None for c in " \u00a0\u202f\u2009'’\u200e\u200f\u061c\u200c"}
GOOD, ABSENT, BAD, DECIMALS, LARGE = range(5)
CODES = {BAD: "bad_amount", DECIMALS: "too_many_decimals", LARGE: "amount_too_large"}


class Numbers(NamedTuple):
    """Integers (0 where there is none) and what each row is: GOOD, ABSENT, BAD, DECIMALS or LARGE."""

    values: np.ndarray  # int64
    status: np.ndarray  # int8


def integers(column: pa.ChunkedArray, places: int, *, currency: str = "", exact: bool = True) -> Numbers:
    """``column`` times 10 ** ``places``: major units become minor ones with the currency's decimals.

    ``exact``: more decimals than ``places`` are DECIMALS, else they are rounded half away from zero.
    """
    kind = column.type
    if pa.types.is_integer(kind):
        whole = pc.fill_null(column, 0).to_numpy().astype(np.int64)
        status = np.where(pc.is_null(column).to_numpy(), ABSENT, GOOD).astype(np.int8)
        status[(np.abs(whole) > LARGEST // 10**places) & (status == GOOD)] = LARGE
        return Numbers(np.where(status == GOOD, whole, 0) * 10**places, status)
    if pa.types.is_floating(kind):
        return _floats(column, places, exact)
    texts = column if pa.types.is_string(kind) else pc.cast(column, pa.string())
    unique = texts.combine_chunks().dictionary_encode()
    values, status = _texts(unique.dictionary.to_pylist(), places, currency, exact)
    places_of = pc.fill_null(unique.indices, len(values)).to_numpy(zero_copy_only=False)
    return Numbers(np.append(values, np.int64(0))[places_of], np.append(status, np.int8(ABSENT))[places_of])


def _floats(column: pa.ChunkedArray, places: int, exact: bool) -> Numbers:
    raw = pc.fill_null(pc.cast(column, pa.float64()), np.nan).to_numpy()
    scaled = raw * 10.0**places
    status = np.where(np.isnan(raw), ABSENT, GOOD).astype(np.int8)
    status[np.isinf(raw)] = BAD
    sound = np.where(np.isfinite(scaled), scaled, 0.0)
    status[(np.abs(sound) > LARGEST) & (status == GOOD)] = LARGE
    sound[status != GOOD] = 0.0
    # a float stands for the nearest decimal: what is off by more than its own error has more decimals
    whole = np.where(np.abs(sound - np.rint(sound)) <= 1e-6 + np.abs(sound) * 1e-15, np.rint(sound), np.nan)
    if exact:
        status[np.isnan(whole)] = DECIMALS
    half_up = np.copysign(np.floor(np.abs(sound) + 0.5), sound)
    values = np.where(np.isnan(whole), 0.0 if exact else half_up, whole).astype(np.int64)
    return Numbers(values, status)


def _texts(texts: Sequence[str], places: int, currency: str, exact: bool) -> tuple[np.ndarray, np.ndarray]:
    bare = [_bare(text, currency) for text in texts]
    comma = sum(bool(_COMMA.match(text)) for text in bare) > sum(bool(_POINT.match(text)) for text in bare)
    values, status = np.zeros(len(bare), np.int64), np.zeros(len(bare), np.int8)
    for place, text in enumerate(bare):
        values[place], status[place] = _number(text, places, comma, exact)
    return values, status


def _bare(text: str, currency: str) -> str:
    """The digits, signs and separators alone: no currency, no spaces, a minus in front."""
    bare = plain_digits(text.strip()).translate(_SIGNS)
    if not bare.isascii():
        bare = "".join(c for c in bare.replace("ریال", "") if unicodedata.category(c) != "Sc")
    bare = bare.replace("$", "")
    if currency and not _PLAIN.match(bare):
        bare = re.sub(rf"(?i){currency}", "", bare)
    if bare.startswith("(") and bare.endswith(")"):
        bare = "-" + bare[1:-1]
    if bare.endswith("-"):
        bare = "-" + bare[:-1]
    return bare.removeprefix("+")


def _number(bare: str, places: int, comma: bool, exact: bool) -> tuple[int, int]:
    if comma:
        bare = bare.translate({ord(","): ".", ord("."): ","})
    if not bare:
        return 0, BAD
    if "," in bare:
        if not _GROUPED.match(bare):
            return 0, BAD
        bare = bare.replace(",", "")
    if not _PLAIN.match(bare) or len(bare) > 60:
        return 0, BAD
    scaled = Decimal(bare).scaleb(places)
    if abs(scaled) > LARGEST:
        return 0, LARGE
    whole = int(scaled.to_integral_value("ROUND_HALF_UP"))
    if exact and scaled != whole:
        return 0, DECIMALS
    return whole, GOOD


def product(quantity_milli: np.ndarray, price: np.ndarray, divisor: int) -> tuple[np.ndarray, np.ndarray]:
    """quantity × price ÷ ``divisor``, half away from zero, and which results are too large (0 there)."""
    # Python's integers where 64 bits might not do
    wide = np.abs(quantity_milli.astype(float) * price.astype(float)) > 4e18
    small = np.where(wide, 0, quantity_milli * np.where(wide, 0, price))
    result = np.sign(small) * ((2 * np.abs(small) + divisor) // (2 * divisor))
    large = np.abs(result) > LARGEST
    for place in np.flatnonzero(wide):
        exact = int(quantity_milli[place]) * int(price[place])
        value = (abs(exact) * 2 + divisor) // (2 * divisor)
        large[place] = value > LARGEST
        result[place] = 0 if large[place] else (value if exact > 0 else -value)
    result[large] = 0
    return result, large
