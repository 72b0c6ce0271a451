"""What a programme's page promises, read by the laws themselves: exact fractions, days one after another.

Written from docs/reward.md. It reads the TOML anew, so that neither the product's reader nor its
tables of integers can be wrong here in the same way. Of the language it knows what the laws'
clubs use (clubs.py); what it doesn't know it refuses.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import Any

from vafa.core.records import Line

EPOCH = date(1970, 1, 1)
NEVER = 10**9


@cache
def as_date(day: int) -> date:
    return EPOCH + timedelta(days=day)


def as_day(when: date) -> int:
    return (when - EPOCH).days


@cache
def months_later(day: int, months: int) -> int:
    """The same day of the month, or the month's last where it is shorter."""
    when = as_date(day)
    year, month = divmod(when.year * 12 + when.month - 1 + months, 12)
    return as_day(date(year, month + 1, min(when.day, calendar.monthrange(year, month + 1)[1])))


def first_of_month(day: int, months_on: int) -> int:
    when = as_date(day)
    year, month = divmod(when.year * 12 + when.month - 1 + months_on, 12)
    return as_day(date(year, month + 1, 1))


@cache
def over_on(day: int, term: str) -> int:
    """The first day on which what began on ``day`` is over: "60 days" are usable through day + 60."""
    words = term.split()
    if term in ("never", "always", "while it holds"):
        return NEVER
    if term.startswith("end of year"):
        years = int(words[3].removeprefix("+")) if len(words) > 3 and words[3].startswith("+") else 0
        ends = as_day(date(as_date(day).year + 1 + years, 1, 1))
        return months_later(ends, int(words[words.index("and") + 1])) if "and" in words else ends
    count = int(words[0])
    if words[1] == "days":
        return day + count + 1
    if term.endswith("after the month"):
        return first_of_month(day, count + 1)
    return months_later(day, count) + 1


def minor(value: Any) -> int:
    return int(value * 100) if isinstance(value, Decimal) else int(value)


@dataclass(frozen=True)
class Unit:
    id: str
    expires: dict[str, str]
    pending: int
    returns: str
    rounding: str
    round_at: str
    alive: frozenset[str]  # what keeps it alive; empty: its lots die on days of their own
    thing: bool = False  # a gift, or money: issued, not earned

    def dies(self, day: int, tier: str) -> int:
        return over_on(day, self.expires.get(tier, self.expires.get("member", "never")))

    def whole(self, exact: Fraction) -> int:
        if self.rounding == "half up":
            return floor(exact + Fraction(1, 2))
        return ceil(exact) if self.rounding == "up" else floor(exact)


@dataclass(frozen=True)
class Counter:
    id: str
    of: str
    window: str

    def holds(self, entry: int, day: int) -> bool:
        """Whether the window that ``day`` stands in holds the day ``entry``."""
        words = self.window.split()
        if words[0] == "rolling":
            count = int(words[1])
            first = day - count + 1 if words[2] == "days" else months_later(day, -count) + 1
            return first <= entry <= day
        return window(entry, self.window) == window(day, self.window)


@cache
def window(day: int, kind: str) -> Any:
    """Days of one window have one name."""
    when = as_date(day)
    names = {"life": 0, "year": when.year, "month": (when.year, when.month), "day": day}
    return names[kind] if kind in names else when.isocalendar()[:2]


@dataclass(frozen=True)
class Rule:
    id: str
    unit: Unit
    of: str
    per: int
    gives: int
    by_tier: dict[str, Fraction]
    where: frozenset[str]  # categories; empty: all lines
    factor: dict[str, Fraction]  # by category
    min_basket: int
    cap: tuple[str, int] | None
    gate: str  # "", every, crosses, between
    counter: str
    low: int
    high: int | None
    bonus: bool
    stacking: str

    @property
    def plain(self) -> bool:
        """Whether it counts an amount, whichever lines it stands on."""
        return self.of == "amount" and not self.where and not self.factor and self.unit.round_at != "line"

    def worth(self, lines: Iterable[Line], tier: str) -> Fraction:
        """What lines are worth in a tier, before the unit's rounding (but after that of each line)."""
        rate, total = self.by_tier.get(tier, Fraction(1)), Fraction(0)
        for line in lines:
            if self.where and line.category not in self.where:
                continue
            factor = self.factor.get(line.category, Fraction(1))
            if self.stacking == "multiply":
                times = factor * rate
            else:
                times = factor + rate - 1 if self.stacking == "add" else max(factor, rate)
            if not self.factor:
                times = rate
            each = Fraction(line.amount * self.gives, self.per) * times
            total += self.unit.whole(each) if self.unit.round_at == "line" else each
        return total


@dataclass(frozen=True)
class Tier:
    id: str
    reach: list[dict[str, int]]
    keep: list[dict[str, int]]
    valid: str


@dataclass(frozen=True)
class Reward:
    id: str
    unit: str
    price: int
    gives: str
    amount: int
    when: str
    tiers: tuple[str, ...]
    on: str
    forfeits: bool


@dataclass(frozen=True)
class Rulebook:
    units: dict[str, Unit]
    counters: dict[str, Counter]
    tiers: list[Tier]  # the first is everybody's
    rules: list[Rule]
    rewards: dict[str, Reward]
    crossing: str = "old"
    continuous: bool = False
    downgrade: str = "reassess"

    def settled(self, day: int) -> list[Reward]:
        """Yearly rewards that are given at the end of the day before."""
        when = as_date(day - 1)
        return [r for r in self.rewards.values() if r.when == "yearly" and when.strftime("%m-%d") == r.on]


def read(text: str) -> Rulebook:
    told = tomllib.loads(text, parse_float=Decimal)
    head = told.get("programme", {})
    units = {name: _unit(name, unit) for name, unit in told["unit"].items()}
    counters = {c["id"]: Counter(c["id"], c["of"], c.get("window", "life")) for c in told.get("counter", ())}
    tiers = [Tier("member", [], [], "always")]
    for tier in told.get("tier", ()):
        reach = _clauses(tier["reach"])
        valid = tier.get("valid", "while it holds" if head.get("assess") == "continuous" else "end of year +1")
        tiers.append(Tier(tier["id"], reach, _clauses(tier.get("keep", ())) or reach, valid))
    return Rulebook(
        units,
        counters,
        tiers,
        [_rule(rule, units, head.get("stacking", "multiply")) for rule in told["earn"]],
        {reward["id"]: _reward(reward) for reward in told.get("reward", ())},
        head.get("crossing", "old"),
        head.get("assess") == "continuous",
        head.get("downgrade", "reassess"),
    )


def _clauses(told: Sequence[dict[str, Any]]) -> list[dict[str, int]]:
    return [{name: minor(least) for name, least in clause.items()} for clause in told]


def _unit(name: str, told: dict[str, Any]) -> Unit:
    expires = told.get("expires", "never")
    terms = expires if isinstance(expires, dict) else {"member": expires}
    slides = any(term.endswith("without activity") for term in terms.values())
    return Unit(
        name,
        terms,
        told.get("pending_days", 0),
        told.get("returns", "owed"),
        told.get("round", "floor"),
        told.get("round_at", "purchase"),
        frozenset(told.get("activity", ("earn", "burn")) if slides else ()),
        told.get("gift", False) or told.get("money", False),
    )


def _rule(told: dict[str, Any], units: dict[str, Unit], stacking: str) -> Rule:
    when, cap = told.get("when", {}), told.get("cap")
    gate = next((name for name in ("every", "crosses") if name in when), "between" if when else "")
    low = minor(when.get(gate, when.get("min", 0)))
    return Rule(
        told["id"],
        units[told["unit"]],
        told.get("of", "amount"),
        minor(told.get("per", 1)),
        told.get("gives", 1),
        {tier: Fraction(str(rate)) for tier, rate in told.get("by_tier", {}).items()},
        frozenset([told["where"]["category"]] if "where" in told else ()),
        {name: Fraction(str(n)) for name, n in told.get("factor", {}).get("category", {}).items()},
        minor(told.get("min_basket", 0)),
        (cap["per"], cap["max"]) if cap else None,
        gate,
        when.get("counter", ""),
        low,
        minor(when["below"]) if "below" in when else None,
        told.get("bonus", False),
        stacking,
    )


def _reward(told: dict[str, Any]) -> Reward:
    return Reward(
        told["id"],
        told["unit"],
        told["price"],
        told.get("gives", ""),
        minor(told.get("amount", 1)),
        told.get("when", "asked"),
        tuple(told.get("tiers", ())),
        told.get("on", "12-31"),
        told.get("remainder") == "forfeit",
    )
