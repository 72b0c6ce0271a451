"""What the model is made of: facts, tokens, receipts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from rulebook import Rule

from vafa.core.records import Line

HELD, REDEEMED, EXPIRED, FORFEITED = "held", "redeemed", "expired", "forfeited"
RETURNED, NETTED, GONE = "returned", "netted", "gone"  # gone: expired, and then its purchase came back


class Fact(NamedTuple):
    """Something that a member did; what they did later stands behind, told when it may."""

    id: int
    day: int
    kind: str  # signup | sale | return | redeem
    lines: tuple[Line, ...] = ()
    returns: int = 0
    reward: str = ""
    units: int = 0

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


@dataclass(slots=True)
class Token:
    """One unit."""

    unit: str
    lot: int  # the fact that brought it
    earned: int
    available: int
    dies: int
    place: str = HELD

    def order(self) -> tuple[int, int, int]:
        return (self.dies, self.earned, self.lot)


@dataclass(slots=True)
class Receipt:
    """What is left of a sale: its amount, and what it is worth to each rule and counter."""

    id: int
    day: int
    tier: str
    amount: int
    worth: dict[str, Fraction]
    counted: dict[str, int]
    before: dict[str, int]
    granted: dict[str, int]


class Rounding:
    """The one rounding of a purchase: exact sums of each unit, and what was given of them already."""

    def __init__(self) -> None:
        self.exact: dict[str, Fraction] = {}
        self.given: dict[str, int] = {}

    def next(self, rule: Rule, exact: Fraction) -> int:
        """Whole units for one rule more: all rules of the unit together, or each alone."""
        unit = rule.unit
        if unit.round_at == "rule":
            return unit.whole(exact)
        self.exact[unit.id] = self.exact.get(unit.id, Fraction(0)) + exact
        won = unit.whole(self.exact[unit.id]) - self.given.get(unit.id, 0)
        self.given[unit.id] = self.given.get(unit.id, 0) + won
        return won
