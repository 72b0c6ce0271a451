"""A programme as data: five nouns (unit, counter, tier, earn, reward) read from TOML.

Whole numbers of money are minor units (``per = 100``), decimals are major units (``per = 1.00``).
What is unknown, contradictory or unreachable is refused with its line and the remedy.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _

Money = int | Decimal  # whole: minor units; decimal: major units
WINDOWS = ("life", "year", "month", "day")
_ROLLING = re.compile(r"rolling (\d{1,5}) (days|months)$")
_EXPIRY = re.compile(
    r"(?P<n>\d{1,5}) (?P<what>days|months)(?P<tail> after the month)?$|end of year(?: \+(?P<years>\d{1,2}))?$|never$"
)
_VALID = re.compile(r"(?P<n>\d{1,5}) months$|end of year(?: \+(?P<years>\d{1,2}))?$|always$")


@dataclass(frozen=True)
class Unit:
    id: str
    name: str = ""
    expires: str | Mapping[str, str] = "never"  # one term, or one for each tier
    pending_days: int = 0
    returns: str = "owed"  # owed | within balance | only pending
    round: str = "floor"  # floor | half up
    money: bool = False  # its amount is money, such as a certificate's
    worth: Money | None = None  # what one unit is worth, where no reward says it
    gift: bool = False


@dataclass(frozen=True)
class Counter:
    id: str
    of: str  # a measure of the shelf, or a unit
    window: str = "life"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Tier:
    id: str
    reach: tuple[Mapping[str, Money], ...]  # any of these, each with all of its counters
    name: str = ""
    valid: str = "end of year +1"


@dataclass(frozen=True)
class Cap:
    per: str  # purchase | day | month | year | life
    max: int


@dataclass(frozen=True)
class When:
    counter: str
    every: Money | None = None
    crosses: Money | None = None
    min: Money | None = None
    below: Money | None = None


@dataclass(frozen=True)
class Earn:
    id: str
    unit: str
    of: str = "amount"
    per: Money = 1
    gives: int = 1
    by_tier: Mapping[str, Fraction] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    min_basket: Money = 0
    cap: Cap | None = None
    when: When | None = None
    bonus: bool = False


@dataclass(frozen=True)
class Reward:
    id: str
    unit: str
    price: int
    name: str = ""
    gives: str = ""  # a unit; "" where the worth is taken off the bill at once
    amount: Money = 1
    when: str = "asked"  # asked | auto
    tiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Programme:
    name: str
    units: tuple[Unit, ...]
    counters: tuple[Counter, ...]
    tiers: tuple[Tier, ...]
    earns: tuple[Earn, ...]
    rewards: tuple[Reward, ...]
    crossing: str = "old"  # the purchase that reaches a tier earns at the old or the new one
    text: str = ""

    def unit(self, unit_id: str) -> Unit:
        return next(unit for unit in self.units if unit.id == unit_id)


def load(text: str) -> Programme:
    """The programme written in ``text``; a Refusal names line and remedy of what is wrong."""
    from vafa.reward.reading import Reader  # the reader builds these values

    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise Refusal("bad_toml", _("The programme is no TOML: %(error)s."), error=str(error)) from None
    return Reader(text).programme(document)


def term(text: str) -> re.Match[str] | None:
    return _EXPIRY.match(text)


def validity(text: str) -> re.Match[str] | None:
    return _VALID.match(text)


def rolling(window: str) -> tuple[int, str] | None:
    """(12, "months") of "rolling 12 months"."""
    found = _ROLLING.match(window)
    return (int(found[1]), found[2]) if found else None
