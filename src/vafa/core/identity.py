"""Phones, e-mails, cards and names brought to one form, so that the same person is found again."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

_DIGITS: dict[int, str | None] = {ord(c): str(i) for block in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩") for i, c in enumerate(block)}
# letters that differ between Arabic and Persian keyboards, or by a sign that nobody types
_FOLD: dict[int, str | None] = dict(zip(map(ord, "يكىۀأإٱ"), "یکیهااا", strict=True))
_FOLD |= {0x200C: " ", 0x200D: None, 0x0640: None, 0xFEFF: None}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+$")


def plain_digits(text: str) -> str:
    """Persian and Arabic digits as 0–9."""
    return text.translate(_DIGITS)


def phone(text: str, region: str = "US") -> str | None:
    """The number in E.164 (+98912…), or None where it is no phone number; ``region``: ISO 3166 code of the shop."""
    try:
        number = phonenumbers.parse(plain_digits(text), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str | None:
    """The address in lower case, or None where it is none."""
    folded = text.strip().lower()
    return folded if _EMAIL.match(folded) and len(folded) <= 254 else None


def card(text: str) -> str | None:
    """The card's digits and letters without spaces and dashes, or None where nothing is left."""
    return re.sub(r"[^0-9A-Z]", "", plain_digits(text).upper()) or None


def fold_name(text: str) -> str:
    """A name as it is compared: no case, no accents, one form of yeh and kaf, single spaces."""
    decomposed = unicodedata.normalize("NFKD", plain_digits(text).translate(_FOLD))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def masked_phone(e164: str) -> str:
    """A phone as a cashier sees it: the last four digits."""
    return "•••• " + e164[-4:]
