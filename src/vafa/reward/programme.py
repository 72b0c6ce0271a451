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
WINDOWS = ("life", "year", "month", "week", "day", "member year", "tier")
SPANS = ("life", "year", "month", "week", "day")  # of a budget
STREAKS = {"streak of years": "year", "streak of months": "month", "streak of weeks": "week", "streak of days": "day"}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ROLLING = re.compile(r"rolling (\d{1,5}) (days|months)$")
_EXPIRY = re.compile(
    r"(?P<n>\d{1,5}) (?P<what>days|months)(?P<tail> after the month| without activity)?$"
    r"|end of year(?: \+(?P<years>\d{1,2}))?$|never$"
)
_VALID = re.compile(
    r"(?P<n>\d{1,5}) (?P<what>days|months)(?P<tail> after the month)?$"
    r"|end of year(?: \+(?P<years>\d{1,2}))?(?: and (?P<extra>\d{1,2}) months?)?$|always$|while it holds$"
)


@dataclass(frozen=True)
class Unit:
    id: str
    name: str = ""
    expires: str | Mapping[str, str] = "never"  # one term, or one for each tier
    pending_days: int = 0
    returns: str = "owed"  # owed | within balance | only pending
    activity: tuple[str, ...] = ("earn", "burn")  # what keeps units "without activity" alive
    round: str = "floor"  # floor | half up | up
    round_at: str = "purchase"  # purchase | rule | line
    money: bool = False  # its amount is money, such as a certificate's
    worth: Money | None = None  # what one unit is worth, where no reward says it
    gift: bool = False


@dataclass(frozen=True)
class Counter:
    id: str
    of: str  # a measure of the shelf, a unit, or (a streak) another counter
    window: str = "life"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    goal: Money = 0  # of a streak: what the other counter must reach in each of its windows
    balance: bool = False  # of a unit: what is held, not what was earned


@dataclass(frozen=True)
class Tier:
    id: str
    reach: tuple[Mapping[str, Money], ...]  # any of these, each with all of its counters
    name: str = ""
    valid: str = "end of year +1"
    keep: tuple[Mapping[str, Money], ...] = ()  # what keeps the tier when its term ends; empty: ``reach``


@dataclass(frozen=True)
class Cap:
    per: str  # purchase | day | month | year | life
    max: int


@dataclass(frozen=True)
class Budget:
    """The most that all members together get; whole numbers are units, decimals their worth in money."""

    max: Money
    per: str = "life"  # | year | month | week | day
    returned: str = "spent"  # | free: what a return takes back can be given again, until it has run out once


@dataclass(frozen=True)
class When:
    counter: str
    every: Money | None = None
    crosses: Money | None = None
    min: Money | None = None
    below: Money | None = None


@dataclass(frozen=True)
class Factor:
    """Lines count so many times, by what they are; other lines once."""

    by: str  # category | brand | product
    table: Mapping[str, Fraction]


@dataclass(frozen=True)
class Earn:
    id: str
    unit: str
    of: str = "amount"
    per: Money = 1
    gives: int = 1
    by_tier: Mapping[str, Fraction] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    factor: Factor | None = None
    min_basket: Money = 0
    cap: Cap | None = None
    when: When | None = None
    bonus: bool = False
    budget: Budget | None = None
    first: int = 0  # so many members get it; 0: all


@dataclass(frozen=True)
class Chosen:
    """How many units the member may take, each ``price`` of them worth the reward's amount."""

    min: int
    step: int
    share: Fraction = Fraction(1)  # of the bill that may be paid so


@dataclass(frozen=True)
class Reward:
    id: str
    unit: str
    price: int
    name: str = ""
    gives: str = ""  # a unit; "" where the worth is taken off the bill at once
    amount: Money = 1
    when: str = "asked"  # asked | auto | yearly
    tiers: tuple[str, ...] = ()
    on: str = "12-31"  # yearly: month and day, at whose end it is given
    remainder: str = "keep"  # yearly: keep | forfeit
    stock: Budget | None = None  # how many there are
    chosen: Chosen | None = None  # the member says how many units
    thresholds: tuple[int, ...] = ()  # of an automatic one: the member says at how many units it comes


@dataclass(frozen=True)
class Referral:
    """When a member who was brought counts for the one who brought them."""

    purchase: int = 1  # their so manieth purchase
    after_days: int = 0  # so many days later, if it was not given back by then


@dataclass(frozen=True)
class Programme:
    name: str
    units: tuple[Unit, ...]
    counters: tuple[Counter, ...]
    tiers: tuple[Tier, ...]
    earns: tuple[Earn, ...]
    rewards: tuple[Reward, ...]
    crossing: str = "old"  # the purchase that reaches a tier earns at the old or the new one
    assess: str = "at end"  # tiers are looked at when their term ends, or (continuous) whenever something changes
    downgrade: str = "reassess"  # | one step | keep
    stacking: str = "multiply"  # | add | best: a line's factor and the tier's rate
    referral: Referral = Referral()
    budget: Budget | None = None  # of all units together, in money
    text: str = ""
    left: tuple[str, ...] = ()  # units of versions before, which nothing gives any more

    @property
    def events(self) -> frozenset[str]:
        """The names of the events that rules and counters look at."""
        wheres = [earn.where for earn in self.earns] + [counter.where for counter in self.counters]
        return frozenset(name for where in wheres for name in where.get("event", ()))

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
