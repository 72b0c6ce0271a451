"""The three levers of lifetime value: what a little more of each would bring.

LTV = S × C × P × T. A larger average purchase moves S, more frequent ones C, and fewer who leave T: of those who
leave in a month, 1 ÷ T of all, a share ``up`` fewer makes a life T ÷ (1 − up). (That the retention rate itself
rises by a share would give the same 5 % a boundless effect where nearly everybody stays.)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

UP = Fraction(5, 100)

type Number = Fraction | float


@dataclass(frozen=True)
class Levers:
    """The value of one customer, in the unit of ``receipt``: as it is, with each lever, with all three."""

    up: Number
    now: Number
    receipt: Number
    often: Number
    life: Number
    all: Number


def levers(*, receipt: Number, often: Number, life: Number, margin: Number = 1, up: Number = UP) -> Levers:
    """``receipt``: S; ``often``: C, purchases a month; ``life``: T, months; ``margin``: P, 1 to count in sales;
    ``up``: share by which each is better, from 0 to below 1. Raises ValueError outside that."""
    if not 0 <= up < 1:
        raise ValueError("up is a share from 0 to below 1")
    now = receipt * often * margin * life
    more, longer = now * (1 + up), now / (1 - up)
    return Levers(up, now, more, more, longer, now * (1 + up) ** 2 / (1 - up))
