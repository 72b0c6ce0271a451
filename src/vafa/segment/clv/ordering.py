"""In whose order: the plain rule's, or the models' own? The shop's past decides.

The plain rule (recency and frequency, see ``blend``) is ahead of every model in some shops, and behind in others, as
where all customers leave with about the same probability. So both orders are compared on four earlier days of the
same customers, with the parameters of today: who comes first says little about parameters, and a fit for each day
would cost four times as much. The rule gives way where the models' order is better by ``GAIN`` or more in Gini;
the less the past tells (standard error beside ``TYPICAL``), the more it is the models' order that stands.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vafa.segment.clv.blend import Blend, mid_ranks
from vafa.segment.clv.counts import DRAWN, Buyers, Floats, standing

PARTS = (0.35, 0.5, 0.65, 0.8)  # of the history: the days that are looked from
SHORTEST = 7  # days of a window
GAIN = 0.003
TYPICAL = 0.01  # of the difference between two orders, from shop to shop


class Ahead(NamedTuple):
    """By how much the models' order is better than the rule's on the past, in Gini, and its standard error."""

    gain: float
    error: float

    @property
    def plain(self) -> bool:
        """Whether the rule's order should be used."""
        trust = TYPICAL**2 / (TYPICAL**2 + self.error**2)
        return trust * (self.gain - GAIN) + (1 - trust) * GAIN <= 0


def compare(bought: Buyers, now: Blend, horizon: int) -> Ahead:
    """``bought``: purchases up to the day of ``now``. An error of infinity where the past says nothing."""
    drawn = now.standing.drawn(DRAWN)
    if not len(drawn.who):
        return Ahead(0.0, np.inf)
    chosen = np.zeros(bought.customers, bool)
    chosen[drawn.who] = True
    kept = chosen[bought.customer]
    past = Buyers(bought.customers, bought.customer[kept], bought.day[kept])
    first, day = int(drawn.first.min()), now.standing.day
    gains, best = np.zeros(bought.customers), 0.0
    for part in PARTS:
        start = first + int((day - first) * part)
        until = min(day, start + horizon)
        if until - start < SHORTEST:
            continue
        earlier = Blend.of(standing(past, start), now.fits, now.regular)
        came = past.bought_in(start, until)[earlier.standing.who]
        count = earlier.count(until - start)
        own, plain = (mid_ranks(score, earlier.rows.weights)[earlier.where] for score in (count, earlier.score(count)))
        gains[earlier.standing.who] += (own - plain) * came
        best += float((_ranks(came) - 0.5) @ came)
    if best <= 0:
        return Ahead(0.0, np.inf)
    return Ahead(float(gains.sum()) / best, float(np.sqrt((gains**2).sum())) / best)


def _ranks(values: Floats) -> Floats:
    return mid_ranks(values, np.ones(len(values)))
