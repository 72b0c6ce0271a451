"""What each customer will be worth within a horizon: purchases × amount × margin, discounted, with how sure.

Amounts come from Gamma-Gamma over the means of repeat days. The middle 80 % is that of a hurdle as
well: nothing where nothing is bought, else a lognormal with the spread of the count, of what isn't known of
the customer's mean amount, and of receipts around it. Who buys with less than a tenth's chance has an upper
end of 0, as their count has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from vafa.segment.clv import gamma_gamma
from vafa.segment.clv.counts import Floats
from vafa.segment.clv.forecast import Forecast
from vafa.segment.clv.gamma_gamma import Spending
from vafa.segment.clv.intervals import TAIL

YEAR = 365


@dataclass(frozen=True)
class Worth:
    """One value for each customer of the forecast, in the unit of the amounts given."""

    spending: Spending | None
    amount: Floats  # of a purchase day
    value: Floats
    low: Floats
    high: Floats
    total: float
    total_low: float
    total_high: float


def worth(found: Forecast, mean: Floats, *, margin: float = 1.0, cost: float = 0.0, yearly: float = 0.0) -> Worth:
    """``mean``: mean amount of each customer's repeat days, 0 without any; ``margin`` and ``cost`` (what the programme
    gives back): shares of sales; ``yearly``: discount rate, 0.1 for 10 % a year."""
    x = found.x.astype(float)
    spending = gamma_gamma.fit(x, mean)
    amount = np.zeros(len(x)) if spending is None else spending.expected_amount(x, mean)
    factor = (margin - cost) * discount(found.horizon, yearly)
    value = found.predicted * amount * factor
    if_any = found.predicted / np.maximum(found.p_buy, 1e-12)  # purchases of who buys at all
    scatter = np.zeros(len(x)) if spending is None else spending.scatter(x, if_any)
    again = (found.variance + found.predicted**2) / np.maximum(found.p_buy, 1e-12) - if_any**2
    spread = (1 + np.maximum(again, 0.0) / np.maximum(if_any, 1e-12) ** 2) * (1 + scatter**2)
    low, high = (_quantile(share, found.p_buy, spread) * if_any * amount * factor for share in (TAIL, 1 - TAIL))
    total = float(value.sum())
    ratio = (found.total_low / found.total, found.total_high / found.total) if found.total > 0 else (1.0, 1.0)
    ends = sorted((total * ratio[0], total * ratio[1]))
    return Worth(spending, amount, value, np.minimum(low, high), np.maximum(low, high), total, *ends)


def _quantile(share: float, p_buy: Floats, spread: Floats) -> Floats:
    """As a multiple of the mean of who buys: none with 1 − ``p_buy``, else lognormal with 1 + cv² = ``spread``."""
    within = (share - (1 - p_buy)) / np.maximum(p_buy, 1e-12)
    wide = np.log(spread)
    at = np.exp(np.sqrt(wide) * ndtri(np.clip(within, 1e-12, 1 - 1e-12)) - wide / 2)
    return np.asarray(np.where(within > 0, at, 0.0))


def discount(days: int, yearly: float) -> float:
    """Worth today of 1 that comes evenly over ``days``."""
    force = np.log1p(yearly) * days / YEAR
    return 1.0 if abs(force) < 1e-9 else float(-np.expm1(-force) / force)
