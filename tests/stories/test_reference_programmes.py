"""The same published programmes through the shop: recorded, returned, redeemed, and read from the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from programmes.cases import Case, Given, cases
from vafa.core import clock
from vafa.core.calendar import midnight
from vafa.core.errors import Refusal
from vafa.core.records import Person, Purchase
from vafa.know import actions as know
from vafa.ledger import queries as ledger
from vafa.ledger import verify as ledger_verify
from vafa.loop import join, purchase
from vafa.reward import actions as reward
from vafa.reward import holding, queries, verify
from vafa.reward.models import Position
from vafa.shop import actions as shop
from vafa.shop.access import SYSTEM

ZONE = ZoneInfo("UTC")
CASES = cases()


class Shop:
    """One shop with one customer, who does what is given, day by day."""

    def __init__(self, case: Case) -> None:
        self.now = clock.now()
        first = min(one.day for one in case.given)
        shop.set_up(name="Test", actor=SYSTEM, now=self.now, time_zone="UTC")
        reward.save_draft(case.text, actor=SYSTEM, now=self.now)
        reward.launch(starts_day=first, actor=SYSTEM, now=self.now)
        card = know.save_card(Person(customer_id="one"), region="US", actor=SYSTEM, now=self.now)[0]
        self.customer = card.pk
        join.join_all({card.pk: midnight(first, ZONE)}, actor=SYSTEM, now=self.now)
        self.member = queries.member_of(card.pk)
        self.sales: list[str] = []
        self.number = 0

    def does(self, one: Given) -> None:
        self.number += 1
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=one.day, hours=9, minutes=self.number)
        if one.kind == "redeem":
            self.takes(one, at)
        elif one.kind in ("sale", "return"):
            key = f"p{self.number}"
            returns = self.sales[one.sale - 1] if one.kind == "return" else None
            told = Purchase(
                "till", key, one.kind, "one", at, one.day, one.amount, one.lines, returns, tender=one.tender
            )
            purchase.record_one(told, actor=SYSTEM, now=self.now)
            if one.kind == "sale":
                self.sales.append(key)

    def takes(self, one: Given, at: datetime) -> None:
        if one.refused:
            with pytest.raises(Refusal):
                holding.take(self.customer, one.reward, at=at, day=one.day, actor=SYSTEM, now=self.now)
        else:
            holding.take(self.customer, one.reward, at=at, day=one.day, actor=SYSTEM, now=self.now)


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=[f"{case.programme}: {case.says}" for case in CASES])
def test_the_shop_gives_what_the_terms_promise(case: Case) -> None:
    opened = Shop(case)
    left = list(case.given)
    for day, then in case.then:
        while left and left[0].day <= day:
            opened.does(left.pop(0))
        before = queries.wallet(opened.customer, day)
        reward.expire(day, actor=SYSTEM, now=opened.now)
        held = ledger.balances(opened.member.pk, day)
        assert queries.wallet(opened.customer, day) == before  # a late sweeper changes nothing
        for name, wanted in then.items():
            if name == "tier":
                assert Position.objects.get(member=opened.member).tier == wanted
            elif name == "owed":
                assert ledger.owed(opened.member.pk) == wanted
            else:
                assert held.get(name, 0) == wanted, name
    assert list(ledger_verify.findings()) == []
    assert list(verify.findings()) == []
