"""Money as integers in minor units of a currency; no floats come near it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache

from babel.numbers import get_currency_precision, list_currencies

from vafa.core.errors import Refusal
from vafa.core.identity import plain_digits
from vafa.core.words import gettext_noop as _

LARGEST = 10**15  # minor units; what the engine can multiply without leaving 64 bits
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)$")


@cache
def digits(currency: str) -> int:
    """How many decimals ``currency`` (ISO 4217) has; a Refusal when it is unknown."""
    if currency not in list_currencies():
        raise Refusal(
            "unknown_currency",
            _("There is no currency “%(currency)s”."),
            _("Use its three letters, such as USD, EUR or IRR."),
            currency=currency[:20],
        )
    return int(get_currency_precision(currency))


def to_minor(amount: str | int | Decimal, currency: str) -> int:
    """Minor units of an amount in major units: "48.50" USD → 4850.

    Raises a Refusal for what is not a number, has more decimals than the currency, or is too large.
    """
    text = plain_digits(str(amount)).strip().replace("\u066b", ".").replace("\u066c", "")
    try:
        if not _NUMBER.match(text):
            raise InvalidOperation
        scaled = Decimal(text).scaleb(digits(currency))
    except InvalidOperation:
        raise Refusal(
            "bad_amount", _("“%(text)s” is not an amount."), _("Write it like 48.50."), text=text[:40]
        ) from None
    if scaled != scaled.to_integral_value():
        raise Refusal(
            "too_many_decimals",
            _("“%(text)s” has more decimals than %(currency)s has."),
            _("Round it to %(places)s decimals."),
            text=text[:40],
            currency=currency,
            places=digits(currency),
        )
    if abs(scaled) > LARGEST:
        raise Refusal("amount_too_large", _("“%(text)s” is too large to be an amount."), text=text[:40])
    return int(scaled)


def to_major(minor: int, currency: str) -> Decimal:
    """4850 USD → Decimal("48.50")."""
    return Decimal(minor).scaleb(-digits(currency))
