"""The worked examples of the terms, done in the shop: each figure that they tell stands in the ledger."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from programmes.cases import text_of
from vafa.core import clock, figures
from vafa.core.calendar import day_number, midnight
from vafa.core.records import Person, Purchase
from vafa.know import actions as know
from vafa.ledger import queries as ledger
from vafa.loop import join, purchase
from vafa.reward import actions as reward
from vafa.reward import holding, queries
from vafa.reward.engine import Activity
from vafa.reward.example_words import GAINS, Example
from vafa.reward.examples import examples
from vafa.reward.saying import given
from vafa.shop import actions as shop
from vafa.shop.access import SYSTEM

TODAY = day_number(date(2026, 11, 20))
PROGRAMMES = [f"gallery/{name}" for name in ("cafe", "grocer", "fashion", "online", "wholesaler")] + [
    "best_buy_2009",
    "best_buy_canada",
    "sephora",
    "stamp_card",
    "erpnext",
]
TOLD = (*GAINS, "redeem", "return", "owed", "forfeit")


Moves = Counter[tuple[str, str, str]]  # amounts by kind, unit and (where something is gained) rule


class Customer:
    """A customer who joins, and then does what an example tells."""

    def __init__(self, number: int) -> None:
        self.code = f"E{number}"
        self.now = clock.now()
        card = know.save_card(Person(customer_id=self.code), region="US", actor=SYSTEM, now=self.now)[0]
        self.customer = card.pk
        join.join_all({card.pk: midnight(TODAY, ZoneInfo("UTC"))}, actor=SYSTEM, now=self.now)
        self.member = queries.member_of(card.pk).pk

    def does(self, one: Activity) -> None:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=one.day, hours=9, minutes=one.id)
        if one.kind == "redeem":
            holding.take(self.customer, one.reward, at=at, day=one.day, actor=SYSTEM, now=self.now)
        elif one.kind != "signup":
            back = f"{self.code}-{one.returns}" if one.returns else None
            key = f"{self.code}-{one.id}"
            told = Purchase(
                "till", key, one.kind, self.code, at, one.day, one.amount, one.lines, back,
                store=one.store, channel=one.channel, tender=one.tender,
            )  # fmt: skip
            purchase.record_one(told, actor=SYSTEM, now=self.now)

    def moved(self) -> Moves:
        """All that was booked."""
        found: Moves = Counter()
        for entry in ledger.entries([self.member], 500):
            if entry.kind in TOLD:
                rule = entry.reason.partition("/")[0] if entry.kind in GAINS else ""
                found[entry.kind, entry.account.unit, rule] += entry.amount
        return found


def open_shop(text: str) -> None:
    now = clock.now()
    shop.set_up(name="Test", actor=SYSTEM, now=now, time_zone="UTC")
    reward.save_draft(text, actor=SYSTEM, now=now)
    reward.launch(starts_day=TODAY, actor=SYSTEM, now=now)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PROGRAMMES)
def test_the_shop_books_what_the_examples_tell(name: str) -> None:
    open_shop(text_of(name))
    plan = queries.running_plan()
    told = examples(plan, TODAY)
    assert len(told) >= 2
    for number, example in enumerate(told):
        follow(Customer(number), example)


def follow(customer: Customer, example: Example) -> None:
    """Do what the example tells; what its last act, or the time after it, booked must stand in its words."""
    plan, text = queries.running_plan(), example.section.text
    before: Moves = Counter()
    for one in example.activities:
        before = Counter() if one.kind == "signup" else customer.moved()
        customer.does(one)
    if example.until is not None:
        last = example.until - 1
        lasting = ledger.balances(customer.member, last)
        reward.expire(example.until, actor=SYSTEM, now=customer.now)
        after = ledger.balances(customer.member, example.until)
        assert any(count > after.get(unit, 0) for unit, count in lasting.items()), text
        assert figures.day(last) in text
    if example.kind != "expiry":
        booked = customer.moved()
        booked.subtract(before)
        told = {key: abs(n) for key, n in booked.items() if n and example.rule in ("", key[2])}
        assert all(given(plan.programme.unit(unit), n, plan.currency) in text for (_k, unit, _r), n in told.items())
        assert told or "nothing" in text, text
