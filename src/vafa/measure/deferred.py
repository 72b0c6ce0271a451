"""Points as part of the price: revenue that waits until they are used (IFRS 15); pure, in whole minor units.

A point that buys something later is a material right (IFRS 15.B39–B43): part of the price of today's sale
belongs to it. The price is split by relative stand-alone selling prices (IFRS 15.74, 76–80), the points' being
what they buy × the share that is expected to be used (B42). Its part becomes revenue as points are used, in
proportion to all that are expected to be (B44–B47, breakage); a change of that expectation is made good at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

Exact = int | Fraction


class Allocation(NamedTuple):
    """A price, split: what is revenue at once, and what is deferred. Minor units; they add up to the price."""

    goods: int
    points: int


def allocate(price: int, goods_alone: Exact, points_alone: Exact) -> Allocation:
    """Split ``price`` by stand-alone selling prices (any unit of money, both the same); rounded once, half up.

    ValueError where a stand-alone price is negative.
    """
    if goods_alone < 0 or points_alone < 0:
        raise ValueError("a stand-alone selling price can't be negative")
    if not points_alone or price <= 0:
        return Allocation(price, 0)
    points = nearest(Fraction(price) * points_alone / (Fraction(goods_alone) + points_alone))
    return Allocation(price - points, points)


def recognised(allocated: int, redeemed: Exact, expected: Exact) -> int:
    """How much of ``allocated`` is revenue by now: the share ``redeemed`` ÷ ``expected``, never more than all of it.

    ``redeemed`` and ``expected`` (all that will ever be used, what was used already included) are cumulative,
    in units or in what they buy. Nothing is expected any more: all of it. Rounded once, half up.
    """
    if redeemed >= expected:
        return allocated
    return nearest(Fraction(allocated) * redeemed / expected)


class Month(NamedTuple):
    """What a month brought: net sales to members in minor units; units in what they buy, minor units."""

    month: int
    sales: int
    expected: Fraction  # of the units granted (earned and issued, less returned), what is used in the end
    redeemed: Fraction
    held: Fraction  # all that members hold at its end


class Split(NamedTuple):
    """The revenue of a month; minor units. opening + allocated − released = closing."""

    month: int
    sales: int
    alone: Fraction  # stand-alone selling price of the units granted
    allocated: int
    released: int
    opening: int
    closing: int
    redeemed_so_far: Fraction  # from the beginning to the end of the month, in what the units buy
    expected_so_far: Fraction
    allocated_so_far: int

    @property
    def revenue(self) -> int:
        """What counts as revenue of the month: the goods' part of its sales and what was released."""
        return self.sales - self.allocated + self.released


def course(months: Iterable[Month]) -> list[Split]:
    """Month by month: what is deferred and what is released; all at one expectation.

    Where members hold nothing any more, all is released: so each sale is revenue exactly once in the end.
    """
    allocated = released = 0
    expected = redeemed = Fraction(0)
    found = []
    for row in months:
        alone = max(row.expected, Fraction(0))
        here = allocate(row.sales, max(row.sales, 0), alone).points
        opening = allocated - released
        allocated, expected, redeemed = allocated + here, expected + row.expected, redeemed + row.redeemed
        now = recognised(allocated, redeemed, expected if row.held > 0 else 0)
        so_far = (redeemed, expected, allocated)
        found.append(Split(row.month, row.sales, alone, here, now - released, opening, allocated - now, *so_far))
        released = now
    return found


def nearest(exact: Fraction) -> int:
    """The nearest whole number, halves up: ⌊x + ½⌋."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
