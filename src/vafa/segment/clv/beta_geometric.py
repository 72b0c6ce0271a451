"""BG/NBD and MBG/NBD: after each purchase a customer may leave, with a probability of their own.

BG/NBD (Fader, Hardie, Lee 2005): not after the first; MBG/NBD (Batislam, Denizel, Filiztekin 2007; Hoppe,
Wagner 2007): after the first as well. With ``k`` above 1 the gaps are Erlang-k, so more regular than
chance: (M)BG/CNBD-k (Platzer, Reutterer 2016); for dates, not for counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from vafa.segment.clv.counts import Floats, Table
from vafa.segment.clv.nbd import rate_start

NODES = 20


@dataclass(frozen=True)
class BetaGeometric:
    name: str = "BG/NBD"
    at_first: int = 0  # 1: may leave after the first purchase
    k: int = 1
    names: tuple[str, ...] = ("r", "alpha", "a", "b")

    def start(self, rows: Table) -> Floats:
        r, alpha = rate_start(rows)
        return np.array([r, alpha / self.k, 0.5, 2.0])

    def bounds(self) -> Sequence[tuple[float, float]]:
        return [(-12.0, 12.0)] * 4

    def log_likelihood(self, params: Floats, rows: Table) -> tuple[Floats, Floats]:
        r, alpha, a, b = params
        values, where = rows.repeats
        may = values + self.at_first  # times they may have left
        by_x = r * np.log(alpha) - gammaln(r) + gammaln(a + b) + gammaln(b + may) - gammaln(b) - gammaln(a + b + may)
        total = digamma(a + b) - digamma(a + b + may)
        terms, by_r, by_alpha = self._terms(params, rows)
        shares, together = shares_of(terms)
        dead = shares[-1]
        each = by_x[where] + together
        slope_r = np.log(alpha) - digamma(r) + (shares * by_r).sum(axis=0)
        slope_alpha = r / alpha + (shares * by_alpha).sum(axis=0)
        slope_a = total[where] + dead / a
        kept = np.where(may > 0, b + may - 1, 1.0)
        slope_b = (total + digamma(b + may) - digamma(b))[where] - dead / kept[where]
        return each, np.stack([r * slope_r, alpha * slope_alpha, a * slope_a, b * slope_b])

    def _terms(self, params: Floats, rows: Table) -> tuple[Floats, Floats, Floats]:
        """Ways in which it can have come (k of staying, the last one of having left) and their slopes by r, alpha."""
        r, alpha, a, b = params
        values, where = rows.repeats
        n = r + self.k * values
        end, last = alpha + rows.age, alpha + rows.t_x
        log_end, log_last = np.log(end), np.log(last)
        with np.errstate(divide="ignore"):
            log_gap = np.log(rows.age - rows.t_x) if self.k > 1 else np.zeros(len(end))
        terms, by_r, by_alpha = [], [], []
        for j in range(self.k):
            term = (gammaln(n + j) - gammaln(j + 1))[where] - (n + j)[where] * log_end
            terms.append(term + j * log_gap if j else term)
            by_r.append(digamma(n + j)[where] - log_end)
            by_alpha.append(-(n + j)[where] / end)
        may = values + self.at_first
        left = np.where(may > 0, gammaln(n) + np.log(a) - np.log(np.where(may > 0, b + may - 1, 1.0)), -np.inf)
        terms.append(left[where] - n[where] * log_last)
        by_r.append(digamma(n)[where] - log_last)
        by_alpha.append(-n[where] / last)
        return np.stack(terms), np.stack(by_r), np.stack(by_alpha)

    def p_alive(self, params: Floats, rows: Table) -> Floats:
        shares, _together = shares_of(self._terms(params, rows)[0])
        return np.asarray(1 - shares[-1])

    def expected_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats:
        """The mean of (1 − (1 + p·h ÷ (α + T))^−(r + x)) ÷ p for p ~ Beta(a, b + x)."""
        r, alpha, a, b = params
        values, where = rows.repeats
        nodes, weights = beta_nodes(a, b + values + self.at_first)
        found = np.zeros(len(rows.x))
        reach = horizon / (alpha + rows.age)
        for n in range(NODES):
            p = nodes[where, n]
            found += weights[where, n] * -np.expm1(-(r + rows.x) * np.log1p(p * reach)) / p
        return found

    def p_buy_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats:
        r, alpha = params[:2]
        return np.asarray(-np.expm1(-(r + rows.x) * np.log1p(horizon / (alpha + rows.age))))


def shares_of(terms: Floats) -> tuple[Floats, Floats]:
    """Of each way (first axis) its share in the whole, and the logarithm of the whole."""
    top = terms.max(axis=0)
    parts = np.exp(terms - top)
    whole = parts.sum(axis=0)
    return parts / whole, top + np.log(whole)


def beta_nodes(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Gauss–Jacobi nodes and weights for the mean over Beta(a, b), one row for each b (Golub–Welsch)."""
    low, high = a - 1, b - 1
    k = np.arange(1, NODES)
    twice = 2 * k[None, :] + (low + high)[:, None]
    diagonal = np.empty((len(b), NODES))
    diagonal[:, 0] = (low - high) / (low + high + 2)
    diagonal[:, 1:] = ((low**2 - high**2)[:, None]) / (twice * (twice + 2))
    side = 4 * k * (k + low) * (k + high[:, None]) / (twice**2 * (twice + 1))
    side[:, 1:] *= (k[1:] + (low + high)[:, None]) / (twice[:, 1:] - 1)
    matrix = np.zeros((len(b), NODES, NODES))
    matrix[:, np.arange(NODES), np.arange(NODES)] = diagonal
    matrix[:, np.arange(1, NODES), np.arange(NODES - 1)] = np.sqrt(side)
    values, vectors = np.linalg.eigh(matrix)  # reads the lower half
    return np.maximum((1 + values) / 2, 1e-300), vectors[:, 0, :] ** 2


BG_NBD = BetaGeometric()
MBG_NBD = BetaGeometric("MBG/NBD", 1)
