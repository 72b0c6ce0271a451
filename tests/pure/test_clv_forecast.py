"""The forecast of repeat buying: on real hold-outs within its limits, and sound whatever comes in."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plain_metrics import bought as sold
from plain_metrics import cdnow as cdnow_receipts
from plain_metrics import day, table

from vafa import lab
from vafa.segment.analysis import analyse
from vafa.segment.clv import gamma_gamma, season
from vafa.segment.clv.blend import hand_out
from vafa.segment.clv.counts import Buyers, buyers, standing
from vafa.segment.clv.due import due
from vafa.segment.clv.forecast import Forecast, Forecaster, forecast
from vafa.segment.clv.intervals import Hurdle
from vafa.segment.clv.regular import rhythm
from vafa.segment.clv.worth import discount, worth
from vafa.segment.predicting import COLUMNS, predict

ROOT = Path(__file__).resolve().parents[2]
SPLIT = day("1997-09-30")


@pytest.fixture(scope="module")
def cdnow_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("quality") / "cdnow.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("who", "on", "dollars"))
        for receipt in cdnow_receipts():
            writer.writerow((receipt.customer, np.datetime64(receipt.day, "D"), receipt.amount / 100))
    return path


def test_a_hold_out_of_cdnow_is_judged_within_its_limits(cdnow_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    asked = ["--customer", "who", "--at", "on", "--amount", "dollars", "--split", "1997-09-30", "--horizon", "273"]
    command = [sys.executable, "-m", "bench.quality", str(cdnow_file), *asked, "--json", "--predictions", str(out)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={"PYTHONPATH": f"{ROOT}/src"})
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["customers"] == 2357
    assert found["gini"] >= max(found["gini_bgnbd"], found["gini_rank"]) - 0.005
    assert abs(found["bias_total"]) <= 0.09
    assert found["total_low"] < 1882 < found["total_high"]
    assert found["worst_decile_gap"] <= 0.10
    assert 0.72 <= found["fair_coverage"] <= 0.88
    assert "season_unseen" in found["warnings"]
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == "customer predicted p_buy low high w_low w_high actual x recency_gap".split()
    assert (len(rows), sum(int(row["actual"]) for row in rows)) == (2357, 1882)
    assert sum(float(row["predicted"]) for row in rows) == pytest.approx(1882 * (1 + found["bias_total"]))


def shop(seed: int, people: int = 900, weeks: int = 60, regular: int = 1) -> Buyers:
    """Customers who come in the first half, buy at rates of their own, with gaps of ``regular`` steps, and leave."""
    drawn = np.random.default_rng(seed)
    who: list[int] = []
    days: list[int] = []
    for person in range(people):
        at = drawn.uniform(0, weeks * 3.5)
        rate = drawn.gamma(2.0, 0.12) / 7
        end = at + drawn.exponential(400)
        while at < min(end, weeks * 7):
            who.append(person)
            days.append(int(at))
            at += drawn.gamma(regular, 1 / (regular * rate))
    return buyers(np.array(who), np.array(days), people)


def test_a_forecast_of_a_made_shop_holds_what_came() -> None:
    bought = shop(1)
    found = forecast(bought, day=300, horizon=90)
    came = bought.bought_in(300, 390)[found.who]
    assert found.total_low < came.sum() < found.total_high
    assert found.total == pytest.approx(found.predicted.sum())
    assert abs(found.p_buy.mean() - (came > 0).mean()) < 0.05
    assert found.total_high / found.total >= 1.25  # its season was not seen a year before
    assert [mark.code for mark in found.marks if mark.code != "fit"] == ["season_unseen"]
    assert not found.ranking_only


def test_too_little_past_gives_an_order_alone_and_says_why() -> None:
    found = forecast(shop(1, people=60), day=80, horizon=200)
    assert found.ranking_only
    assert [mark.code for mark in found.marks][:3] == ["short_history", "horizon_too_long", "few_returned"]
    assert found.marks[0].figure == 80 - int(shop(1, people=60).day.min())


def test_later_purchases_are_not_looked_at() -> None:
    bought = shop(2, people=250)
    whole, cut = forecast(bought, day=200, horizon=60), forecast(bought.up_to(200), day=200, horizon=60)
    np.testing.assert_array_equal(whole.predicted, cut.predicted)


def test_a_season_that_comes_every_year_is_in_the_index() -> None:
    """Ten purchases each day, twenty in the first quarter of each of four years: 20 ÷ 12.5 of the year's mean."""
    days = np.concatenate([np.full(20 if n % 365 < 91 else 10, n) for n in range(4 * 365)])
    bought = buyers(np.arange(len(days)), days)
    share = 365 * 20 / (91 * 20 + 274 * 10)
    assert season.index(bought, 4 * 365 - 1, 91) == pytest.approx(share, rel=0.02)
    assert season.index(bought, 4 * 365 - 1, 365) == 1.0
    assert season.index(bought, 2 * 365 - 2, 91) == 1.0  # two years are not there yet


def test_handing_out_keeps_the_sum_and_follows_the_score() -> None:
    values, score, weights = np.array([1.0, 2, 6]), np.array([3.0, 2, 1]), np.array([2.0, 1, 1])
    assert hand_out(values, score, weights).tolist() == [4.0, 1.0, 1.0]


def test_the_ends_of_an_interval_are_shared_so_that_truth_covers_exactly_80_percent() -> None:
    hurdle = Hurdle(np.array([0.05, 0.6, 3.0, 25.0]), np.array([0.04, 0.4, 0.95, 0.999]), 1.5, 365)
    low, high, w_low, w_high = hurdle.interval()
    for n in range(4):
        inside = sum(
            (w_low if k == low[n] else w_high if k == high[n] else np.ones(4))[n]
            * (hurdle.below(np.full(4, float(k))) - hurdle.below(np.full(4, k - 1.0)))[n]
            for k in range(int(low[n]), int(high[n]) + 1)
        )
        assert inside == pytest.approx(0.8, abs=1e-9)
    assert low.tolist()[:2] == [0, 0]


def test_a_regular_shop_is_told_from_one_by_chance() -> None:
    k = rhythm(standing(shop(3, 300, regular=4), 419)).k
    assert 3 <= k <= 5
    assert rhythm(standing(shop(3, 300), 419)).k == 1


def test_who_came_every_ten_days_is_due_after_ten_and_late_after_thirty() -> None:
    base = shop(4, 300, regular=4)
    monthly = np.arange(0, 400, 10)
    who = np.concatenate([base.customer, np.full(len(monthly), 300), np.full(len(monthly) - 3, 301)])
    bought = buyers(who, np.concatenate([base.day, monthly, monthly[:-3]]))
    found = due(standing(bought, 392))
    on_time, late = found.expected[-2:], found.lateness[-2:]
    assert on_time == pytest.approx([10, 10], abs=2)
    assert late[0] < 0.1
    assert late[1] > 0.99
    assert (found.early < found.expected).all()
    assert (found.expected < found.late).all()


def test_money_is_count_times_amount_times_margin_discounted() -> None:
    bought = shop(5, 600)
    found = forecast(bought, day=300, horizon=365)
    drawn = np.random.default_rng(5)
    own = 16.0 * 5 / drawn.gamma(6.0, 1.0, len(found.who))
    x = np.maximum(found.x, 1)
    mean = np.where(found.x > 0, drawn.gamma(5 * x, own / (5 * x)), 0.0)
    got = worth(found, mean, margin=0.4, cost=0.1, yearly=0.1)
    assert got.spending is not None
    factor = 0.3 * discount(365, 0.1)
    assert discount(365, 0.1) == pytest.approx((1 - 1 / 1.1) / np.log(1.1))
    np.testing.assert_allclose(got.value, found.predicted * got.amount * factor)
    assert got.amount.mean() == pytest.approx(own.mean(), rel=0.1)
    assert got.total_low < got.total < got.total_high
    # receipts simulated from the forecast itself lie below the upper end as often as it says
    again = (found.variance + found.predicted**2) / found.p_buy
    more = found.predicted / found.p_buy - 1
    size = more**2 / np.maximum(again - (1 + more) ** 2 - more, 1e-6)
    below = []
    for _round in range(20):
        count = (drawn.random(len(x)) < found.p_buy) * (1 + drawn.poisson(drawn.gamma(size, more / size)))
        came = np.where(count > 0, drawn.gamma(5 * np.maximum(count, 1), own / 5), 0.0) * factor
        below.append((came <= got.high)[found.p_buy > 0.2].mean())
    assert np.mean(below) == pytest.approx(0.9, abs=0.03)


def same(one: Forecast, other: Forecast) -> None:
    np.testing.assert_allclose(one.predicted, other.predicted, rtol=1e-6)
    np.testing.assert_array_equal(one.who, other.who)


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 400)), max_size=25),
    st.integers(1, 800),
    st.integers(0, 500),
    st.randoms(use_true_random=False),
)
@example([(0, 0)], 1, 168, random.Random(0))  # one purchase: nothing is known of the total
def test_any_purchases_give_a_sound_forecast_in_any_order(
    rows: list[tuple[int, int]], horizon: int, split: int, chance: object
) -> None:
    turned = list(rows) + rows[:3]  # a purchase twice a day is one
    chance.shuffle(turned)  # type: ignore[attr-defined]
    columns = [np.array(r, np.int64).reshape(-1, 2).T for r in (rows, turned)]
    found, again = (forecast(buyers(who, days, 7), day=split, horizon=horizon) for who, days in columns)
    same(found, again)
    assert len(found.who) == len({who for who, when in rows if when <= split})
    for column in (found.predicted, found.p_buy, found.p_alive, found.low, found.high, found.w_low, found.w_high):
        assert np.isfinite(column).all()
    assert ((found.p_buy >= 0) & (found.p_buy <= 1)).all()
    assert ((found.low <= found.high) & (found.high <= horizon)).all()
    assert found.total_low <= found.total <= found.total_high
    assert found.ranking_only


@pytest.mark.parametrize("amount", [0, 1, 10**12])
def test_amounts_of_any_size_are_valued(amount: int) -> None:
    rows = sold(*((name, f"2026-0{month}-0{n + 1}", amount) for n, name in enumerate("abcd") for month in (1, 3, 5)))
    found = predict(table(rows), currency="USD", as_of=day("2026-06-30"), margin=Fraction(1, 2))
    assert found.value is not None
    assert np.isfinite(found.value.value).all()
    assert (found.value.low <= found.value.high).all()
    assert (found.value.amount == pytest.approx(amount, rel=0.2)) if amount else (found.value.amount == 0).all()


def test_columns_stand_beside_the_customers_of_an_analysis() -> None:
    receipts = table(
        sold(("é", "2026-01-05", 100), ("b", "2026-01-06", 300), ("é", "2026-02-05", 100), (None, "2026-03-01", 1))
    )
    found = analyse(receipts, currency="USD")
    predicted = predict(receipts, currency="USD")
    rows = predicted.beside(found.customers)
    assert rows.column_names[-6:] == list(COLUMNS)
    assert rows.column("customer_id").to_pylist() == ["b", "é"]
    document = predicted.as_json()
    assert set(document) == {"model", "params", "log_likelihood", "warnings"}
    assert any(warning.startswith("few_returned 1") for warning in document["warnings"])


def test_an_analyst_gets_the_published_parameters_of_cdnow(cdnow: Path) -> None:
    found = lab.clv(lab.read(cdnow), as_of="1997-09-30", margin=0.3)
    document = found.as_json()
    assert document["model"] == "BG/NBD"
    assert document["params"] == pytest.approx({"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}, rel=1e-3)
    assert document["log_likelihood"] >= -9582.43
    assert document["warnings"] == ["fit Burr/NBD edge:g flat:s flat:beta flat:g"]  # a year ahead has every season
    assert found.value is not None
    assert found.value.spending is not None
    spending = {"p": 6.25, "q": 3.74, "v": 1544.0}  # v in cents
    assert found.value.spending.params == pytest.approx(spending, rel=2e-3)


def test_nothing_gives_an_empty_forecast() -> None:
    found = predict(table([]), currency="USD")
    assert found.as_json() == {"model": None, "params": {}, "log_likelihood": None, "warnings": []}
    assert found.beside(analyse(table([]), currency="USD").customers).num_rows == 0
    assert gamma_gamma.fit(np.zeros(3), np.zeros(3)) is None


def test_fits_of_one_day_serve_every_horizon() -> None:
    maker = Forecaster(shop(6, 200), 250)
    assert maker.forecast(30).blend is maker.forecast(90).blend
