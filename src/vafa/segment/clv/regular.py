"""Shops whose customers come like clockwork: MBG/CNBD-k (Platzer, Reutterer 2016) for counts, too.

Gaps are Erlang-k, so who has just bought will not come at once, and who is overdue is probably gone. The next gap,
given one's own past, is (α + t_x) times a beta prime (k, r + k·x). After it the rate is known anew, and further
purchases are those of a renewal process (t ÷ μ − (k − 1) ÷ 2k, Cox 1962) of which each may be the last.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import betainc, gammaln

from vafa.segment.clv import fitting
from vafa.segment.clv.beta_geometric import NODES, BetaGeometric, beta_nodes
from vafa.segment.clv.counts import DRAWN, Floats, Standing, Table
from vafa.segment.clv.fitting import Fitted

MOST_REGULAR = 8
LEAST = 3  # k from which counts are forecast by it; below, the five models do as well
SURE = 10.0  # of the log-likelihood above that of k = 1
STEPS = 8  # over the horizon, by the day of the next purchase


class Regular(BetaGeometric):
    """MBG/CNBD-k with the answers of its own rhythm."""

    def p_buy_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats:
        """The next gap ends within the horizon, as it has not ended yet."""
        r, alpha = params[:2]
        shape, scale, idle = r + self.k * rows.x, alpha + rows.t_x, rows.age - rows.t_x
        before, until = (betainc(self.k, shape, gap / (gap + scale)) for gap in (idle, idle + horizon))
        return np.asarray(np.clip((until - before) / np.maximum(1 - before, 1e-12), 0.0, 1.0))

    def expected_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats:
        found, last = np.zeros(len(rows.x)), np.zeros(len(rows.x))
        for step in range(STEPS):
            now = self.p_buy_if_alive(params, rows, horizon * (step + 1) / STEPS)
            after = horizon * (step + 0.5) / STEPS
            found += (now - last) * (1 + self._more(params, rows, after, horizon - after))
            last = now
        return found

    def _more(self, params: Floats, rows: Table, after: float, left: float) -> Floats:
        """Purchases within ``left`` weeks of one ``after`` so many weeks."""
        r, alpha, a, b = params
        values, where = rows.repeats
        shape, scale = r + self.k * (rows.x + 1), alpha + rows.age + after
        mean = left * shape / scale / self.k - (self.k - 1) / (2 * self.k)
        reach = np.maximum(mean, 0.0) / shape
        nodes, weights = beta_nodes(a, b + values + self.at_first)
        found = np.zeros(len(rows.x))
        for n in range(NODES):
            p = nodes[where, n]
            leaving = -self.k * np.expm1(np.log1p(-np.minimum(p, 1 - 1e-12)) / self.k)  # of E[(1 − p)^N]
            found += weights[where, n] * (1 - p) * -np.expm1(-shape * np.log1p(leaving * reach)) / p
        return found


class Rhythm(NamedTuple):
    k: int
    fitted: Fitted
    gain: float  # log-likelihood above that of k = 1

    @property
    def regular(self) -> bool:
        """Whether counts should be forecast by it."""
        return self.k >= LEAST and self.gain >= SURE


def rhythm(standing: Standing) -> Rhythm:
    """The likeliest k and its fit; the search ends where the likelihood falls."""
    rows = standing.drawn(DRAWN).distinct[0]
    best: tuple[float, int, Fitted] | None = None
    first = 0.0
    for k in range(1, MOST_REGULAR + 1):
        fitted = fitting.fit(Regular(f"MBG/CNBD-{k}", 1, k), rows, errors=False)
        # what depends on k and the gaps alone, left out of the likelihood of rows
        score = fitted.log_likelihood + (k - 1) * rows.gap_logs - float(rows.weights @ rows.x) * float(gammaln(k))
        first = score if k == 1 else first
        if best is not None and score <= best[0]:
            break
        best = (score, k, fitted)
    assert best is not None
    return Rhythm(best[1], best[2], best[0] - first)
