"""Five models in one, put into the order of a plain rule.

Count and probability are means over BG/NBD, MBG/NBD, Pareto/NBD, Burr/NBD and NBD (geometric for the count).
Who comes before whom is then corrected by the ranks of recency and frequency, whose plain sum no model beats
everywhere: the same counts and probabilities, handed out in another order. Whether that order is used, the
shop's past decides (``ordering``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vafa.segment.clv import fitting
from vafa.segment.clv.beta_geometric import BG_NBD, MBG_NBD
from vafa.segment.clv.counts import DRAWN, WEEK, Floats, Ints, Standing, Table
from vafa.segment.clv.fitting import Fitted
from vafa.segment.clv.lifetime import BURR_NBD, PARETO_NBD
from vafa.segment.clv.nbd import Nbd

STAYS = Nbd()  # for whom nobody leaves: the models that know leaving overdo it over a long horizon
MODELS = (BG_NBD, MBG_NBD, PARETO_NBD, BURR_NBD, STAYS)


@dataclass(frozen=True)
class Blend:
    """The fits at one day, and the distinct rows of everybody known then; ``regular`` instead of them in a
    shop whose customers come like clockwork."""

    standing: Standing
    rows: Table
    where: Ints  # the row of each customer
    fits: tuple[Fitted, ...]
    regular: Fitted | None = None

    @classmethod
    def of(cls, standing: Standing, fits: tuple[Fitted, ...], regular: Fitted | None = None) -> Blend:
        return cls(standing, *standing.distinct, fits, regular)

    @property
    def used(self) -> tuple[Fitted, ...]:
        """The fits that answer."""
        return self.fits if self.regular is None else (self.regular,)

    def predicted(self, days: int, *, plain: bool = True) -> tuple[Floats, Floats]:
        """(purchase days to expect, probability of at least one) of each row within ``days``; ``plain``: in the
        order of the plain rule, not the models' own."""
        logs, chance = np.zeros(len(self.rows.x)), np.zeros(len(self.rows.x))
        answering = self._answering(staying=plain)
        for f, alive in answering:
            logs += self._log_count(f, alive, days) / len(answering)
            chance += f.model.p_buy_if_alive(f.values, self.rows, days / WEEK) * alive / len(answering)
        count = np.asarray(np.exp(logs))
        score = self.score(count) if plain else count
        return hand_out(count, score, self.rows.weights), hand_out(chance, score, self.rows.weights)

    def count(self, days: int) -> Floats:
        """Purchase days to expect of each row by the models that know leaving, in their own order."""
        answering = self._answering(staying=False)
        logs = [self._log_count(f, alive, days) for f, alive in answering]
        return np.asarray(np.exp(np.mean(logs, axis=0)))

    def _answering(self, *, staying: bool) -> list[tuple[Fitted, Floats]]:
        """Where the models' own order stands they know who leaves, and NBD is not asked."""
        pairs = zip(self.used, self.alive, strict=True)
        return [(f, alive) for f, alive in pairs if staying or f.model is not STAYS]

    def _log_count(self, f: Fitted, alive: Floats, days: int) -> Floats:
        count = f.model.expected_if_alive(f.values, self.rows, days / WEEK) * alive
        return np.asarray(np.log(np.maximum(count, 1e-9)))

    def score(self, count: Floats | None = None) -> Floats:
        """The plain rule; with ``count``, twice the mid-ranks of count and frequency and once that of recency."""
        weights = self.rows.weights
        recency, frequency = mid_ranks(self.rows.t_x - self.rows.age, weights), mid_ranks(self.rows.x, weights)
        if count is None:
            return recency + frequency
        return recency + 2 * frequency + 2 * mid_ranks(count, weights)

    @cached_property
    def alive(self) -> list[Floats]:
        """By each of the fits."""
        return [f.p_alive(self.rows) for f in self.used]

    @property
    def p_alive(self) -> Floats:
        """By the models that know leaving."""
        knowing = [alive for f, alive in zip(self.used, self.alive, strict=True) if f.model is not STAYS]
        return np.asarray(np.mean(knowing, axis=0))


def blend(standing: Standing, later: Blend | None = None, regular: Fitted | None = None) -> Blend:
    """``later``: the blend of a later day, from whose parameters the fits begin, without standard errors;
    ``regular``: the model that answers instead of them, fitted already."""
    learned = standing.drawn(DRAWN).distinct[0]
    if later is None:
        return Blend.of(standing, tuple(fitting.fit(model, learned) for model in MODELS), regular)
    begun = [fitting.fit(f.model, learned, errors=False, start=f.values) for f in later.used]
    if later.regular is not None:
        return Blend.of(standing, (), begun[0])
    return Blend.of(standing, tuple(begun))


def mid_ranks(values: Floats, weights: Floats) -> Floats:
    """Share of customers below, half of the equal ones counted."""
    rounded = np.round(values, 12)
    _values, where = np.unique(rounded, return_inverse=True)
    each = np.bincount(where, weights)
    return np.asarray(((np.cumsum(each) - each / 2) / max(each.sum(), 1.0))[where])


def hand_out(values: Floats, score: Floats, weights: Floats) -> Floats:
    """``values`` in the order of ``score``: the highest score gets the highest values; equal scores share theirs."""
    order = np.argsort(values, kind="stable")
    reached = np.append(0.0, np.cumsum(weights[order]))
    summed = np.append(0.0, np.cumsum(values[order] * weights[order]))
    _values, where = np.unique(np.round(score, 12), return_inverse=True)
    group = np.bincount(where, weights)
    ends = np.append(0.0, np.cumsum(group))
    shares = np.diff(np.interp(ends, reached, summed)) / np.maximum(group, 1e-300)
    return np.asarray(shares[where])
