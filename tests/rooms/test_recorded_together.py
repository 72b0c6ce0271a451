"""Purchases that are recorded in one transaction because they came at once."""

from __future__ import annotations

import pytest

from cast import balance, bought, findings, row_counts, sell
from vafa.core import clock
from vafa.core.errors import Conflict
from vafa.core.records import Purchase
from vafa.events.actions import Claim, digest
from vafa.events.models import Answer, Event
from vafa.loop import purchase
from vafa.loop.purchase import Claimed, Receipt, Told
from vafa.shop.access import SYSTEM


def told(*purchases: Purchase) -> list[Told]:
    return [Told(one, SYSTEM, clock.now()) for one in purchases]


def claimed(one: Purchase, key: str) -> Claimed:
    claim = Claim("key:till", key, digest([one.amount]))
    return Claimed(*told(one), claim, lambda receipt: {"points": receipt.points.balances.get("point", 0)})


def plainly(receipt: Receipt) -> tuple[bool, int, list[tuple[str, int]]]:
    return receipt.fresh, receipt.points.balances.get("point", 0), [move[:2] for move in receipt.points.moves]


def test_each_gets_the_receipt_of_their_own_purchase(club):
    sell("Ben", "30.00", "2026-11-18", "b0")
    ada, twice, ben, stood, nobody, stranger = purchase.record_each(
        told(
            bought("Ada", "48.50", "2026-11-19", "a1"),
            bought("Ada", "48.50", "2026-11-19", "a1"),
            bought("Ben", "120.00", "2026-11-19", "b1"),
            bought("Ben", "30.00", "2026-11-18", "b0"),
            bought(None, "5.00", "2026-11-19", "x1"),
            bought("C77", "9.00", "2026-11-19", "x2"),
        )
    )
    assert plainly(ada) == (True, 73, [("point", 48)])
    assert plainly(twice) == (False, 73, [("point", 48)])
    assert twice.purchase.id == ada.purchase.id
    assert plainly(ben) == (True, 175, [("point", 120), ("stamp", 1)])
    assert plainly(stood) == (False, 175, [("point", 30)])
    assert plainly(nobody) == plainly(stranger) == (True, 0, [])
    assert (nobody.points.member, stranger.points.member, ben.points.member) == (False, False, True)
    assert findings() == []


def test_together_or_one_after_another_tells_the_same(club):
    three = [
        bought("Ada", "120.00", "2026-11-17", "a1"),
        bought("Ada", "30.00", "2026-11-18", "back", kind="return", returns="a1"),
        bought("Ada", "10.00", "2026-11-19", "a2"),
    ]
    together = purchase.record_each(told(*three))
    again = [purchase.record_one(one, actor=SYSTEM, now=clock.now()) for one in three]
    assert [one.points for one in together] == [one.points for one in again]
    assert [one.fresh for one in (*together, *again)] == [True] * 3 + [False] * 3


def test_one_contradiction_and_nothing_is_recorded(club):
    sell("Ada", "10.00", "2026-11-19", "a1")
    before = row_counts()
    with pytest.raises(Conflict, match="a1"):
        purchase.record_each(
            told(bought("Ben", "5.00", "2026-11-19", "b1"), bought("Ada", "11.00", "2026-11-19", "a1"))
        )
    assert (row_counts(), balance("Ben")) == (before, 25)


def test_answers_are_kept_each_for_its_claim(club):
    ada, ben = bought("Ada", "48.50", "2026-11-19", "a1"), bought("Ben", "10.00", "2026-11-19", "b1")
    first = purchase.answer_each([claimed(ada, "k1"), claimed(ben, "k2"), claimed(ada, "k1")])
    assert first == [{"points": 73}, {"points": 35}, {"points": 73}]
    sell("Ada", "10.00", "2026-11-20", "a2")
    clara = bought("Clara", "7.00", "2026-11-20", "c1")
    assert purchase.answer_each([claimed(clara, "k3"), claimed(ada, "k1")]) == [{"points": 32}, {"points": 73}]
    assert dict(Answer.objects.values_list("key", "answer")) == {
        "k1": {"points": 73},
        "k2": {"points": 35},
        "k3": {"points": 32},
    }


def test_a_claim_with_other_content_takes_all_of_them_back(club):
    ada, ben = bought("Ada", "48.50", "2026-11-19", "a1"), bought("Ben", "10.00", "2026-11-19", "b1")
    purchase.answer_each([claimed(ada, "k1")])
    before = row_counts()
    with pytest.raises(Conflict) as refused:
        purchase.answer_each([claimed(ben, "k2"), claimed(bought("Ada", "1.00", "2026-11-19", "a9"), "k1")])
    assert refused.value.code == "key_reused"
    assert (row_counts(), Answer.objects.count()) == (before, 1)


def test_one_event_tells_of_all_of_them(club):
    purchase.record_each(told(*(bought("Ada", "1.00", "2026-11-19", f"a{n}") for n in range(4))))
    event = Event.objects.order_by("-id").first()
    assert event is not None
    assert (event.kind, event.payload["count"]) == ("purchases.recorded", 4)
