"""What brings units besides buying: birthdays, reviews, bringing somebody; in the shop as in a back-test."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest

from cast import (
    NOW,
    PEOPLE,
    STARTS,
    TODAY,
    balance,
    customer,
    enrol,
    findings,
    give_back,
    moment,
    problem,
    sell,
    totals,
)
from vafa.core import clock
from vafa.core.calendar import day_number
from vafa.core.errors import Conflict, NotFound, Refusal
from vafa.core.frame import LINES
from vafa.know import mirror
from vafa.know.models import Happening
from vafa.know.reading import Sales
from vafa.loop import daily, join, purchase, tell
from vafa.loop.imports import bring_in_sales
from vafa.measure.whatif import simulate
from vafa.reward import actions, bringing, programme, queries
from vafa.reward.models import Referral
from vafa.shop.access import SYSTEM

PROGRAMME = """
[unit.point]
name = "points"
[referral]
purchase = 2
after_days = 14
[[counter]]
id = "reviews"
of = "event"
where = { event = "review" }
[[earn]]
id = "base"
unit = "point"
per = 1.00
[[earn]]
id = "birthday"
unit = "point"
of = "event"
gives = 100
where = { event = "birthday" }
[[earn]]
id = "review"
unit = "point"
of = "event"
gives = 30
where = { event = "review" }
cap = { per = "month", max = 50 }
[[earn]]
id = "third_review"
unit = "point"
of = "event"
gives = 500
where = { event = "review" }
when = { counter = "reviews", every = 3 }
[[earn]]
id = "brings"
unit = "point"
of = "event"
gives = 200
where = { event = "referral" }
cap = { per = "year", max = 300 }
[[earn]]
id = "comes"
unit = "point"
of = "event"
gives = 70
where = { event = "referred" }
[[reward]]
id = "off"
unit = "point"
price = 10
amount = 1.00
"""


@pytest.fixture(autouse=True)
def whole_in_the_end(shop):
    actions.save_draft(PROGRAMME, actor=SYSTEM, now=NOW)
    actions.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)
    yield
    assert findings() == []


def say(name: str, event: str, when: str, key: str) -> dict[str, int]:
    """Tell of an event; the points that it brought, by reason's rule."""
    told = tell.tell_one(
        str(PEOPLE[name].customer_id), event, key=key, source="test", at=moment(when), actor=SYSTEM, now=clock.now()
    )
    return {"points": sum(amount for _unit, amount, _why in told.points.moves), "fresh": int(told.fresh)}


def bring(name: str, advocate: str, when: str = "2026-02-01") -> bool:
    return bringing.bring(customer(name).pk, customer(advocate).pk, at=moment(when), actor=SYSTEM, now=NOW)


# Reviews ------------------------------------------------------------------------------------


def test_a_review_counts_once_is_capped_in_its_month_and_every_third_brings_more():
    enrol("Ada")
    assert say("Ada", "review", "2026-10-01", "r1") == {"points": 30, "fresh": 1}
    assert say("Ada", "review", "2026-10-01", "r1") == {"points": 30, "fresh": 0}
    assert say("Ada", "review", "2026-10-02", "r2")["points"] == 20
    assert say("Ada", "review", "2026-10-03", "r3")["points"] == 500
    assert say("Ada", "survey", "2026-10-04", "s1")["points"] == 0
    assert balance("Ada") == 550
    with pytest.raises(Conflict, match="r1"):
        say("Ada", "review", "2026-10-09", "r1")
    with pytest.raises(Refusal, match="by itself"):
        say("Ada", "birthday", "2026-10-09", "b")
    assert say("Ada", "review", "2026-09-30", "late")["points"] == 30  # as of its own month, whenever it is told
    assert balance("Ada") == 550 + 30
    assert Happening.objects.count() == 5


def test_who_is_no_member_has_the_event_on_record_and_nobody_unknown_has():
    with pytest.raises(NotFound):
        say("Ada", "review", "2026-10-01", "r1")
    sell("Ada", "10.00", "2026-09-01", "a")
    assert say("Ada", "review", "2026-10-01", "r1")["points"] == 0
    enrol("Ada")
    assert balance("Ada") == 40  # since the day of joining, as purchases do


def test_the_api_tells_of_an_event_once(api):
    enrol("Ada")
    body = {"event_id": "e1", "customer_id": "C1", "event": "review", "at": "2026-10-01T12:00:00-04:00"}
    first = api.post("events", body)
    assert (first.status_code, first.json()["points"]) == (
        201,
        [{"unit": "point", "amount": 30, "reasons": ["30 points: for a review"]}],
    )
    assert api.post("events", body).json() == first.json()
    problem(api.post("events", body | {"event": "survey"}), 409, "key_reused")
    problem(api.post("events", body | {"event_id": "e2", "event": "referral"}), 422, "our_event")
    problem(api.post("events", body | {"event_id": "e3", "customer_id": "nobody"}), 404, "no_customer")
    problem(api.post("events", body | {"event_id": "e4", "event": "No Name"}), 422, "bad_body")
    assert balance("Ada") == 30


# Birthdays ----------------------------------------------------------------------------------


def test_a_birthday_comes_once_a_year_on_its_day_even_where_the_round_is_late():
    for name in ("Ada", "Clara"):  # Ada's is the fourth of December, Clara's the first of June
        enrol(name)
    assert tell.birthdays(TODAY, now=NOW) == 1
    assert tell.birthdays(TODAY, now=NOW) == 0
    assert (balance("Ada"), balance("Clara")) == (0, 100)
    card = customer("Clara")
    card.birthday = card.birthday.replace(month=12)
    card.save()
    assert tell.birthdays(TODAY + 30, now=NOW + timedelta(days=30)) == 1  # Ada's; Clara had hers this year
    assert tell.birthdays(TODAY + 400, now=NOW + timedelta(days=400)) == 2
    assert Happening.objects.get(key="C3:2027").day == TODAY + 11 + 365  # the first of December


# Bringing somebody --------------------------------------------------------------------------


def test_a_referral_counts_for_both_after_the_second_purchase_and_its_days():
    for name in ("Ada", "Ben", "Emil"):
        enrol(name)
    assert [bring("Ben", "Ada"), bring("Ben", "Ada")] == [True, False]
    with pytest.raises(Conflict, match="somebody else"):
        bring("Ben", "Emil")
    with pytest.raises(Refusal, match="themselves"):
        bring("Ada", "Ada")
    sell("Clara", "1.00", "2026-03-01", "c")
    with pytest.raises(Refusal, match="in the club"):
        bring("Clara", "Ada")
    sell("Ben", "10.00", "2026-03-01", "b1")
    assert balance("Ada") == 0
    sell("Ben", "10.00", "2026-11-05", "b2")  # it counts on 20 November
    referral = Referral.objects.get()
    assert (referral.counts_day, referral.given) == (TODAY, True)
    assert (balance("Ada"), balance("Ben")) == (200, 20 + 70)
    give_back("Ben", "10.00", "2026-11-10", "back", "b2")  # told late, but within the days
    assert (balance("Ada"), balance("Ben")) == (0, 10)
    sell("Ben", "10.00", "2026-11-06", "b3")
    assert (balance("Ada"), balance("Ben")) == (0, 20)
    day_after = NOW + timedelta(days=1)
    with clock.frozen(day_after):
        daily.every_morning(day_after)
    assert (balance("Ada", day=TODAY + 1), balance("Ben", day=TODAY + 1)) == (200, 190)  # and Ben's birthday
    undone = purchase.undo(sell("Ben", "0.50", "2026-02-03", "b0").purchase.id, actor=SYSTEM, now=day_after)
    assert undone is None  # a purchase more, earlier, and taken back again: all is as it was
    assert (balance("Ada", day=TODAY + 1), balance("Ben", day=TODAY + 1)) == (200, 190)


def test_a_late_purchase_moves_the_referral_and_old_customers_bring_nothing():
    for name in ("Ada", "Ben", "Dora"):
        enrol(name)
    for n, day in enumerate(("2026-01-10", "2026-01-11", "2026-03-01")):
        sell("Ben", "10.00", day, f"b{n}")
    assert bring("Ben", "Ada")  # on the first of February, after two purchases
    assert bring("Dora", "Ada")
    assert balance("Ada") == 0
    sell("Dora", "10.00", "2026-05-01", "d1")
    sell("Dora", "10.00", "2026-06-01", "d2")
    assert Referral.objects.get(member__customer_id=customer("Dora").pk).counts_day == TODAY - 157  # 16 June
    sell("Dora", "10.00", "2026-05-02", "late")
    assert Referral.objects.get(member__customer_id=customer("Dora").pk).counts_day == TODAY - 187  # 17 May
    assert (balance("Ada"), balance("Dora")) == (200, 100)


def test_who_enrols_says_who_brought_them(api):
    enrol("Ada")
    body = {"customer_id": "C2", "customer_name": "Ben", "referred_by": "C1", "joined_at": "2026-01-06T10:00:00Z"}
    assert api.post("members", body).status_code == 201
    assert api.post("members", body).status_code == 201
    problem(api.post("members", body | {"referred_by": "C2"}), 422, "own_referral")
    problem(api.post("members", body | {"customer_id": "C3", "referred_by": "nobody"}), 404, "no_customer")
    for n in range(2):
        sell("Ben", "10.00", f"2026-03-0{n + 1}", f"b{n}")
    assert (balance("Ada"), balance("Ben")) == (200, 90)


# The back-test ------------------------------------------------------------------------------


def back_tested(table: pa.Table) -> dict[tuple[str, str, str], int]:
    tested = simulate(
        programme.load(PROGRAMME),
        table,
        calendar="gregorian",
        currency="USD",
        as_of=TODAY,
        time_zone="America/New_York",
        redemption="none",
    )
    promised: dict[tuple[str, str, str], int] = {}
    for row in tested.ledger.to_pylist():
        key = (row["customer_id"], row["unit"], row["kind"])
        promised[key] = promised.get(key, 0) + row["amount"]
    return {key: amount for key, amount in promised.items() if amount}


def test_shop_and_back_test_agree_on_birthdays_reviews_and_referrals():
    sales = [
        ("Ada", "2026-01-06", {}),
        ("Clara", "2026-01-07", {}),
        ("Ben", "2026-02-01", {"referred_by": "C1"}),
        ("Dora", "2026-02-02", {"referred_by": "C1", "kind": "referral", "purchase_id": "x"}),
        ("Dora", "2026-02-03", {}),
        ("Clara", "2026-04-01", {"kind": "review", "purchase_id": "r1", "amount": 0}),
        ("Clara", "2026-04-01", {"kind": "review", "purchase_id": "r2", "amount": 0}),
        ("Ben", "2026-04-02", {}),
        ("Dora", "2026-04-03", {"purchase_id": "d2"}),
        ("Dora", "2026-04-10", {"kind": "return", "returns": "d2"}),
        ("Dora", "2026-05-03", {}),
    ]
    rows = [
        {"customer_id": PEOPLE[who].customer_id, "at": moment(day), "day": day_number(moment(day).date()), "row": n}
        | {"birthday": PEOPLE[who].birthday, "kind": "sale", "amount": 1000, "purchase_id": f"p{n}"}
        | more
        for n, (who, day, more) in enumerate(sales)
    ]
    table = pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in LINES], schema=LINES)
    promised = back_tested(table)
    for who, day, _more in reversed(sales):
        join.join(PEOPLE[who], actor=SYSTEM, now=NOW, joined_at=moment(day).replace(hour=7))
    file = Sales(table, [], "test", len(sales), "USD", "UTC", "gregorian")
    counts = bring_in_sales(file, file="sales.csv", actor=SYSTEM, now=NOW)
    assert counts.faults == []
    tell.birthdays(TODAY, now=NOW)
    assert totals() == promised
    assert promised[("C1", "point", "earn")] == 10 + 300  # two brought, at most 300 in a year
    assert promised[("C3", "point", "earn")] == 10 + 100 + 50  # a birthday in June, two reviews
    bring_in_sales(file, file="sales.csv", actor=SYSTEM, now=NOW)  # again: nothing changes
    assert totals() == promised
    own = mirror.as_lines(mirror.refresh("gregorian"), brought=queries.brought())  # the office's own back-test
    assert back_tested(own) == promised
