"""Of the units that members hold, how many will be used and how many expire: from the shop's own history; pure.

The chance that a unit is used on a day depends on its age, the days since it was earned: for each 30 days of age,
units used ÷ unit-days at risk (the occurrence–exposure rate of life tables, the piecewise constant hazard of
Kaplan and Meier's censored lives). Units that are still held count for as long as they were watched; units that were
returned, forfeited or expired leave without being used. The rates are applied to the lots that stand.

The interval has two parts: which members the history happens to hold (a bootstrap over members), and that members
use units in lumps (the dispersion of members' own counts around the rates, as in a quasi-Poisson model).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AGE_DAYS = 30
AGES = 36  # the last one is open: units older than that share a rate
FAR = 10**6  # days: never
GROUPS = 2000  # members are drawn in so many groups at most; with fewer members each is a group
REPLICATES = 400
SEED = 15
LEVEL = 0.90  # of the interval
LEAST_USERS = 30  # members that used units; below that we can't tell
LEAST_DAYS = 90  # from the first unit on


class Passage(NamedTuple):
    """Units of a lot that came in (positive) or went out (negative), net, for one activity.

    ``age``: days from earning to the movement; ``usable``: age from which on they can be used; ``ends``: age
    at which they expire (None: never); ``watched``: age of the lot on the day of the forecast.
    """

    owner: int
    amount: int
    used: bool  # went out because a reward was taken
    age: int
    usable: int
    ends: int | None
    watched: int


class Standing(NamedTuple):
    """Units that stand today and were earned on one day; days count from 1970-01-01."""

    left: int
    earned_day: int
    available_day: int
    expires_day: int | None


class History:
    """Units used and unit-days at risk, by group of members and age; fed in parts, so its size is bounded."""

    def __init__(self) -> None:
        self.used: Floats = np.zeros((GROUPS, AGES))
        self.at_risk: Floats = np.zeros((GROUPS, AGES))
        self.oldest = 0  # days: the longest that any unit was watched

    def add(self, passages: Sequence[Passage]) -> None:
        if not passages:
            return
        told = np.array([p._replace(ends=FAR if p.ends is None else p.ends) for p in passages], dtype=np.int64)
        owner, amount, used, age, usable, ends, watched = told.T
        group = owner % GROUPS
        until = np.minimum(watched + 1, ends)  # at risk on the day of the forecast too
        gone = used.astype(bool)
        since = np.where(gone, age + 1, np.maximum(age, usable))  # a unit is at risk on the day on which it is used
        since = np.minimum(np.maximum(since, usable), until)
        for place in range(AGES):
            low = place * AGE_DAYS
            high = low + AGE_DAYS if place < AGES - 1 else FAR
            days = np.clip(until, low, high) - np.clip(since, low, high)
            self.at_risk[:, place] += np.bincount(group, amount * days, minlength=GROUPS)
        place = np.minimum(age[gone] // AGE_DAYS, AGES - 1)
        np.add.at(self.used, (group[gone], place), -amount[gone])
        self.oldest = max(self.oldest, int(until.max()))

    @property
    def users(self) -> int:
        """Members that used units (groups of them, where there are more members than groups)."""
        return int((self.used.sum(axis=1) > 0).sum())

    @property
    def suffices(self) -> bool:
        return self.users >= LEAST_USERS and self.oldest >= LEAST_DAYS


def rates(used: Floats, at_risk: Floats, members: float) -> Floats:
    """The chance that a unit of each age is used on a day.

    Each age starts with one average member's unit-days at the rate of all ages, so that an age at which nobody
    used anything yet is not held to be impossible. An age that nobody reached takes the rate before it.
    """
    all_days = float(at_risk.sum())
    prior = all_days / max(members, 1.0)
    average = float(used.sum()) / all_days if all_days > 0 else 0.0
    found = np.clip((used + prior * average) / np.maximum(at_risk + prior, 1e-9), 0.0, 1.0)
    for place in range(1, AGES):
        if at_risk[place] <= 0:
            found[place] = found[place - 1]
    return np.asarray(found)


class Month(NamedTuple):
    """By the end of a day to come, counted from today: units, with the interval's ends."""

    last_day: int
    used: tuple[float, float, float]  # low, expected, high
    expired: tuple[float, float, float]


class Forecast(NamedTuple):
    """What becomes of ``outstanding`` units; ``months`` are cumulative. Where it can't be told ``months`` is empty."""

    outstanding: int
    months: tuple[Month, ...]
    users: int  # members that used units so far
    days: int  # for so long the oldest unit was watched

    @property
    def is_told(self) -> bool:
        return bool(self.months)

    @property
    def used(self) -> tuple[float, float, float]:
        return self.months[-1].used

    @property
    def expired(self) -> tuple[float, float, float]:
        return self.months[-1].expired

    @property
    def breakage(self) -> tuple[float, float, float]:
        """The share of what is held today that expires within the forecast, 0–1: low, expected, high."""
        low, expected, high = (units / max(self.outstanding, 1) for units in self.expired)
        return low, expected, high


def forecast(history: History, standing: Sequence[Standing], today: int, ends: Iterable[int]) -> Forecast:
    """What becomes of ``standing`` by the end of each day of ``ends`` (ascending, after ``today``).

    Deterministic: the bootstrap has a fixed seed. Too little history: a forecast without months.
    """
    total = sum(lot.left for lot in standing)
    if not history.suffices or not total:
        return Forecast(total, (), history.users, history.oldest)
    lots = np.array([(s.left, *_ages(s, today)) for s in standing], dtype=np.int64)
    known = history.at_risk.sum(axis=1) > 0
    used, at_risk = history.used[known], history.at_risk[known]
    best = rates(used.sum(axis=0), at_risk.sum(axis=0), len(used))
    last_days = list(ends)
    ahead = [day - today for day in last_days]
    middle = _outcome(best, lots, ahead)
    spread = _dispersion(used, at_risk, best)
    due = np.array([float(lots[lots[:, 3] < lots[:, 1] + days, 0].sum()) for days in ahead])
    rng = np.random.default_rng(SEED)
    drawn = []
    for _replicate in range(REPLICATES):
        weights = np.bincount(rng.integers(0, len(used), len(used)), minlength=len(used)).astype(np.float64)
        outcome = _outcome(rates(weights @ used, weights @ at_risk, len(used)), lots, ahead)
        drawn.append(_lumpy(outcome, due, total, spread, rng))
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(np.array(drawn), [tail, 1 - tail], axis=0)
    months = tuple(
        Month(
            day,
            (float(min(low[0, n], middle[0, n])), float(middle[0, n]), float(max(high[0, n], middle[0, n]))),
            (float(min(low[1, n], middle[1, n])), float(middle[1, n]), float(max(high[1, n], middle[1, n]))),
        )
        for n, day in enumerate(last_days)
    )
    return Forecast(total, months, history.users, history.oldest)


def _ages(lot: Standing, today: int) -> tuple[int, int, int]:
    """The lot's age tomorrow, the age from which on it is at risk (maybe later), the age at which it expires."""
    tomorrow = today + 1 - lot.earned_day
    dies = FAR if lot.expires_day is None else lot.expires_day - lot.earned_day
    return tomorrow, min(max(tomorrow, lot.available_day - lot.earned_day), dies), dies


def _outcome(rate: Floats, lots: Ints, ahead: Sequence[int]) -> Floats:
    """(used, expired) by the end of each day ahead, in units; ``lots``: what is left, and its ages."""
    left, tomorrow, start, dies = lots.T
    steps = -np.log1p(-np.minimum(rate, 1 - 1e-12))
    before = _hazard(steps, start)
    found = np.zeros((2, len(ahead)))
    for n, days in enumerate(ahead):
        reached = np.minimum(np.maximum(tomorrow + days, start), dies)
        stays = left * np.exp(before - _hazard(steps, reached))
        found[0, n] = float((left - stays).sum())
        found[1, n] = float(stays[dies < tomorrow + days].sum())
    return found


def _hazard(steps: Floats, age: Ints) -> Floats:
    """The chances of all days before ``age``, added up (as logarithms)."""
    bounds = np.arange(AGES) * AGE_DAYS
    wide = np.where(np.arange(AGES) < AGES - 1, AGE_DAYS, FAR)
    return np.asarray(np.clip(age[:, None] - bounds[None, :], 0, wide[None, :]) @ steps)


def _dispersion(used: Floats, at_risk: Floats, rate: Floats) -> float:
    """How much more members' own counts scatter than single units would: Pearson's statistic ÷ expected units."""
    expected = at_risk @ rate
    return float(((used.sum(axis=1) - expected) ** 2).sum() / max(expected.sum(), 1e-9))


def _lumpy(outcome: Floats, due: Floats, total: int, spread: float, rng: np.random.Generator) -> Floats:
    """One course that could come true: what is used and what expires in a month scatters as so many lumps would."""
    found = []
    for course, among in zip(outcome, (np.full_like(due, total), due), strict=True):
        steps = np.maximum(np.diff(course, prepend=0.0), 0.0)
        room = np.maximum(among - course + steps, steps)  # out of which the month's part comes
        share = np.divide(steps, room, out=np.zeros_like(steps), where=room > 0)
        scatter = np.sqrt(spread * steps * (1 - share)) * rng.standard_normal(len(steps))
        found.append(np.clip(np.cumsum(steps + scatter), 0.0, among))
    return np.array(found)
