"""Pareto/NBD and Burr/NBD: buys at a steady rate of their own until the end of a hidden lifetime.

The lifetime outlasts t with probability (1 + (t/β)^g)^−s. Pareto/NBD (Schmittlein, Morrison, Colombo
1987) has g = 1; Burr/NBD leaves g free, so that leaving may be likelier early or late. The part of the
likelihood for those who left is an integral over the day they left, by Gauss–Legendre with nodes that
crowd at the last purchase.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import digamma, gammaln

from vafa.segment.clv.beta_geometric import shares_of
from vafa.segment.clv.counts import Floats, Table
from vafa.segment.clv.nbd import rate_start

NODES = 16
AHEAD = 8  # nodes over a horizon, where everything is smooth
POWER = 3  # of the nodes: crowds them at the last purchase, where the integrand is steep


@lru_cache(maxsize=2)
def _legendre(count: int = NODES) -> tuple[Floats, Floats]:
    """Nodes and weights on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


@dataclass(frozen=True)
class Lifetime:
    name: str
    names: tuple[str, ...]

    def start(self, rows: Table) -> Floats:
        r, alpha = rate_start(rows)
        weeks = float(rows.weights @ rows.age) / max(rows.customers, 1.0)
        return np.array([r, alpha, 0.6, max(weeks, 1.0) / 2, 1.0][: len(self.names)])

    def bounds(self) -> Sequence[tuple[float, float]]:
        return ([(-12.0, 12.0)] * 4 + [(float(np.log(0.2)), float(np.log(3.0)))])[: len(self.names)]

    def log_likelihood(self, params: Floats, rows: Table) -> tuple[Floats, Floats]:
        r, alpha, s, beta = params[:4]
        g = params[4] if len(params) > 4 else 1.0
        values, where = rows.repeats
        terms, times = _terms(params, rows)
        shares, together = shares_of(terms)
        n = (r + values)[where]
        by_x = gammaln(r + values) - gammaln(r) + r * np.log(alpha)
        log_at = np.log(alpha + times)
        slopes = [
            r * ((digamma(r + values) - digamma(r))[where] + np.log(alpha) - (shares * log_at).sum(axis=0)),
            r - alpha * n * (shares / (alpha + times)).sum(axis=0),
        ]
        ratio = np.log(np.maximum(times, 1e-300) / beta)
        passed = np.exp(np.minimum(g * ratio, 600.0))
        odds, logged = passed / (1 + passed), np.log1p(passed)
        left = shares[1:]
        gone = left.sum(axis=0)
        slopes.append(gone - s * (shares * logged).sum(axis=0))
        bent = s * (shares * odds).sum(axis=0) + (left * odds[1:]).sum(axis=0)
        slopes.append(g * (bent - gone))
        if len(params) > 4:
            pulled = s * (shares * odds * ratio).sum(axis=0) + (left * (odds[1:] - 1) * ratio[1:]).sum(axis=0)
            slopes.append(gone - g * pulled)
        return by_x[where] + together, np.stack(slopes)

    def p_alive(self, params: Floats, rows: Table) -> Floats:
        return np.asarray(shares_of(_terms(params, rows)[0])[0][0])

    def expected_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats:
        """The rate, over the part of the horizon that they live to see."""
        nodes, weights = _legendre(AHEAD)
        stay = np.einsum("k,kn->n", weights, _stays(params, rows.age, nodes[:, None] * horizon))
        rate = (params[0] + rows.x) / (params[1] + rows.age)
        return np.asarray(rate * horizon * stay)

    def p_buy_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats:
        """Over the day of the next purchase, at even steps of its probability."""
        nodes, weights = _legendre(AHEAD)
        n, end = params[0] + rows.x, params[1] + rows.age
        within = -np.expm1(-n * np.log1p(horizon / end))
        later = end * np.expm1(-np.log1p(-nodes[:, None] * within) / n)
        return np.asarray(within * np.einsum("k,kn->n", weights, _stays(params, rows.age, later)))


def _terms(params: Floats, rows: Table) -> tuple[Floats, Floats]:
    """Logarithms of being alive (first) and of having left at each node, and those times."""
    r, alpha, s, beta = params[:4]
    g = params[4] if len(params) > 4 else 1.0
    nodes, weights = _legendre()
    gap = rows.age - rows.t_x
    times = np.empty((NODES + 1, len(gap)))
    times[0] = rows.age
    times[1:] = rows.t_x + gap * nodes[:, None] ** POWER
    if len(params) > 4:
        ratio = np.log(np.maximum(times, 1e-300) / beta)
        logged = np.logaddexp(0.0, g * ratio)
    else:
        ratio, logged = np.zeros_like(times), np.log1p(times / beta)
    terms = -s * logged - (r + rows.x) * np.log(alpha + times)
    with np.errstate(divide="ignore"):
        width = np.log(gap) + np.log(weights * POWER * nodes ** (POWER - 1))[:, None]
    terms[1:] += np.log(s * g / beta) + (g - 1) * ratio[1:] - logged[1:] + width
    return terms, times


def _stays(params: Floats, age: Floats, later: Floats) -> Floats:
    """Probability that who is alive at ``age`` is so ``later`` as well."""
    s, beta = params[2:4]
    g = params[4] if len(params) > 4 else 1.0

    def logged(t: Floats) -> Floats:
        if len(params) == 4:
            return np.asarray(np.log1p(t / beta))
        return np.asarray(np.logaddexp(0.0, g * np.log(np.maximum(t, 1e-300) / beta)))

    return np.asarray(np.exp(-s * (logged(age + later) - logged(age))))


PARETO_NBD = Lifetime("Pareto/NBD", ("r", "alpha", "s", "beta"))
BURR_NBD = Lifetime("Burr/NBD", ("r", "alpha", "s", "beta", "g"))
