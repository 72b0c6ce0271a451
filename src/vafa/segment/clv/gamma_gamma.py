"""Gamma-Gamma: what a customer's receipt is worth (Fader, Hardie 2005, after Colombo, Jiang 1999).

Receipts scatter around a customer's own mean, the means around everybody's. It reads (x, mean amount of
the x repeat purchase days) where the mean is above zero; who has none gets everybody's mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from vafa.segment.clv.counts import Floats
from vafa.segment.clv.fitting import FAR, FLAT, RIDGE, descend, deviations_of

DRAWN = 20_000
NAMES = ("p", "q", "v")


@dataclass(frozen=True)
class Spending:
    """A fitted Gamma-Gamma model; amounts in the unit that it was given."""

    params: dict[str, float]
    standard_errors: dict[str, float]
    log_likelihood: float
    warnings: tuple[str, ...]

    def expected_amount(self, x: Floats, mean: Floats) -> Floats:
        """Expected mean amount of each customer's purchase days; everybody's where x is 0."""
        p, q, v = self.params.values()
        seen = np.where(mean > 0, x, 0.0)
        return np.asarray(p * (v + seen * np.maximum(mean, 0.0)) / (p * seen + np.maximum(q, 1.0 + 1e-6) - 1))

    def scatter(self, x: Floats, ahead: Floats) -> Floats:
        """Coefficient of variation of the mean of ``ahead`` further purchase days, given x: their own mean isn't
        known, and days scatter around it."""
        p, q = self.params["p"], self.params["q"]
        own = 1 / np.maximum(p * x + q - 2, 0.5)
        return np.asarray(np.sqrt(own + (1 + own) / (p * np.maximum(ahead, 1.0))))


def log_likelihood(params: Floats, x: Floats, mean: Floats) -> tuple[Floats, Floats]:
    """Of each customer, and the derivatives by log p, log q, log v."""
    p, q, v = params
    px = p * x
    total = np.log(x * mean + v)
    each = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v)
    each += (px - 1) * np.log(mean) + px * np.log(x) - (px + q) * total
    top = digamma(px + q)
    by_p = x * (top - digamma(px) + np.log(mean) + np.log(x) - total)
    by_q = top - digamma(q) + np.log(v) - total
    by_v = q / v - (px + q) / (x * mean + v)
    return each, np.stack([p * by_p, q * by_q, v * by_v])


def fit(x: Floats, mean: Floats) -> Spending | None:
    """Fit, to a draw where they are many; None where nobody came back with a positive amount."""
    kept = (x > 0) & (mean > 0)
    x, mean = x[kept].astype(float), mean[kept].astype(float)
    if not len(x):
        return None
    if len(x) > DRAWN:  # enough for three parameters
        chosen = np.random.default_rng(DRAWN).choice(len(x), DRAWN, replace=False)
        x, mean = x[chosen], mean[chosen]
    unit = float(np.exp(np.log(mean).mean()))  # the fit is the same in any unit of money
    scaled, scale = mean / unit, float(len(x))

    def loss(theta: Floats) -> tuple[float, Floats]:
        each, slopes = log_likelihood(np.exp(theta), x, scaled)
        value = each.sum() - RIDGE / 2 * (theta @ theta)
        return -float(value) / scale, -(slopes.sum(axis=1) - RIDGE * theta) / scale

    # q above 1: below it a mean amount doesn't exist
    bounds = [(-12.0, 12.0), (float(np.log(1.01)), 12.0), (-12.0, 12.0)]
    theta, _slope = descend(loss, np.log([4.0, 3.0, 1.0]), bounds)
    deviations = deviations_of(loss, theta, scale)
    theta_v = np.exp(theta) * np.array([1.0, 1.0, unit])
    near = [t <= low + 1e-6 or t >= FAR for t, (low, _high) in zip(theta, bounds, strict=True)]
    warnings = [f"edge:{name}" for name, at in zip(NAMES, near, strict=True) if at]
    warnings += [f"flat:{name}" for name, d in zip(NAMES, deviations, strict=True) if d > FLAT]
    return Spending(
        dict(zip(NAMES, theta_v.tolist(), strict=True)),
        dict(zip(NAMES, (theta_v * deviations).tolist(), strict=True)),
        float(log_likelihood(theta_v, x, mean)[0].sum()),
        tuple(warnings),
    )
