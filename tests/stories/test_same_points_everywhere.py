"""The till, the API and files give the points that the back-test promised, purchase by purchase (CDNOW)."""

from __future__ import annotations

from collections import defaultdict
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from vafa.core import clock
from vafa.core.calendar import midnight
from vafa.core.records import Person
from vafa.know import actions as know
from vafa.know.models import Purchase
from vafa.know.reading import Reading, purchases, read_sales
from vafa.ledger.models import Entry
from vafa.loop import join, purchase
from vafa.measure import whatif
from vafa.reward import actions as reward
from vafa.reward import programme, verify
from vafa.reward.history import PURCHASE, activity_id
from vafa.shop import actions as shop
from vafa.shop.access import SYSTEM

UTC = ZoneInfo("UTC")
EARNED = ("earn", "bonus", "issue")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["points", "stamps"])
def test_shop_and_back_test_agree_on_every_purchase(cdnow: Path, name: str) -> None:
    text = resources.files("vafa.reward").joinpath(f"gallery/{name}.toml").read_text("utf-8")
    sales = read_sales(cdnow, Reading())
    promised: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    tested = whatif.simulate(programme.load(text), sales.lines, calendar="gregorian", currency="USD", redemption="none")
    for row in tested.ledger.to_pylist():
        if row["kind"] in EARNED:
            promised[row["purchase_id"]][row["unit"]] += row["amount"]

    now = clock.now()
    shop.set_up(name="CDNOW", actor=SYSTEM, now=now)
    first = min(sales.lines["day"].to_pylist())
    reward.save_draft(text, actor=SYSTEM, now=now)
    reward.launch(starts_day=first, actor=SYSTEM, now=now)
    told = list(purchases(sales.lines, source="till", zone=UTC))
    people = [Person(customer_id=code) for code in sorted({p.customer_id for p in told if p.customer_id})]
    cards = know.dress(people, region="US", actor=SYSTEM, now=now)
    join.join_all({card.pk: midnight(first, UTC) for card in cards}, actor=SYSTEM, now=now)
    for one in told[:200]:  # one by one, as the till and the API bring them
        purchase.record_one(one, actor=SYSTEM, now=now)
    purchase.record(told[200:], actor=SYSTEM, now=now)  # and the rest as a file does

    keys = {activity_id(PURCHASE, pk): key for pk, key in Purchase.objects.values_list("id", "key")}
    given: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry in Entry.objects.filter(kind__in=EARNED).select_related("account"):
        given[keys[entry.activity]][entry.account.unit] += entry.amount
    assert {k: dict(v) for k, v in given.items()} == {k: dict(v) for k, v in promised.items()}
    assert sum(v["point" if name == "points" else "stamp"] for v in given.values()) == (
        241_307 if name == "points" else 1_541
    )
    assert list(verify.findings()) == []
