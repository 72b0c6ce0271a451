"""What an analysis finds, as values: amounts in minor units, shares as exact fractions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Top:
    """The first ``percent`` % of customers by revenue."""

    percent: int
    customers: int
    revenue: int
    share: Fraction | None  # of all revenue; None where there is none


@dataclass(frozen=True)
class Pareto:
    customers: int
    revenue: int  # of known customers
    tops: Mapping[int, Top]  # every whole percent, 1 to 100; empty without customers
    half_customers: int | None  # the smallest number that brings half

    def share(self, percent: int) -> Fraction | None:
        return self.tops[percent].share if percent in self.tops else None

    @property
    def half_from(self) -> Fraction | None:
        """The smallest share of customers that brings half of revenue."""
        return None if self.half_customers is None else Fraction(self.half_customers, self.customers)

    @property
    def curve(self) -> list[tuple[float, float]]:
        """About fifty points (share of customers, share of revenue) from (0, 0) to (1, 1)."""
        points = [(0.0, 0.0)]
        for percent in (*range(1, 10), *range(10, 101, 2), 15, 25):
            top = self.tops.get(percent)
            if top is not None and top.share is not None:
                points.append((percent / 100, float(top.share)))
        return sorted(points)


@dataclass(frozen=True)
class Part:
    """Some of the customers: how many, and their revenue."""

    customers: int = 0
    revenue: int = 0


@dataclass(frozen=True)
class RfmGroup:
    group: str  # English name out of rfm_groups.toml
    customers: int
    revenue: int


@dataclass(frozen=True)
class Ladder:
    buyer: Part
    client: Part
    regular: Part
    adherent: Part  # nobody yet: needs share of wallet
    advocate: Part  # nobody yet: needs referrals
    lapsed: Part  # a flag beside the rung

    @property
    def rungs(self) -> tuple[tuple[str, Part], ...]:
        """From the lowest rung to the highest."""
        names = ("buyer", "client", "regular", "adherent", "advocate")
        return tuple((name, getattr(self, name)) for name in names)

    @property
    def loyal(self) -> Part:
        """Regulars and those above them."""
        above = (self.regular, self.adherent, self.advocate)
        return Part(sum(p.customers for p in above), sum(p.revenue for p in above))


@dataclass(frozen=True)
class Ltv:
    """LTV = S × C × P × T; None where there is nothing to divide by or no margin is known."""

    customers: int
    purchases: int
    revenue: int
    lives: int  # months of buying of everybody, first and last counted
    margin: Fraction | None  # P
    margin_from: str  # "given", "costs" or ""

    @property
    def mean_receipt(self) -> Fraction | None:  # S, minor units
        return Fraction(self.revenue, self.purchases) if self.purchases else None

    @property
    def receipts_a_month(self) -> Fraction | None:  # C
        return Fraction(self.purchases, self.lives) if self.lives else None

    @property
    def life(self) -> Fraction | None:  # T, months
        return Fraction(self.lives, self.customers) if self.customers else None

    @property
    def revenue_each(self) -> Fraction | None:
        """S × C × T: revenue so far of one customer, minor units."""
        return Fraction(self.revenue, self.customers) if self.customers else None

    @property
    def value(self) -> Fraction | None:
        """S × C × P × T, minor units."""
        each = self.revenue_each
        return None if each is None or self.margin is None else each * self.margin


@dataclass(frozen=True)
class Retention:
    """One month: active at its start and end, and new in it."""

    month: int
    start: int
    end: int
    new: int

    @property
    def rate(self) -> Fraction | None:
        """(E − N) ÷ S × 100, in percent; None when nobody was active at the start."""
        return Fraction((self.end - self.new) * 100, self.start) if self.start else None


@dataclass(frozen=True)
class Cohort:
    """Who first bought in ``month``; ``returned[i]``: how many of them bought i + 1 months later."""

    month: int
    size: int
    returned: tuple[int, ...]

    @property
    def shares(self) -> tuple[Fraction, ...]:
        return tuple(Fraction(count, self.size) for count in self.returned)


@dataclass(frozen=True)
class Lateness:
    """Who is later than usual.

    ``bins[i]``: customers whose last purchase is more than i/2 and up to (i + 1)/2 own median gaps ago (the
    first bin from 0 on, the last one holds all beyond); only those with a rhythm of their own. ``late``: all
    later than usual; ``good``: those of them who came back before and are A or B; ``pillars``: those of the
    good who are A. Their ``revenue`` is what they brought in the 365 days up to their last purchase.
    """

    bins: tuple[int, ...]
    late: Part
    good: Part
    pillars: Part
