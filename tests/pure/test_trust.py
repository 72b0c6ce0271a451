"""How far a forecast can be trusted, in words: a trial on the shop's own past, and what can't be known."""

from __future__ import annotations

import html as html_module
import json
import re

import numpy as np
import pytest
from plain_metrics import bought as sold
from plain_metrics import day, table

from vafa.core import figures
from vafa.measure import trusting
from vafa.measure.reports import customer_base
from vafa.segment.analysis import analyse
from vafa.segment.clv.calibrating import Trial
from vafa.segment.clv.counts import buyers
from vafa.segment.clv.forecast import Forecast, Mark, forecast
from vafa.segment.outlook import Outlook
from vafa.segment.predicting import predict

TRIAL = Trial(day("2026-03-31"), 90, 412.0, 400.0, 100, 63, 0.12)


def outlook(*marks: Mark, ranking_only: bool = False, trial: Trial | None = TRIAL) -> Outlook:
    return Outlook(day("2026-06-29"), 90, 12_345.6, 10_100.0, 15_087.0, ranking_only, trial, marks)


def test_the_trust_card_says_the_figure_the_trial_and_what_cannot_be_known() -> None:
    with figures.shown():
        said = trusting.sentences(outlook(Mark("season_unseen"), Mark("fit", None, "Burr/NBD flat:g")))
        assert trusting.title(outlook()) == "10,000 to 15,000 purchases in the next 90 days"
    assert said == [
        "In the 90 days after 29 June 2026 about 12,000 purchases are expected of those who are customers already; "
        "with 80\u00a0% certainty between 10,000 and 15,000.",
        "In a trial on your own past (forecast made on 31 March 2026 for 90 days) the total was 3\u00a0% too high. "
        "Of the 100 named as likeliest, 63 bought; by lot it would have been about 12.",
        "What can’t be known: how this season goes, since the same days of an earlier year are not in the sales. "
        "So the range is a quarter up and down at least.",
        "Sales alone hardly tell when customers leave for good; the estimates of \u2068Burr/NBD\u2069 lean on little.",
    ]


@pytest.mark.parametrize(
    ("trial", "begins"),
    [
        (TRIAL._replace(expected=300.0), "too low"),
        (TRIAL._replace(expected=401.0), "the total was right"),
        (TRIAL._replace(came=0.0, bought=0, share=0.0), "nobody bought"),
        (None, "too short for a trial"),
    ],
)
def test_each_end_of_a_trial_is_said(trial: Trial | None, begins: str) -> None:
    assert begins in trusting.sentences(outlook(trial=trial))[1]


def test_where_figures_cannot_be_relied_on_none_is_said() -> None:
    marks = Mark("short_history", 60), Mark("horizon_too_long", 60), Mark("few_returned", 31)
    said = trusting.sentences(outlook(*marks, Mark("past_off", 1.5), Mark("dropout_unseen"), ranking_only=True))
    assert not any("12,0" in text for text in said)
    assert said[1:4] == [
        "Only 60 days of sales are known; from 90 days on figures can be relied on.",
        "90 days ahead is more than twice the 60 days that are known.",
        "Only 31 customers came back in the trial; figures need 200.",
    ]
    assert said[4] == "What came in the trial was 1.50 times the forecast; half of that is allowed for."
    assert len(said) == 6
    assert trusting.title(outlook(ranking_only=True)).startswith("Who will buy sooner")


def test_the_trial_is_what_a_forecast_of_that_day_said_and_what_came() -> None:
    """Sixty customers, the n-th every n + 3 days for a year: on day 182 the frequent are named, and they do come."""
    rows = [(n, at) for n in range(60) for at in range(n % 7, 365, n + 3)]
    bought = buyers(*(np.array(column) for column in zip(*rows, strict=True)))
    found: Forecast = forecast(bought, day=364, horizon=90)
    trial = found.trial
    assert trial is not None
    assert (trial.day, trial.days, trial.named) == (274, 90, 6)
    after = [sum(274 < at <= 364 for who, at in rows if who == n) for n in range(60)]
    assert trial.came == sum(after)
    assert trial.share == pytest.approx(sum(1 for count in after if count) / 60)
    assert trial.bought == 6
    assert found.past == pytest.approx((trial.came + 1) / (trial.expected + 1))


def test_what_is_kept_comes_back_as_it_was() -> None:
    kept = outlook(Mark("past_off", 0.7), Mark("fit", None, "BG/NBD flat:b"), ranking_only=True)
    assert Outlook.read(json.loads(json.dumps(kept.as_json()))) == kept
    assert Outlook.read(outlook(trial=None).as_json()).trial is None


def test_the_report_carries_the_card() -> None:
    receipts = table(sold(*((name, f"2026-0{m}-0{n + 1}", 100) for n, name in enumerate("abcd") for m in (1, 3, 5))))
    found, ahead = analyse(receipts, currency="USD"), predict(receipts, currency="USD")
    page = customer_base.render(found, customer_base.Params(ahead=ahead.outlooks))
    text = html_module.unescape(re.sub(r"<[^>]+>", " ", page))
    assert "Who will buy sooner than whom can be told" in text
    assert "came back in the trial; figures need 200." in text
    assert "came back in the trial" not in customer_base.render(found)
