"""What the models of repeat buying read: how often, how lately and for how long each customer bought.

One purchase day is one occasion. Time is in weeks. ``x``: repeat days; ``t_x``: from the first to the last
of them; ``age``: from the first to the day that is looked from (the literature's T). Customers with the
same three numbers are one row with their count as its weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]
WEEK = 7.0
DRAWN = 20_000  # customers that a fit reads at most
MANY = 100_000  # distinct rows beyond which nearly equal ones are taken together
FINE = 32  # their ages and silences differ by less than this part of them


@dataclass(frozen=True)
class Table:
    """Distinct (x, t_x, age) with the number of customers of each."""

    x: Floats
    t_x: Floats
    age: Floats
    weights: Floats
    gap_logs: float = 0.0  # sum of the logarithms of all gaps; regularity is judged by it

    @cached_property
    def repeats(self) -> tuple[Floats, Ints]:
        """The distinct x, and where each row's x is among them: what depends on x alone is counted once."""
        values, where = np.unique(self.x, return_inverse=True)
        return values, where.astype(np.int64)

    @property
    def customers(self) -> float:
        return float(self.weights.sum())


def weigh(values: Floats, weights: Floats) -> Floats:
    """The sum of ``values`` by ``weights`` along the last axis, without BLAS, whose threads wait for each other."""
    return np.asarray(np.einsum("...n,n->...", values, weights))


def table(x: Floats, t_x: Floats, age: Floats, weights: Floats | None = None) -> Table:
    ones = np.ones(len(x)) if weights is None else np.asarray(weights, float)
    return Table(np.asarray(x, float), np.asarray(t_x, float), np.asarray(age, float), ones)


@dataclass(frozen=True)
class Buyers:
    """Purchase days, one a row, sorted by customer and day, without doubles."""

    customers: int
    customer: Ints  # 0, 1, …
    day: Ints

    def up_to(self, day: int) -> Buyers:
        kept = self.day <= day
        return Buyers(self.customers, self.customer[kept], self.day[kept])

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        return np.bincount(self.customer, minlength=self.customers) > 0

    def bought_in(self, after: int, until: int) -> Floats:
        """Purchase days of each customer in (after, until]."""
        kept = (self.day > after) & (self.day <= until)
        return np.bincount(self.customer[kept], minlength=self.customers).astype(float)


def buyers(customer: Ints, day: Ints, customers: int | None = None) -> Buyers:
    """``customer``: numbers from 0 on; ``day``: whole days. Any order; several purchases a day are one."""
    count = customers if customers is not None else (int(customer.max()) + 1 if len(customer) else 0)
    order = np.lexsort((day, customer))
    who, when = customer[order].astype(np.int64), day[order].astype(np.int64)
    if len(who):
        new = np.append(True, (who[1:] != who[:-1]) | (when[1:] != when[:-1]))
        who, when = who[new], when[new]
    return Buyers(count, who, when)


@dataclass(frozen=True)
class Standing:
    """How each known customer stands at the end of a day."""

    who: Ints  # their numbers, ascending
    x: Ints
    first: Ints
    last: Ints
    day: int
    gap_logs: Floats

    @property
    def distinct(self) -> tuple[Table, Ints]:
        """The table of distinct rows, and the row of each customer."""
        stacked = np.stack([self.x, self.last - self.first, self.day - self.first], axis=1)
        rows, where, count = _distinct(stacked)
        logs = float(self.gap_logs.sum())
        x, t_x, age = rows.T.astype(float)
        exact = Table(x, t_x / WEEK, age / WEEK, count.astype(float), logs)
        if len(rows) <= MANY:
            return exact, where
        near, group, _count = _distinct(np.stack([rows[:, 0], _coarse(age - t_x), _coarse(age)], axis=1))
        return _means(exact, near[:, 0], group), group[where]

    def drawn(self, most: int) -> Standing:
        """At most ``most`` of them, drawn with a fixed seed: enough to fit a handful of parameters."""
        if len(self.who) <= most:
            return self
        chosen = np.sort(np.random.default_rng(20_000).choice(len(self.who), most, replace=False))
        return Standing(
            self.who[chosen], self.x[chosen], self.first[chosen], self.last[chosen], self.day, self.gap_logs[chosen]
        )


def _distinct(rows: Ints) -> tuple[Ints, Ints, Ints]:
    """Distinct rows, by one sort of one key: three small whole numbers packed into one."""
    if not len(rows):
        return rows, np.zeros(0, np.int64), np.zeros(0, np.int64)
    tops = rows.max(axis=0) + 1
    key = (rows[:, 0] * tops[1] + rows[:, 1]) * tops[2] + rows[:, 2]
    _values, first, where, count = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    return rows[first], where.astype(np.int64), count.astype(np.int64)


def _coarse(days: Floats) -> Ints:
    """A number that days share which are within a FINE-th of each other; exact below FINE."""
    steps = np.floor(FINE * np.log(np.maximum(days, FINE) / FINE)).astype(np.int64)
    return np.where(days < FINE, days.astype(np.int64), FINE + steps)


def _means(rows: Table, x: Ints, group: Ints) -> Table:
    """One row a ``group`` with the mean times of the customers in it, so that sums hardly change."""
    weights = np.bincount(group, rows.weights)
    age = np.bincount(group, rows.weights * rows.age) / weights
    idle = np.bincount(group, rows.weights * (rows.age - rows.t_x)) / weights
    once = x == 0  # whose silence is their age
    return Table(x.astype(float), np.where(once, 0.0, age - idle), age, weights, rows.gap_logs)


def standing(bought: Buyers, day: int) -> Standing:
    """Everybody's standing at the end of ``day``; later purchases are not looked at."""
    past = bought.up_to(day)
    who, starts, days = np.unique(past.customer, return_index=True, return_counts=True)
    if not len(who):
        none = np.zeros(0, np.int64)
        return Standing(none, none, none, none, day, np.zeros(0))
    first, last = past.day[starts], past.day[starts + days - 1]
    gaps = np.diff(past.day, prepend=past.day[:1])
    gaps[starts] = 7  # its logarithm in weeks is 0: a first purchase ends no gap
    logs = np.add.reduceat(np.log(gaps / WEEK), starts)
    return Standing(who.astype(np.int64), (days - 1).astype(np.int64), first, last, day, logs)
