"""Voucher codes: sixteen signs that nobody guesses, and that tell by themselves whether they were mistyped. Pure.

Crockford's base 32: no I, L, O or U, so a 1 isn't taken for a letter, and no code says a word. Fifteen signs are
random (75 bits), the last is a check: their sum in the field of 32 elements, each times another power of x. It
finds every single wrong sign, and any two that changed places.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

import numpy as np

from vafa.core.identity import plain_digits

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM, LENGTH, GROUP = 15, 16, 4
_PLACES = {sign: place for place, sign in enumerate(SIGNS)} | {"O": 0, "I": 1, "L": 1}
_BETWEEN = frozenset("-_." + "\u200c\u2010\u2011\u2012\u2013\u2014")  # joiners and hyphens that programs put there


def make(count: int) -> list[str]:
    """``count`` fresh codes, without groups."""
    drawn = np.frombuffer(secrets.token_bytes(RANDOM * count), dtype=np.uint8).reshape(count, RANDOM) & 31
    places = np.column_stack([drawn, _checks(drawn)])
    text = np.frombuffer(SIGNS.encode(), dtype=np.uint8)[places].tobytes().decode()
    return [text[start : start + LENGTH] for start in range(0, LENGTH * count, LENGTH)]


def fold(text: str) -> str | None:
    """The code that somebody typed, in plain signs; None where it is none (a mistyped one is none)."""
    told = "".join(sign for sign in plain_digits(text).upper() if not sign.isspace() and sign not in _BETWEEN)
    if len(told) != LENGTH or any(sign not in _PLACES for sign in told):
        return None
    places = np.array([[_PLACES[sign] for sign in told]])
    if int(_checks(places[:, :RANDOM])[0]) != int(places[0, RANDOM]):
        return None
    return "".join(SIGNS[place] for place in places[0])


def grouped(code: str) -> str:
    """ "4F7K-9QXM-2TB8-C5RW" """
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def digest(code: str) -> bytes:
    """What is kept of a code: of 75 random bits a plain hash tells nothing."""
    return blake2b(code.encode(), digest_size=16).digest()


def _checks(places: np.ndarray) -> np.ndarray:
    """The check of each row, by x⁵ = x² + 1."""
    check = np.zeros(len(places), dtype=np.int64)
    for column in places.astype(np.int64).T:
        mixed = check ^ column
        check = (mixed << 1 & 31) ^ (mixed >> 4) * 5
    return check
