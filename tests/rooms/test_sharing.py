"""What all members share: served in the order of telling, never exceeded, the same as the back-test promised."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from test_budgets import ALL, invented

from cast import NOW, STARTS, TODAY, balance, customer, enrol, findings, give_back, problem, sell, totals
from vafa.core import clock
from vafa.core.errors import Refusal
from vafa.core.frame import LINES
from vafa.core.records import Person
from vafa.know.reading import purchases
from vafa.loop import join, purchase, redeem
from vafa.measure.whatif import simulate
from vafa.reward import actions, holding, programme, queries, receipts
from vafa.reward.models import Budget, Choice
from vafa.shop.access import SYSTEM

POINT = '[unit.point]\nname = "points"\n'
BASE = '[[earn]]\nid = "base"\nunit = "point"\nper = 1.00\n'
OFF = '[[reward]]\nid = "off"\nunit = "point"\nprice = 10\namount = 1.00\n'


def run_programme(*tables: str) -> None:
    actions.save_draft("\n".join(tables), actor=SYSTEM, now=NOW)
    actions.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)


@pytest.fixture(autouse=True)
def whole_in_the_end(shop):
    yield
    assert findings() == []


def budget(name: str) -> tuple[int, bool]:
    """What is used of it in its last window, and whether it has run out."""
    row = Budget.objects.filter(name=name).latest("window")
    return row.used, row.closed


def test_the_one_who_buys_first_is_served_and_the_rest_of_a_budget_is_given_whole():
    run_programme(POINT, BASE + "budget = { max = 100 }\n", OFF)
    for name in ("Ada", "Ben", "Clara"):
        enrol(name)
    sell("Ada", "70.00", "2026-11-01", "a")
    assert receipts.quote(customer("Ben").pk, 5000, day=TODAY).balances == {"point": 30}
    assert sell("Ben", "50.00", "2026-11-02", "b").points.balances == {"point": 30}
    assert sell("Clara", "10.00", "2026-10-01", "c").points.balances == {}  # earlier, but told when all was given
    assert budget("earn:base") == (100, True)
    give_back("Ada", "20.00", "2026-11-03", "back", "a")  # what is spent stays spent
    assert [balance(name) for name in ("Ada", "Ben", "Clara")] == [50, 30, 0]
    sell("Ada", "1.00", "2026-10-20", "late")  # her history is walked again: she keeps what she has
    assert [balance(name) for name in ("Ada", "Ben", "Clara")] == [50, 30, 0]


def test_what_is_given_back_can_be_given_again_until_it_has_run_out_once():
    run_programme(POINT, BASE + 'budget = { max = 100, per = "month", returned = "free" }\n', OFF)
    for name in ("Ada", "Ben"):
        enrol(name)
    sell("Ada", "70.00", "2026-11-01", "a")
    give_back("Ada", "40.00", "2026-11-02", "back", "a")
    assert budget("earn:base") == (30, False)
    undone = sell("Ben", "20.00", "2026-11-03", "typo")
    purchase.undo(undone.purchase.id, actor=SYSTEM, now=NOW)  # as if it had never been
    assert budget("earn:base") == (30, False)
    sell("Ben", "80.00", "2026-11-04", "b")
    assert (budget("earn:base"), balance("Ben")) == ((100, True), 70)
    give_back("Ben", "80.00", "2026-11-05", "back2", "b")
    assert (budget("earn:base"), balance("Ben")) == ((30, True), 0)
    sell("Ben", "9.00", "2026-11-06", "over")
    assert balance("Ben") == 0
    sell("Ben", "9.00", "2026-12-01", "december")
    assert (balance("Ben", day=TODAY + 30), budget("earn:base")) == (9, (9, False))


def test_the_first_two_get_it_each_once():
    gift = '[[earn]]\nid = "hello"\nunit = "point"\nof = "visit"\ngives = 50\nfirst = 2\n'
    run_programme(POINT, gift, OFF)
    for name in ("Ada", "Ben", "Clara"):
        enrol(name)
    for n, name in enumerate(("Ada", "Ada", "Ben", "Clara", "Ada")):
        sell(name, "5.00", f"2026-11-0{n + 1}", f"k{n}")
    assert [balance(name) for name in ("Ada", "Ben", "Clara")] == [150, 50, 0]
    sell("Ada", "5.00", "2026-10-01", "late")
    assert [balance(name) for name in ("Ada", "Ben", "Clara")] == [200, 50, 0]
    assert budget("first:hello") == (2, True)


def test_a_stock_is_taken_from_by_holds_and_filled_by_what_is_cancelled(api):
    run_programme(POINT, BASE, OFF + "stock = 2\n")
    for n, name in enumerate(("Ada", "Ben")):
        enrol(name)
        sell(name, "100.00", "2026-11-01", f"s{n}")
    ada, ben = customer("Ada").pk, customer("Ben").pk
    taken = redeem.redeem(ada, "off", actor=SYSTEM, now=NOW)
    redeem.hold(ben, "off", minutes=15, actor=SYSTEM, now=NOW)
    with pytest.raises(Refusal) as refused:
        redeem.redeem(ben, "off", actor=SYSTEM, now=NOW)
    assert refused.value.code == "out_of_stock"
    problem(api.post("redemptions", {"customer_id": "C1", "reward": "off"}, key="k"), 422, "out_of_stock")
    told = api.get("redemptions/quote?customer_id=C1&reward=off").json()
    assert (told["available"], told["code"]) == (False, "out_of_stock")
    assert holding.offers_to(ada, {"point": 90}, TODAY) == []
    redeem.cancel(taken.pk, actor=SYSTEM, now=NOW)
    assert [offer.id for offer in holding.offers_to(ada, {"point": 90}, TODAY)] == ["off"]
    redeem.redeem(ben, "off", actor=SYSTEM, now=NOW)
    later = NOW + timedelta(minutes=15)
    with clock.frozen(later):  # the hold is over, whoever notices it first
        redeem.redeem(ben, "off", actor=SYSTEM, now=later)
        assert (balance("Ben"), budget("reward:off")) == (80, (2, False))


@pytest.mark.parametrize("together", [1, 7, 1000])
def test_shop_and_back_test_agree_in_batches_of_any_size(together):
    table = invented(10, seed=5)
    text = ALL.programme.text.replace("300.00", "40.00").replace("5000", "600").replace("first = 20", "first = 4")
    text = text.replace("60.00", "6.00").replace("stock = 25", "stock = 3")
    last = max(table["day"].to_pylist())
    tested = simulate(programme.load(text), table, calendar="gregorian", currency="USD", as_of=last, redemption="none")
    promised: dict[tuple[str, str, str], int] = {}
    for row in tested.ledger.to_pylist():
        key = (row["customer_id"], row["unit"], row["kind"])
        promised[key] = promised.get(key, 0) + row["amount"]
    first = {}
    for one in purchases(table, source="till", zone=ZoneInfo("UTC")):
        first.setdefault(one.customer_id, one.at)
    for code, at in first.items():
        join.join(Person(code, code), actor=SYSTEM, now=NOW, joined_at=at)
    actions.save_draft(text, actor=SYSTEM, now=NOW)
    actions.launch(starts_day=min(table["day"].to_pylist()), actor=SYSTEM, now=NOW)
    told = list(purchases(table, source="till", zone=ZoneInfo("UTC")))
    for start in range(0, len(told), together):
        purchase.record(told[start : start + together], actor=SYSTEM, now=NOW)
    actions.expire(last, actor=SYSTEM, now=NOW)
    assert totals() == {key: amount for key, amount in promised.items() if amount}
    ran_out = set(Budget.objects.filter(closed=True).values_list("name", flat=True))
    assert ran_out == {"programme", "earn:base", "first:early", "earn:tea", "reward:mug"}


# Paying with points -------------------------------------------------------------------------

PAY = """
[[reward]]
id = "pay"
unit = "point"
price = 100
amount = 1.00
chosen = { min = 200, step = 50, share = 0.5 }
"""


def test_part_of_a_bill_is_paid_with_as_many_points_as_the_member_says(api):
    run_programme(POINT, BASE, PAY)
    enrol("Ada")
    sell("Ada", "1000.00", "2026-11-01", "a")
    body = {"customer_id": "C1", "reward": "pay", "units": 250, "bill": "5.00"}
    told = api.get("redemptions/quote?customer_id=C1&reward=pay&units=250&bill=5.00").json()
    assert (told["units"], told["worth"], told["balance_after"]) == (250, "2.50", 750)
    for wrong, code in (
        ({"units": None}, "which_units"),
        ({"units": 150}, "which_units"),
        ({"units": 275}, "which_units"),
        ({"bill": None}, "which_bill"),
        ({"units": 300}, "too_much"),
        ({"units": 1050, "bill": "99.00"}, "not_enough"),
    ):
        problem(api.post("redemptions", body | wrong, key=f"{wrong}"), 422, code)
    taken = api.post("redemptions", body, key="k").json()
    assert (taken["units"], taken["worth"], taken["balances"]) == (250, "2.50", {"point": 750})
    sell("Ada", "2.50", "2026-11-20", "rest")  # what is left to pay
    assert balance("Ada") == 752
    held = api.post("redemptions/hold", body | {"units": 200}, key="h").json()
    assert (held["worth"], balance("Ada")) == ("2.00", 552)
    assert redeem.cancel(taken["redemption_id"], actor=SYSTEM, now=NOW).units == 250
    assert balance("Ada") == 802


def test_the_till_takes_the_points_and_says_how_much_comes_off(as_reza):
    run_programme(POINT, BASE, PAY)
    enrol("Ada")
    sell("Ada", "1000.00", "2026-11-01", "a")
    page = as_reza.get("/till/customer/C1").content.decode()
    assert 'name="units"' in page
    told = {"key": "k1", "customer": "C1", "reward": "pay", "units": "400", "amount": "20.00"}
    assert "take <b>$4.00</b> off" in as_reza.post("/till/redeem", told).content.decode()
    assert balance("Ada") == 600
    as_reza.post("/till/redeem", told | {"key": "k2", "units": "many"})
    assert balance("Ada") == 600


def test_a_back_test_pays_what_the_bill_allows_and_no_more():
    found = simulate(
        programme.load("\n".join((POINT, BASE, PAY))), invented(1, 3), calendar="gregorian", currency="USD"
    )
    by_purchase: dict[str, int] = {}
    for row in found.ledger.to_pylist():
        if row["kind"] == "redeem":
            by_purchase[row["purchase_id"]] = by_purchase.get(row["purchase_id"], 0) - row["amount"]
    bills = dict(zip(*(invented(1, 3)[name].to_pylist() for name in ("purchase_id", "amount")), strict=True))
    assert by_purchase
    assert all(
        200 <= units <= bills[key] / 2 and units % 50 == 0 for key, units in by_purchase.items()
    )  # a point pays a cent


# From how many points on --------------------------------------------------------------------

PAPER = """
[unit.paper]
money = true
expires = "60 days"
[[reward]]
id = "paper"
unit = "point"
price = 250
gives = "paper"
amount = 5.00
when = "auto"
thresholds = [250, 500, 1000]
"""


def test_a_certificate_comes_from_as_many_points_on_as_the_member_chose(api, as_sara):
    run_programme(POINT, BASE, PAPER)
    enrol("Ada")
    assert sell("Ada", "300.00", "2026-11-01", "a").points.balances == {"point": 50, "paper": 500}
    told = api.post("members/C1/thresholds", {"reward": "paper", "units": 1000}).json()
    assert told == [{"reward": "paper", "name": "Paper", "unit": "point", "steps": [250, 500, 1000], "chosen": 1000}]
    assert api.post("members/C1/thresholds", {"reward": "paper", "units": 1000}).json() == told
    assert sell("Ada", "900.00", "2026-11-20 11:00", "b").points.balances == {"point": 950, "paper": 500}
    problem(api.post("members/C1/thresholds", {"reward": "paper", "units": 700}), 422, "no_such_step")
    problem(api.post("members/C1/thresholds", {"reward": "base", "units": 250}), 404, "no_threshold")
    assert "Comes by itself from" in as_sara.get("/know/customer/C1").content.decode()
    as_sara.post("/know/customer/C1/threshold", {"reward": "paper", "units": "500"})
    assert queries.wallet(customer("Ada").pk, TODAY).balances == {"point": 450, "paper": 1500}
    assert Choice.objects.count() == 2
    sell("Ada", "150.00", "2026-10-01", "late")  # the past is walked again: what was chosen then still holds then
    assert queries.wallet(customer("Ada").pk, TODAY).balances == {"point": 100, "paper": 2500}


def test_the_choice_is_in_a_back_test_too():
    rows = invented(1, 3).slice(0, 1).to_pylist()
    base = rows[0] | {"kind": "sale", "returns": None, "amount": 30_000}
    told = [
        base,
        base | {"kind": "choose", "reward": "paper", "units": 1000, "purchase_id": "c", "amount": 0, "row": 3},
        base
        | {"purchase_id": "p2", "amount": 90_000, "day": base["day"] + 1, "at": base["at"] + timedelta(1), "row": 4},
        base
        | {"purchase_id": "p3", "amount": 5_000, "day": base["day"] + 2, "at": base["at"] + timedelta(2), "row": 5},
    ]
    table = pa.Table.from_pylist(told, schema=LINES)
    found = simulate(programme.load("\n".join((POINT, BASE, PAPER))), table, calendar="gregorian", currency="USD")
    issued = [(row["purchase_id"], row["amount"]) for row in found.ledger.to_pylist() if row["kind"] == "issue"]
    assert issued == [(base["purchase_id"], 500), ("p3", 2000)]
