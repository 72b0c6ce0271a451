"""Maximum likelihood for every model of repeat buying: one way to fit, one way to say how sure.

A model gives the log-likelihood of each row and its derivatives by the logarithms of its parameters. A
feather of a ridge keeps parameters from infinity where the data don't hold them. Standard errors: the
inverse of the Hessian at the maximum, by the delta method. Where the ridge is what holds a parameter, the
fit says so in ``warnings``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vafa.segment.clv.counts import Floats, Table, weigh

type Loss = Callable[[Floats], tuple[float, Floats]]

RIDGE = 1e-3
STEEP = 1e-7  # slope for a customer below which it is flat
WIDEST = 2.0  # longest step of a log parameter
MOST_STEPS = 300
FAR = 11.0  # |log parameter| beyond which it stands at the edge
FLAT = 2.0  # standard error of a log parameter beyond which the data don't tell it


class Model(Protocol):
    """A model of repeat buying. All of its answers are for a customer of each row of ``rows``."""

    @property
    def name(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    def start(self, rows: Table) -> Floats: ...
    def bounds(self) -> Sequence[tuple[float, float]]: ...
    def log_likelihood(self, params: Floats, rows: Table) -> tuple[Floats, Floats]:
        """Of each row, and the derivatives by each log parameter (parameters × rows)."""
        ...

    def p_alive(self, params: Floats, rows: Table) -> Floats: ...
    def expected_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats: ...
    def p_buy_if_alive(self, params: Floats, rows: Table, horizon: float) -> Floats: ...


@dataclass(frozen=True)
class Fitted:
    """A model with its parameters; horizons in weeks."""

    model: Model
    params: dict[str, float]
    standard_errors: dict[str, float]
    log_likelihood: float
    warnings: tuple[str, ...]  # codes: not_converged, edge:NAME, flat:NAME

    @property
    def values(self) -> Floats:
        return np.array(list(self.params.values()))

    def p_alive(self, rows: Table) -> Floats:
        """Probability that a customer of each row still buys at all."""
        return self.model.p_alive(self.values, rows)

    def expected_purchases(self, rows: Table, horizon: float) -> Floats:
        """Purchase days to expect within ``horizon`` weeks."""
        return self.model.expected_if_alive(self.values, rows, horizon) * self.p_alive(rows)

    def p_buy(self, rows: Table, horizon: float) -> Floats:
        """Probability of at least one purchase within ``horizon`` weeks."""
        return self.model.p_buy_if_alive(self.values, rows, horizon) * self.p_alive(rows)


def fit(model: Model, rows: Table, *, errors: bool = True, start: Floats | None = None) -> Fitted:
    """Fit ``model``; without ``errors`` the Hessian is not computed (and flat parameters not looked for).

    ``start``: parameters to begin with, such as those of another day."""
    scale = max(rows.customers, 1.0)

    def loss(theta: Floats) -> tuple[float, Floats]:
        each, slopes = model.log_likelihood(np.exp(theta), rows)
        value = weigh(each, rows.weights) - RIDGE / 2 * (theta @ theta)
        return -float(value) / scale, -(weigh(slopes, rows.weights) - RIDGE * theta) / scale

    theta, slope = descend(loss, np.log(model.start(rows) if start is None else start), model.bounds())
    params = np.exp(theta)
    warnings = [] if np.max(np.abs(_inner(slope, theta, model))) < 1e-4 else ["not_converged"]
    warnings += [f"edge:{n}" for n, v, b in zip(model.names, theta, model.bounds(), strict=True) if _at_edge(v, b)]
    deviations = deviations_of(loss, theta, scale) if errors else np.full(len(theta), np.nan)
    warnings += [f"flat:{n}" for n, d in zip(model.names, deviations, strict=True) if d > FLAT]
    each, _slopes = model.log_likelihood(params, rows)
    return Fitted(
        model,
        dict(zip(model.names, params.tolist(), strict=True)),
        dict(zip(model.names, (params * deviations).tolist(), strict=True)),
        float(weigh(each, rows.weights)),
        tuple(warnings),
    )


def descend(loss: Loss, start: Floats, bounds: Sequence[tuple[float, float]]) -> tuple[Floats, Floats]:
    """The place of the least loss within ``bounds`` and the slope there: BFGS with steps halved until they help.

    Ours because SciPy's hands its tiny matrices to threads, which wait for each other on a busy machine.
    """
    low, high = np.array(bounds).T
    theta = np.clip(start, low, high)
    value, slope = loss(theta)
    inverse = np.eye(len(theta))
    fresh, idle, free = True, 0, np.ones(len(theta), bool)
    for _round in range(MOST_STEPS):
        before, free = free, ~(((theta <= low) & (slope > 0)) | ((theta >= high) & (slope < 0)))
        if (before != free).any():
            inverse, fresh = np.eye(len(theta)), True
        pull = np.where(free, slope, 0.0)
        if np.abs(pull).max() < STEEP or idle > 2:
            break
        step = -np.where(free, inverse @ pull, 0.0)
        if step @ pull >= 0:
            inverse, step, fresh = np.eye(len(theta)), -pull, True
        step *= min(1.0, WIDEST / np.abs(step).max())
        for _halving in range(40):
            moved = np.clip(theta + step, low, high)
            reached, bent = loss(moved)
            if reached <= value + 1e-4 * float(pull @ (moved - theta)):
                break
            step = step / 2
        else:
            if fresh:
                break
            inverse, fresh = np.eye(len(theta)), True
            continue
        idle = idle + 1 if value - reached < 1e-12 * max(1.0, abs(value)) else 0
        inverse, fresh = _updated(inverse, moved - theta, np.where(free, bent - slope, 0.0), fresh), False
        theta, value, slope = moved, reached, bent
    return theta, slope


def _updated(inverse: Floats, moved: Floats, turned: Floats, fresh: bool) -> Floats:
    """The inverse Hessian after one more step."""
    along = float(moved @ turned)
    if along <= 1e-14:
        return inverse
    if fresh:
        inverse = np.eye(len(moved)) * along / float(turned @ turned)
    left = np.eye(len(moved)) - np.outer(moved, turned) / along
    return np.asarray(left @ inverse @ left.T + np.outer(moved, moved) / along)


def _at_edge(value: float, bound: tuple[float, float]) -> bool:
    return bool(value <= bound[0] + 1e-6 or value >= bound[1] - 1e-6 or abs(value) > FAR)


def _inner(jac: Floats, theta: Floats, model: Model) -> Floats:
    """The slope without what pushes against a bound."""
    at = [_at_edge(v, b) for v, b in zip(theta, model.bounds(), strict=True)]
    return np.where(at, 0.0, jac)


def deviations_of(loss: Loss, theta: Floats, scale: float) -> Floats:
    """Standard errors of the log parameters, from central differences of the analytic gradient."""
    step = 1e-4
    rows = []
    for n in range(len(theta)):
        moved = np.zeros(len(theta))
        moved[n] = step
        rows.append((loss(theta + moved)[1] - loss(theta - moved)[1]) / (2 * step))
    hessian = np.array(rows) * scale
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    return np.asarray(np.sqrt((vectors**2 / np.maximum(values, RIDGE)).sum(axis=1)))
