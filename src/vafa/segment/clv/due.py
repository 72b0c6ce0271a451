"""When each customer's next purchase is due, and how late they are by their own rhythm.

MBG/CNBD-k (see ``regular``) with the k of 1 to 8 that the gaps make likeliest: the larger, the more regular. A
customer's next gap, given their own past, is (α + t_x) times a beta prime (k, r + k·x).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv

from vafa.segment.clv.counts import WEEK, Floats, Standing
from vafa.segment.clv.fitting import Fitted
from vafa.segment.clv.regular import Rhythm, rhythm

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


def due(standing: Standing, found: Rhythm | None = None) -> Due:
    """``found``: the rhythm, where it is known already."""
    k, fitted, _gain = found or rhythm(standing)
    r, alpha = fitted.values[:2]
    rows, where = standing.distinct
    shape, scale = r + k * rows.x, alpha + rows.t_x
    early, middle, late = (_gap(share, k, shape, scale) * WEEK for share in (1 - OUTER, 0.5, OUTER))
    idle = rows.age - rows.t_x
    lateness = betainc(k, shape, idle / (idle + scale))
    alive = fitted.p_alive(rows)
    return Due(k, fitted, middle[where], early[where], late[where], lateness[where], alive[where])


def _gap(share: float, k: int, shape: Floats, scale: Floats) -> Floats:
    found = np.minimum(betaincinv(k, shape, share), 1 - 1e-9)
    return np.asarray(scale * found / (1 - found))
