"""The models of repeat buying: published figures on CDNOW, their gradients, and their answers another way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import gamma

from vafa.core.calendar import day_number, to_date
from vafa.segment.clv import fitting, gamma_gamma
from vafa.segment.clv.beta_geometric import BG_NBD, MBG_NBD, BetaGeometric
from vafa.segment.clv.counts import Buyers, Floats, Table, buyers, standing, table
from vafa.segment.clv.lifetime import BURR_NBD, PARETO_NBD
from vafa.segment.clv.nbd import Nbd

ALL = [Nbd(), BG_NBD, MBG_NBD, BetaGeometric("MBG/CNBD-3", 1, 3), PARETO_NBD, BURR_NBD]
SPLIT = day_number(to_date(0).replace(year=1997, month=9, day=30))


def rows_of(path: Path) -> list[tuple[int, int, float]]:
    """(customer, day, dollars) of each receipt."""
    found = []
    for line in path.read_text("ascii").splitlines():
        fields = line.split()
        year, month, day = int(fields[2][:4]), int(fields[2][4:6]), int(fields[2][6:])
        when = day_number(to_date(0).replace(year=year, month=month, day=day))
        found.append((int(fields[1]) - 1, when, float(fields[4])))
    return found


@pytest.fixture(scope="module")
def bought(cdnow: Path) -> Buyers:
    who, day, _dollars = zip(*rows_of(cdnow), strict=True)
    return buyers(np.array(who), np.array(day))


@pytest.fixture(scope="module")
def rows(bought: Buyers) -> Table:
    return standing(bought, SPLIT).distinct[0]


def test_bg_nbd_as_published_with_the_deviations_of_a_bayesian_run(rows: Table) -> None:
    found = fitting.fit(BG_NBD, rows)
    assert found.params == pytest.approx({"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}, rel=1e-3)
    assert found.log_likelihood >= -9582.43
    assert found.standard_errors == pytest.approx({"r": 0.0127, "alpha": 0.385, "a": 0.186, "b": 0.713}, rel=0.1)
    assert found.warnings == ()


def test_pareto_nbd_as_published(rows: Table) -> None:
    found = fitting.fit(PARETO_NBD, rows)
    assert found.params == pytest.approx({"r": 0.5533, "alpha": 10.578, "s": 0.6062, "beta": 11.668}, rel=1e-3)
    assert found.log_likelihood >= -9594.98


def test_gamma_gamma_as_published(cdnow: Path) -> None:
    """On 946 customers who came back by the split; a customer's mean is over the days after the first one."""
    days: dict[tuple[int, int], float] = {}
    for who, day, dollars in rows_of(cdnow):
        if day <= SPLIT:
            days[who, day] = days.get((who, day), 0.0) + dollars
    amounts: dict[int, list[float]] = {}
    for (who, _day), dollars in sorted(days.items()):
        amounts.setdefault(who, []).append(dollars)
    x = np.array([len(a) - 1 for a in amounts.values()], float)
    mean = np.array([float(np.mean(a[1:])) if len(a) > 1 else 0.0 for a in amounts.values()])
    assert int((x > 0).sum()) == 946
    found = gamma_gamma.fit(x, mean)
    assert found is not None
    assert found.params == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.44}, rel=2e-3)
    in_cents = gamma_gamma.fit(x, mean * 100)
    assert in_cents is not None
    assert in_cents.params["v"] == pytest.approx(found.params["v"] * 100, rel=1e-4)


@pytest.mark.parametrize("model", ALL, ids=lambda m: str(m.name))
def test_a_gradient_is_the_slope(model: fitting.Model) -> None:
    some = table(np.array([0.0, 0, 1, 4, 90]), np.array([0.0, 0, 9, 30, 70]), np.array([0.0, 39, 12, 30, 71]))
    theta = np.log(model.start(some)) + 0.3
    _each, slopes = model.log_likelihood(np.exp(theta), some)
    for n in range(len(theta)):
        step = np.eye(len(theta))[n] * 1e-5
        up, down = (model.log_likelihood(np.exp(theta + s), some)[0] for s in (step, -step))
        np.testing.assert_allclose(slopes[n], (up - down) / 2e-5, rtol=2e-5, atol=1e-6)


def test_the_slope_of_gamma_gamma() -> None:
    theta, x, mean = np.log([6.0, 3.7, 15.0]), np.array([1.0, 3, 40]), np.array([2.0, 30, 900])
    _each, slopes = gamma_gamma.log_likelihood(np.exp(theta), x, mean)
    for n in range(3):
        step = np.eye(3)[n] * 1e-5
        up, down = (gamma_gamma.log_likelihood(np.exp(theta + s), x, mean)[0] for s in (step, -step))
        np.testing.assert_allclose(slopes[n], (up - down) / 2e-5, rtol=1e-5)


CUSTOMER = table(np.array([3.0]), np.array([20.0]), np.array([39.0]))


def fitted(model: fitting.Model, params: Floats) -> fitting.Fitted:
    return fitting.Fitted(model, dict(zip(model.names, params.tolist(), strict=True)), {}, 0.0, ())


def test_answers_of_bg_nbd_are_the_integrals_they_stand_for() -> None:
    """Three repeat days by week 20, looked at in week 39: over every rate and every chance of leaving."""
    params = np.array([0.5, 6.0, 0.8, 2.4])
    r, alpha, a, b = params
    horizon = 26.0

    u = ((np.arange(1000) + 0.5) / 500)[:, None]  # rates a week, up to 2
    p = (((np.arange(1000) + 0.5) / 1000) ** (1 / a))[None, :]  # even steps of p^a take the pole out
    prior = gamma(r, scale=1 / alpha).pdf(u) * u**3 * (1 - p) ** (b - 1)
    alive, left = prior * np.exp(-u * 39) * (1 - p) ** 3, prior * np.exp(-u * 20) * p * (1 - p) ** 2
    all_ways = alive.sum() + left.sum()
    more, once = alive * (1 - np.exp(-u * p * horizon)) / p, alive * (1 - np.exp(-u * horizon))
    found = fitted(BG_NBD, params)
    assert found.p_alive(CUSTOMER)[0] == pytest.approx(alive.sum() / all_ways, rel=1e-4)
    assert found.expected_purchases(CUSTOMER, horizon)[0] == pytest.approx(more.sum() / all_ways, rel=1e-4)
    assert found.p_buy(CUSTOMER, horizon)[0] == pytest.approx(once.sum() / all_ways, rel=1e-4)


@pytest.mark.parametrize("model", [PARETO_NBD, BURR_NBD], ids=lambda m: str(m.name))
def test_answers_of_a_lifetime_are_those_of_many_simulated_customers(model: fitting.Model) -> None:
    params = np.array([0.8, 6.0, 0.9, 15.0, 1.4][: len(model.names)])
    g = params[4] if len(params) > 4 else 1.0
    drawn = np.random.default_rng(3)
    people = 400_000
    rate = drawn.gamma(params[0], 1 / params[1], people)
    life = params[3] * (drawn.random(people) ** (-1 / params[2]) - 1) ** (1 / g)
    before = drawn.poisson(rate * np.minimum(life, 30))
    after = drawn.poisson(rate * np.clip(life - 30, 0, 20))
    idle = before == 0  # the likelihood of x = 0 needs no day of a last purchase
    row, found = table(np.array([0.0]), np.array([0.0]), np.array([30.0])), fitted(model, params)
    assert np.exp(model.log_likelihood(params, row)[0][0]) == pytest.approx(idle.mean(), abs=0.004)
    assert found.p_alive(row)[0] == pytest.approx((life[idle] > 30).mean(), abs=0.005)
    assert found.p_buy(row, 20.0)[0] == pytest.approx((after[idle] > 0).mean(), abs=0.005)
    assert found.expected_purchases(row, 20.0)[0] == pytest.approx(after[idle].mean(), abs=0.01)


def drawn_nbd() -> Floats:
    return np.random.default_rng(7).poisson(np.random.default_rng(8).gamma(2.0, 0.2, 3000) * 30).astype(float)


def test_where_nobody_leaves_the_fit_says_so() -> None:
    x = drawn_nbd()
    t_x = np.where(x > 0, 30 * x / (x + 1), 0.0)
    found = fitting.fit(BG_NBD, table(x, t_x, np.full(3000, 30.0)))
    assert any(warning.split(":")[1] in {"a", "b"} for warning in found.warnings)
    assert fitting.fit(Nbd(), table(x, t_x, np.full(3000, 30.0))).warnings == ()
