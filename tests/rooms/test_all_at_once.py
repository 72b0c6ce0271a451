"""Budgets, events, cards that become one and versions that follow each other meet in one shop."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cast import NOW, STARTS, TODAY, balance, enrol, findings, give_back, moment, sell
from vafa.core import clock
from vafa.know import queries as know
from vafa.know.models import Customer
from vafa.loop import merge, tell
from vafa.reward import actions
from vafa.reward.models import Budget
from vafa.shop.access import SYSTEM

POINT = '[unit.point]\nname = "points"\n'
BASE = '[[earn]]\nid = "base"\nunit = "point"\nper = 1.00\nbudget = { max = 100, returned = "free" }\n'
REVIEW = '[[earn]]\nid = "review"\nunit = "point"\nof = "event"\ngives = 5\nfirst = 1\nwhere = { event = "review" }\n'
JOINED = moment("2026-01-05")


def document(*tables: str) -> str:
    return "\n".join((POINT, *tables))


@pytest.fixture(autouse=True)
def whole_in_the_end(shop):
    actions.save_draft(document(BASE, REVIEW), actor=SYSTEM, now=NOW)
    actions.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)
    for name in ("Ada", "Ben", "Clara"):
        enrol(name, at=JOINED)
    yield
    assert findings() == []


def used(name: str) -> list[int]:
    """What is used of a budget, by version."""
    return list(Budget.objects.filter(name=name).order_by("version__number").values_list("used", flat=True))


def review(code: str, key: str, when: str) -> None:
    tell.tell_one(code, "review", key=key, source="site", at=moment(when), actor=SYSTEM, now=clock.now())


def test_a_version_begins_with_full_budgets_and_returns_fill_only_their_own():
    sell("Ada", "90.00", "2026-11-10", "a")
    actions.save_draft(document(BASE.replace("per = 1.00", "per = 0.50"), REVIEW), actor=SYSTEM, now=NOW)
    actions.launch(starts_day=TODAY + 1, actor=SYSTEM, now=NOW)
    with clock.frozen(NOW + timedelta(days=2)):
        sell("Ben", "45.00", "2026-11-22 09:00", "b")
        assert (used("earn:base"), balance("Ben", day=TODAY + 2)) == ([90, 90], 90)
        give_back("Ada", "50.00", "2026-11-22 09:30", "back", "a")  # what is given again is of the first version
        assert (used("earn:base"), balance("Ada", day=TODAY + 2)) == ([90, 90], 40)
        sell("Clara", "30.00", "2026-11-22 10:00", "c")
        assert (used("earn:base"), balance("Clara", day=TODAY + 2)) == ([90, 100], 10)


def test_what_two_cards_used_stays_used_when_they_become_one_and_two_again():
    sell("Ada", "60.00", "2026-11-10", "a")
    sell("Ben", "30.00", "2026-11-11", "b")
    review("C2", "r1", "2026-11-12")
    made = merge.merge("C1", "C2", actor=SYSTEM, now=clock.now())
    assert (balance("Ada"), used("earn:base"), used("first:review")) == (95, [90], [1])
    review("C1", "r2", "2026-11-20 11:00")  # the person was the first one already
    sell("Ben", "5.00", "2026-11-20 11:30", "late")  # the old card at the till
    assert (balance("Ada"), used("earn:base"), used("first:review")) == (105, [95], [1])
    sell("Clara", "20.00", "2026-11-20 11:45", "c")
    assert (balance("Clara"), used("earn:base")) == (5, [100])
    merge.part(made.pk, actor=SYSTEM, now=clock.now())
    assert (balance("Ada"), balance("Ben"), used("earn:base"), used("first:review")) == (60, 40, [100], [1])


def test_an_event_counts_on_the_card_that_stood_at_its_moment():
    sell("Ben", "10.00", "2026-11-11", "b")
    merge.merge("C1", "C2", actor=SYSTEM, now=clock.now())
    review("C2", "r", "2026-11-12")  # told late, of the time when the card stood by itself
    assert balance("Ada") == 15
    told = {code: know.happenings([Customer.objects.get(code=code).pk]) for code in ("C1", "C2")}
    assert [len(events) for mine in told.values() for events in mine.values()] == [0, 1]
    review("C2", "today", "2026-11-20 11:00")  # the old number at the till, after the two are one
    assert balance("Ada") == 20


def test_what_the_other_card_gave_back_stays_given_back():
    sell("Ben", "30.00", "2026-11-10", "b")
    give_back("Ben", "10.00", "2026-11-12", "back", "b")
    merge.merge("C1", "C2", actor=SYSTEM, now=clock.now())
    assert (balance("Ada"), used("earn:base")) == (20, [20])
    sell("Ada", "5.00", "2026-11-01", "late")  # both are walked again
    assert (balance("Ada"), used("earn:base")) == (25, [25])
