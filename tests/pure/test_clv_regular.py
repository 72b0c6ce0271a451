"""Shops whose customers come like clockwork: their counts are those of their rhythm."""

from __future__ import annotations

import random

import numpy as np
import pytest

from vafa.segment.clv.counts import Buyers, buyers, table
from vafa.segment.clv.forecast import Forecaster, forecast
from vafa.segment.clv.regular import Regular, Rhythm


def clockwork(seed: int, people: int = 1200, days: int = 540) -> Buyers:
    """Subscribers who come every thirty days, give or take two, and leave with .08 after each time."""
    drawn = np.random.default_rng(seed)
    who: list[int] = []
    when: list[int] = []
    for person in range(people):
        at = drawn.uniform(0, days)
        while at < days:
            who.append(person)
            when.append(int(at))
            if drawn.random() < 0.08:
                break
            at += 30 + drawn.normal(0, 2)
    return buyers(np.array(who), np.array(when), people)


@pytest.mark.parametrize(("idle", "p"), [(0.1, 0.0), (0.9, 0.0), (0.5, 0.2)])
def test_counts_of_a_clockwork_are_those_of_simulated_customers(idle: float, p: float) -> None:
    """Gaps of four steps, a week on average, known for sure: one customer, drawn twenty thousand times."""
    chance = random.Random(1)

    def gap() -> float:
        return sum(chance.expovariate(4.0) for _step in range(4))

    counts = []
    while len(counts) < 20_000:
        at = gap() - idle
        if at < 0:
            continue  # it would have ended already
        count = 0
        while at < 6:
            count += 1
            if chance.random() < p:
                break
            at += gap()
        counts.append(count)
    params = np.array([4e6, 1e6, max(p, 1e-4) * 1e5, (1 - p) * 1e5])
    rows = table(np.array([5.0]), np.array([5.0]), np.array([5.0 + idle]))
    model = Regular("MBG/CNBD-4", 1, 4)
    assert model.expected_if_alive(params, rows, 6.0)[0] == pytest.approx(np.mean(counts), rel=0.02)
    soon = np.mean([count > 0 for count in counts])
    assert model.p_buy_if_alive(params, rows, 6.0)[0] == pytest.approx(soon, abs=0.005)


def test_in_a_shop_of_subscribers_who_will_come_is_known() -> None:
    """The five models, for whom purchases are chance, are off by a half there in the worst tenth."""
    bought = clockwork(1)
    maker = Forecaster(bought, 356)
    found = maker.forecast(90)
    assert maker.rhythm is not None
    assert maker.rhythm.k == 8
    assert [f.model.name for f in found.blend.used] == ["MBG/CNBD-8"]
    came = bought.bought_in(356, 446)[found.who]
    assert found.total == pytest.approx(came.sum(), rel=0.1)
    order = np.argsort(found.p_buy, kind="stable")
    gaps = [abs(found.p_buy[part].mean() - (came[part] > 0).mean()) for part in np.array_split(order, 10)]
    assert max(gaps) < 0.2
    gone = found.gap > 60  # two months of silence
    assert np.quantile(found.p_alive[gone], 0.95) < 0.1
    assert found.p_alive[found.gap < 25].min() > 0.5


def test_a_rhythm_that_few_purchases_show_is_not_relied_on() -> None:
    assert not Rhythm(3, None, 9.9).regular  # type: ignore[arg-type]
    assert not Rhythm(2, None, 900.0).regular  # type: ignore[arg-type]
    assert Rhythm(3, None, 10.0).regular  # type: ignore[arg-type]
    few = buyers(np.array([0, 0, 0, 1, 1]), np.array([0, 30, 60, 10, 40]))
    assert len(forecast(few, day=70, horizon=30).blend.used) == 5
