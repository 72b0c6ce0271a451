"""Changing one value of a programme's text; all else in it, comments too, stays as it was written.

A value is named by where it stands: ``earn.base.per``, ``unit.point.expires.gold``, ``tier.gold.reach.0.spent``.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from decimal import Decimal
from typing import Any, NamedTuple

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Array, Float, Integer

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward import programme

DEFAULTS: dict[tuple[str, str], Any] = {  # values that hold where the text leaves them out
    ("earn", "gives"): 1,
    ("earn", "per"): 1,
    ("reward", "amount"): 1,
    ("tier", "valid"): "end of year +1",
}


class Value(NamedTuple):
    """A value as it stands in the text. ``least``: the smallest step of a number; "" for texts and lists."""

    key: str
    text: str
    least: str

    @property
    def step(self) -> Decimal:
        """A step for a slider: a tenth of the number's first digit."""
        number = Decimal(self.text) or Decimal(1)
        return max(Decimal(self.least), Decimal(1).scaleb(number.adjusted() - 1))

    @property
    def high(self) -> Decimal:
        return max(4 * Decimal(self.text), 10 * self.step)


def value(text: str, key: str) -> Value:
    """What stands at ``key``; a Refusal where nothing does, or no single value."""
    table, name = _place(tomlkit.parse(text), key)
    found = table[name]
    if isinstance(found, Integer):
        return Value(key, str(int(found)), "1")
    if isinstance(found, Float):
        told = found.as_string()
        return Value(key, told, str(Decimal(1).scaleb(-len(told.partition(".")[2]))))
    if isinstance(found, Array):
        return Value(key, ", ".join(str(one) for one in found), "")
    if isinstance(found, str):
        return Value(key, str(found), "")
    raise _nowhere(key)


def with_value(text: str, key: str, wanted: str) -> str:
    """The text with another value at ``key``, of the kind that stood there; a Refusal where that is no programme."""
    try:
        document = tomlkit.parse(text)
    except ParseError as error:
        raise Refusal("bad_toml", _("The programme is no TOML: %(error)s."), error=str(error)) from None
    table, name = _place(document, key)
    if isinstance(table[name], MutableMapping):
        raise _nowhere(key)
    table[name] = _alike(table[name], wanted.strip(), key)
    changed = tomlkit.dumps(document)
    programme.load(changed)
    return changed


def _alike(before: Any, wanted: str, key: str) -> Any:
    if isinstance(before, Array):
        fresh = tomlkit.array()
        fresh.extend(part for part in (part.strip() for part in wanted.split(",")) if part)
        return fresh
    if not isinstance(before, Integer | Float):
        return wanted
    places = len(before.as_string().partition(".")[2])
    try:
        number = Decimal(wanted)
        if not number.is_finite() or abs(number.adjusted()) > 15:
            raise ValueError(wanted)
    except (ArithmeticError, ValueError):
        raise Refusal(
            "not_a_number", _("“%(value)s” is no number."), _("Write it as 5 or 5.00."), value=wanted[:40], key=key
        ) from None
    if isinstance(before, Integer) and number == number.to_integral_value():
        return int(number)
    whole = -int(number.as_tuple().exponent) <= places
    return tomlkit.value(f"{number:.{places}f}" if whole and places else str(number))


def _place(document: Any, key: str) -> tuple[MutableMapping[str, Any], Any]:
    """The table in which the last name of ``key`` stands."""
    at = document
    *names, last = key.split(".")
    try:
        for name in names:
            at = _inside(at, name)
        if not isinstance(at, MutableMapping):
            raise _nowhere(key)
        if last not in at:
            at[last] = DEFAULTS[names[0], last]
    except (KeyError, IndexError, StopIteration, TypeError):
        raise _nowhere(key) from None
    return at, last


def _inside(table: Any, name: str) -> Any:
    """An entry of a table, or of a list by its id or number."""
    if isinstance(table, MutableMapping):
        return table[name]
    if name.isdecimal():
        return table[int(name)]
    return next(one for one in table if one.get("id") == name)


def _nowhere(key: str) -> Refusal:
    return Refusal("no_such_value", _("The text has no value “%(key)s” that could be changed here."), key=key[:80])
