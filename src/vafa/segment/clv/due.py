"""When each customer's next purchase is due, and how late they are by their own rhythm.

MBG/CNBD-k (Platzer, Reutterer 2016) with the k of 1 to 8 that the gaps make likeliest: the larger, the more
regular. A customer's next gap, given their own past, is (α + t_x) times a beta prime (k, r + k·x).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv, gammaln

from vafa.segment.clv import fitting
from vafa.segment.clv.beta_geometric import BetaGeometric
from vafa.segment.clv.blend import DRAWN
from vafa.segment.clv.counts import WEEK, Floats, Standing
from vafa.segment.clv.fitting import Fitted

MOST_REGULAR = 8
OUTER = 0.9  # of a customer's own gaps


@dataclass(frozen=True)
class Due:
    """One value for each customer, in days after their last purchase."""

    k: int
    fitted: Fitted
    expected: Floats  # half of their gaps are shorter
    early: Floats  # a tenth is
    late: Floats  # nine tenths are
    lateness: Floats  # share of their gaps shorter than the one going on, if they still buy
    p_alive: Floats


def due(standing: Standing) -> Due:
    k, fitted = regularity(standing)
    r, alpha = fitted.values[:2]
    rows, where = standing.distinct
    shape, scale = r + k * rows.x, alpha + rows.t_x
    early, middle, late = (_gap(share, k, shape, scale) * WEEK for share in (1 - OUTER, 0.5, OUTER))
    idle = rows.age - rows.t_x
    lateness = betainc(k, shape, idle / (idle + scale))
    alive = fitted.p_alive(rows)
    return Due(k, fitted, middle[where], early[where], late[where], lateness[where], alive[where])


def regularity(standing: Standing) -> tuple[int, Fitted]:
    """The likeliest k and its fit; the search ends where the likelihood falls."""
    drawn = standing.drawn(DRAWN)
    rows = drawn.distinct[0]
    best: tuple[float, int, Fitted] | None = None
    for k in range(1, MOST_REGULAR + 1):
        fitted = fitting.fit(BetaGeometric(f"MBG/CNBD-{k}", 1, k), rows, errors=False)
        # what depends on k and the gaps alone, left out of the likelihood of rows
        score = fitted.log_likelihood + (k - 1) * rows.gap_logs - float(rows.weights @ rows.x) * float(gammaln(k))
        if best is not None and score <= best[0]:
            break
        best = (score, k, fitted)
    assert best is not None
    return best[1], best[2]


def _gap(share: float, k: int, shape: Floats, scale: Floats) -> Floats:
    found = np.minimum(betaincinv(k, shape, share), 1 - 1e-9)
    return np.asarray(scale * found / (1 - found))
