"""How sure a forecast is: the middle 80 % of each customer's purchases, and of their total.

A hurdle: none with probability 1 − p, else 1 + a negative binomial. Counts are mostly 0 or 1, so the plain
share of truths inside is well above 80 % even for a perfect forecast; ``w_low`` and ``w_high`` are the shares
of the end points' probability that belong to the middle 80 %, so that a right forecast covers exactly 80 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from vafa.segment.clv.calibrating import further
from vafa.segment.clv.counts import Floats

TAIL = 0.1
WIDEST = 12.0  # of the total's logarithm: nothing is known beyond it
Z = 1.2815515655446004  # of the standard normal, 90 %


@dataclass(frozen=True)
class Hurdle:
    """Distribution of each row's purchase days within ``most`` days."""

    count: Floats
    chance: Floats
    size: float
    most: int

    def below(self, n: Floats) -> Floats:
        """Probability of at most ``n``; −1 has none, ``most`` has all."""
        ratio = self.size / (self.size + further(self.count, self.chance))
        rest = np.where(n >= 1, betainc(self.size, np.maximum(n, 1.0), ratio), 0.0)
        found = np.where(n >= 0, 1 - self.chance + self.chance * rest, 0.0)
        return np.asarray(np.where(n >= self.most, 1.0, found))

    def quantile(self, share: float) -> Floats:
        """The smallest count that is not exceeded with probability ``share`` at least."""
        found = np.zeros(len(self.count))
        some = np.flatnonzero(self.below(found) < share)  # most customers buy nothing: no search for them
        rest = Hurdle(self.count[some], self.chance[some], self.size, self.most)
        low, high = np.zeros(len(some)), np.minimum(np.ceil(rest.count / (1 - share)), self.most)  # Markov's bound
        open_ = np.arange(len(some))
        while len(open_ := open_[high[open_] - low[open_] > 1]):
            middle = np.floor((low[open_] + high[open_]) / 2)
            part = Hurdle(rest.count[open_], rest.chance[open_], self.size, self.most)
            enough = part.below(middle) >= share
            low[open_], high[open_] = np.where(enough, low[open_], middle), np.where(enough, middle, high[open_])
        found[some] = high
        return found

    @property
    def variance(self) -> Floats:
        more = further(self.count, self.chance)
        second = self.chance * (more + more**2 / self.size + (1 + more) ** 2)
        return np.asarray(np.maximum(second - self.count**2, 0.0))

    def interval(self) -> tuple[Floats, Floats, Floats, Floats]:
        """(low, high, w_low, w_high) of the middle 80 %."""
        low, high = self.quantile(TAIL), self.quantile(1 - TAIL)
        below_low, at_low = self.below(low - 1), self.below(low)
        below_high, at_high = self.below(high - 1), self.below(high)
        w_low = (at_low - TAIL) / np.maximum(at_low - below_low, 1e-12)
        w_high = (1 - TAIL - below_high) / np.maximum(at_high - below_high, 1e-12)
        one = (1 - 2 * TAIL) / np.maximum(at_low - below_low, 1e-12)
        same = low == high
        return low, high, np.where(same, one, w_low), np.where(same, one, w_high)


def half_width(hurdle: Hurdle, weights: Floats, log_factor: float, least: float) -> float:
    """Of the total's logarithm: sampling here and in the inner hold-out, half of its error, and 7 % for the rest."""
    total = float(weights @ hurdle.count)
    error = float(weights @ hurdle.variance) / total**2 if total > 0 else 1.0
    wide = Z * float(np.sqrt(2 * error + (0.5 * log_factor) ** 2 + 0.07**2))
    return min(max(wide, least), WIDEST)
