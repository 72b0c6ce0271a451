"""What the shop's own past says about a forecast: the same forecast made earlier, against what came.

Level: by what factor it was off in sum, of which half is taken (on the logarithm). Shape: whether it told
frequent and rare buyers too far apart or too little: a regression of what came on what was forecast, with
a ridge, so that a small shop changes little. The sum is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, gammaln, logit

from vafa.segment.clv.counts import Floats, weigh

type Curve = Callable[[Floats], Floats]
TRUST = 0.5  # share of the past's error that is taken into the future
RIDGE = 20.0  # customers' worth of belief that the forecast is right as it is
APART = 1.01  # least purchases to expect of who buys at all
NAMED = 100  # customers that a trial names as the likeliest, a tenth of them where they are fewer


class Trial(NamedTuple):
    """The inner hold-out as a shop can check it: the forecast as it was, before anything was learned from it."""

    day: int  # that it was made on
    days: int
    expected: float  # purchase days in all
    came: float
    named: int  # customers whose chance was the highest
    bought: int  # of these
    share: float  # of all customers that bought


@dataclass(frozen=True)
class Correction:
    """Found on the inner hold-out, centred on the forecast that is to be corrected."""

    log_factor: float = 0.0  # log(what came ÷ what was forecast)
    slope: float = 0.0
    chance_shift: float = 0.0
    chance_slope: float = 0.0
    count_centre: float = 0.0
    chance_centre: float = 0.0

    def apply(self, count: Floats, chance: Floats, weights: Floats, season: float = 1.0) -> tuple[Floats, Floats]:
        logs = np.log(np.maximum(count, 1e-9))
        bent = np.exp(np.clip(logs + self.slope * (logs - self.count_centre), -30.0, 30.0))
        level = float(weights @ count) * season * float(np.exp(TRUST * self.log_factor))
        bent *= level / max(float(weights @ bent), 1e-300)
        odds = _odds(chance)
        chance = expit(odds + TRUST * self.chance_shift + self.chance_slope * (odds - self.chance_centre))
        return np.maximum(bent, APART * chance), np.asarray(chance)


def learn(
    inner: tuple[Floats, Floats], came: Floats, outer: tuple[Floats, Floats], weights: Floats, season: float = 1.0
) -> Correction:
    """``inner``: counts and chances forecast for the past, per customer, of whom ``came`` as many purchase days;
    ``outer``: the forecast to be corrected, with the ``weights`` of its rows."""
    count, chance = inner[0] * season, inner[1]
    total = max(float(weights.sum()), 1.0)
    outer_logs, outer_odds = np.log(np.maximum(outer[0], 1e-9)), _odds(outer[1])
    count_centre, chance_centre = float(weights @ outer_logs) / total, float(weights @ outer_odds) / total
    logs, odds = np.log(np.maximum(count, 1e-9)), _odds(chance)
    log_factor = float(np.log(came.sum() + 1) - np.log(count.sum() + 1))
    _shift, slope = _regress(logs, logs - count_centre, came, np.exp, np.exp)
    shift, chance_slope = _regress(odds, odds - chance_centre, (came > 0).astype(float), expit, _bell)
    return Correction(log_factor, slope, shift, chance_slope, count_centre, chance_centre)


def trial(day: int, days: int, count: Floats, chance: Floats, came: Floats) -> Trial:
    """``count`` and ``chance``: forecast on ``day`` for each customer, of whom ``came`` as many purchase days."""
    named = min(NAMED, max(len(came) // 10, 1), len(came))
    likeliest = np.lexsort((-count, -chance))[:named]
    bought = int((came[likeliest] > 0).sum())
    share = float((came > 0).mean()) if len(came) else 0.0
    return Trial(day, days, float(count.sum()), float(came.sum()), named, bought, share)


def _odds(chance: Floats) -> Floats:
    return np.asarray(logit(np.clip(chance, 1e-9, 1 - 1e-9)))


def _bell(odds: Floats) -> Floats:
    chance = expit(odds)
    return np.asarray(chance * (1 - chance))


def _regress(offset: Floats, feature: Floats, came: Floats, mean: Curve, spread: Curve) -> tuple[float, float]:
    """Shift and slope of a Poisson or logistic regression with ``offset`` and a ridge, by Newton's method."""
    found = np.zeros(2)
    columns = np.stack([np.ones(len(feature)), feature])
    for _round in range(50):
        line = np.clip(offset + found[0] + found[1] * feature, -30.0, 30.0)
        slope = weigh(columns, came - mean(line)) - RIDGE * found
        bend = np.stack([weigh(columns * column, spread(line)) for column in columns]) + RIDGE * np.eye(2)
        step = np.clip(np.linalg.solve(bend, slope), -0.5, 0.5)
        found = found + step
        if np.abs(step).max() < 1e-10:
            break
    return float(found[0]), float(found[1])


def fit_size(count: Floats, chance: Floats, came: Floats) -> float:
    """Size k of the negative binomial of further purchases, from who bought in the inner hold-out."""
    bought = came > 0
    more, mean = came[bought] - 1, further(count[bought], chance[bought])
    if not len(more):
        return 1.0

    def loss(log_k: float) -> float:
        k = np.exp(log_k)
        each = gammaln(more + k) - gammaln(k) + k * np.log(k / (k + mean)) + more * np.log(mean / (k + mean))
        return -float(each.sum()) + log_k**2 / 2

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 5.0), method="bounded").x))


def further(count: Floats, chance: Floats) -> Floats:
    """Purchases to expect after the first of the horizon, of who buys in it."""
    return np.maximum(count / np.maximum(chance, 1e-12) - 1, APART - 1)
