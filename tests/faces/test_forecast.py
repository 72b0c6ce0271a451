"""What each customer will do: kept every morning, shown on the card, in lists, and with its trust card in Measure."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

import cast
from cast import bought, record
from vafa.core import clock, figures
from vafa.core.calendar import to_date
from vafa.core.words import speaking
from vafa.know import mirror
from vafa.know.models import Customer
from vafa.loop.daily import every_morning
from vafa.measure import queries as measure
from vafa.measure import trusting
from vafa.segment import queries as segment
from vafa.segment.models import Standing
from vafa.segment.predicting import predict
from vafa.shop import queries as shop_queries

PEOPLE = [f"P{n:02}" for n in range(36)]


def visits() -> list[tuple[str, int]]:
    """The n-th of 36 comes every n + 5 days for half a year, up to five days ago; every third stayed away since 90."""
    return [(name, ago) for n, name in enumerate(PEOPLE) for ago in range(90 if n % 3 == 0 else 5, 180 + n % 5, n + 5)]


@pytest.fixture
def known(club):
    """A morning after half a year."""
    today = to_date(shop_queries.today())
    record(
        *(bought(name, "20.00", (today - timedelta(days=ago)).isoformat(), f"{name}-{ago}") for name, ago in visits())
    )
    every_morning(clock.now())
    return club


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_every_morning_the_forecast_is_kept_beside_where_everybody_stands(known):
    files = mirror.refresh(known.calendar)
    found = predict(files, currency="USD", as_of=shop_queries.today() - 1)
    assert Standing.objects.count() == len(found.ids) == 36
    rows = dict(found.rows())
    for person in Customer.objects.filter(code__in=PEOPLE):
        kept = segment.standing(person.pk)
        alive, quarter, year, worth, low, high, due, late = rows[person.code]
        assert (kept.p_alive, kept.expected_90, kept.expected_365) == pytest.approx((alive, quarter, year))
        assert (kept.clv, kept.clv_low, kept.clv_high, kept.due_day) == (worth, low, high, due)
        assert kept.days_late == late
        assert kept.clv_low <= kept.clv_high
        assert kept.due_day > kept.last_day


def test_who_is_due_this_week_and_who_is_late_are_lists(known, as_sara):
    today = shop_queries.today()
    due = set(segment.filtered(["due"]).values_list("customer_id", flat=True))
    assert due == {s.customer_id for s in Standing.objects.all() if today <= s.due_day < today + 7}
    assert 0 < len(due) < 36
    overdue = set(segment.filtered(["overdue"]).values_list("customer_id", flat=True))
    assert {s.customer_id for s in Standing.objects.all() if s.days_late} == overdue
    frequent = cast.know.customer("P00").pk  # came every five days until 90 days ago
    assert frequent in overdue
    assert frequent not in due
    assert f"{len(due)} customers" in text_of(as_sara.get("/know?filter=due"))
    assert "P00" in text_of(as_sara.get("/know?filter=overdue"))


def test_the_card_says_when_they_are_due_and_what_to_expect(known, as_sara):
    came = cast.know.customer("P01").pk
    kept = segment.standing(came)
    page = text_of(as_sara.get("/know/customer/P01"))
    with figures.shown():
        assert f"Due on {figures.day(kept.due_day, year=False)}" in page
        assert f"Purchases expected in 90 days {figures.number(kept.expected_90, 1)}" in page
    late = segment.standing(cast.know.customer("P00").pk)
    assert f"{late.days_late} days later than nine of ten of their gaps" in text_of(as_sara.get("/know/customer/P00"))


def test_measure_shows_how_far_the_forecast_can_be_trusted(known, as_sara):
    outlook = measure.outlook(measure.newest())
    assert outlook is not None
    assert (outlook.day, outlook.days) == (shop_queries.today() - 1, 90)
    page = text_of(as_sara.get("/measure"))
    with figures.shown(), speaking("en"):
        for sentence in trusting.sentences(outlook):
            assert " ".join(sentence.split()) in page
    assert "customers came back in the trial; figures need 200." in page


def test_a_shop_of_few_customers_has_no_forecast_and_says_nothing(club, as_sara):
    cast.walk_the_ladder()
    every_morning(clock.now())
    assert not Standing.objects.exclude(p_alive=None).exists()
    assert measure.outlook(measure.newest()) is None
    assert as_sara.get("/measure").status_code == 200
    assert "Chance that they still" not in text_of(as_sara.get("/know/customer/C1"))
