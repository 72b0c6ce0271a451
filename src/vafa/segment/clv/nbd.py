"""NBD: buys at a steady rate for ever, rates spread by a gamma distribution (Ehrenberg 1959)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from vafa.segment.clv.counts import Floats, Table


def rate_start(rows: Table) -> tuple[float, float]:
    """r and alpha to begin with: the mean rate, spread widely."""
    weeks, bought = float(rows.weights @ rows.age), float(rows.weights @ rows.x)
    return 0.5, 0.5 * (weeks + 1) / (bought + 1)


@dataclass(frozen=True)
class Nbd:
    name: str = "NBD"
    names: tuple[str, ...] = ("r", "alpha")

    def start(self, rows: Table) -> Floats:
        return np.array(rate_start(rows))

    def bounds(self) -> Sequence[tuple[float, float]]:
        return [(-12.0, 12.0)] * 2

    def log_likelihood(self, params: Floats, rows: Table) -> tuple[Floats, Floats]:
        r, alpha = params
        values, where = rows.repeats
        log_end = np.log(alpha + rows.age)
        n = r + rows.x
        each = (gammaln(r + values) - gammaln(r))[where] + r * np.log(alpha) - n * log_end
        by_r = (digamma(r + values) - digamma(r))[where] + np.log(alpha) - log_end
        return each, np.stack([r * by_r, r - alpha * n / (alpha + rows.age)])

    def p_alive(self, params: Floats, rows: Table) -> Floats:  # noqa: ARG002 (the interface)
        return np.ones(len(rows.x))

    def expected_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats:
        return np.asarray((params[0] + rows.x) / (params[1] + rows.age) * horizon)

    def p_buy_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats:
        return np.asarray(-np.expm1(-(params[0] + rows.x) * np.log1p(horizon / (params[1] + rows.age))))
