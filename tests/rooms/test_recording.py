"""The card file: the same purchase again, other content, strangers, a return before its sale, batches."""

from __future__ import annotations

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import cast
from cast import bought, record, row_counts, sell, totals
from vafa.core import clock
from vafa.core.errors import Conflict, Forbidden
from vafa.core.records import Line, Person, Purchase
from vafa.know import actions as know_actions
from vafa.know import queries as know
from vafa.know import searching
from vafa.know.models import Customer
from vafa.loop import imports, merge
from vafa.loop import purchase as loop
from vafa.shop.access import SYSTEM
from vafa.shop.models import Branch

STORY = [
    bought("Ada", "60.00", "2026-03-01", "a1"),
    bought("Ada", "45.50", "2026-03-05", "a2"),
    bought("Ada", "60.00", "2026-03-20", "a1-back", kind="return", returns="a1"),
    bought("Ben", "120.00", "2026-02-10", "b1"),
    bought("Ben", "30.00", "2026-02-12", "b1-back", kind="return", returns="b1"),
    bought("Ben", "10.00", "2026-04-01", "b2"),
    bought(None, "5.00", "2026-04-02", "x1"),
    bought("C77", "9.00", "2026-04-03", "x2"),
]


def test_the_same_purchase_twice_is_one(club):
    first = sell("Ada", "48.50", "2026-11-19", "r-1")
    before = row_counts()
    again = sell("Ada", "48.50", "2026-11-19", "r-1")
    assert (first.fresh, again.fresh) == (True, False)
    assert again.purchase.id == first.purchase.id
    assert again.points == first.points
    assert row_counts() == before
    assert cast.balance("Ada") == 25 + 48


@pytest.mark.parametrize(
    "other",
    [
        bought("Ada", "48.51", "2026-11-19", "r-1"),
        bought("Ben", "48.50", "2026-11-19", "r-1"),
        bought("Ada", "48.50", "2026-11-19 12:01", "r-1"),
        bought("Ada", "48.50", "2026-11-19", "r-1", kind="return"),
        bought("Ada", "48.50", "2026-11-19", "r-1", seller="Reza"),
        bought("Ada", "48.50", "2026-11-19", "r-1", lines=(Line(4850, "P1"),)),
    ],
    ids=["amount", "customer", "time", "kind", "seller", "lines"],
)
def test_other_content_under_the_same_key_is_refused_and_nothing_changes(club, other: Purchase):
    sell("Ada", "48.50", "2026-11-19", "r-1")
    before, ledger = row_counts(), totals()
    with pytest.raises(Conflict) as refused:
        loop.record_one(other, actor=SYSTEM, now=clock.now())
    assert refused.value.code == "purchase_differs"
    assert "r-1" in refused.value.message
    assert (row_counts(), totals()) == (before, ledger)


def test_the_same_key_from_another_source_is_another_purchase(club):
    sell("Ada", "10.00", "2026-11-19", "1")
    assert sell("Ada", "10.00", "2026-11-19", "1", source="web").fresh
    assert cast.balance("Ada") == 45


def test_twice_in_one_batch_counts_once_and_a_contradiction_is_told(club):
    one = bought("Ada", "10.00", "2026-11-19", "1")
    outcome = record(one, one, bought("Ada", "11.00", "2026-11-19", "1"))
    assert (len(outcome.new), len(outcome.conflicts)) == (1, 1)
    assert cast.balance("Ada") == 35


def test_an_unknown_number_gets_a_card_and_no_points_until_they_join(club):
    receipt = sell("C77", "100.00", "2026-11-19", "n-1")
    assert know.customer("C77").name == ""
    assert (receipt.points.member, receipt.points.moves) == (False, ())
    assert cast.findings() == []


def test_nobody_s_purchase_is_kept_without_points(club):
    before = totals()
    receipt = sell(None, "12.00", "2026-11-19", "n-2")
    assert receipt.purchase.customer_id is None
    assert totals() == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=lambda o: "".join(map(str, o)))
def test_a_return_may_come_before_its_sale(club, order):
    three = [
        bought("Ada", "120.00", "2026-11-10", "s1"),
        bought("Ada", "120.00", "2026-11-12", "s1-back", kind="return", returns="s1"),
        bought("Ada", "30.00", "2026-11-14", "s2"),
    ]
    for n in order:
        record(three[n])
    assert cast.balance("Ada") == 25 + 30
    assert cast.balance("Ada", "stamp") == 0
    assert know.by_key("test", "s1-back").returns.key == "s1"
    assert cast.findings() == []


@pytest.mark.parametrize("bringer", [None, "Ben"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0), None], ids=["later", "before", "together"])
def test_a_return_counts_for_who_bought_it_whoever_brings_it_back(club, order, bringer):
    two = [
        bought("Ada", "120.00", "2026-11-10", "s1"),
        bought(bringer, "120.00", "2026-11-12", "s1-back", kind="return", returns="s1"),
    ]
    if order is None:
        record(*two)
    for n in order or ():
        record(two[n])
    assert (cast.balance("Ada"), cast.balance("Ada", "stamp"), cast.balance("Ben")) == (25, 0, 25)
    assert record(two[1]).unchanged[0].customer_id == cast.customer("Ada").pk
    loop.undo(know.by_key("test", "s1-back").pk, actor=SYSTEM, now=clock.now())
    assert (cast.balance("Ada"), cast.balance("Ben")) == (25 + 120, 25)
    assert cast.findings() == []


def test_a_return_without_a_card_takes_from_the_card_that_its_sale_is_on_now(club):
    sell("Ada", "120.00", "2026-11-10", "s1")
    sell("Ben", "10.00", "2026-11-10", "s2")
    merge.merge("C2", "C1", actor=SYSTEM, now=clock.now())
    record(bought(None, "120.00", "2026-11-20", "s1-back", kind="return", returns="s1"))
    assert cast.balance("Ben") == 25 + 25 + 10
    assert cast.findings() == []


def test_a_return_waits_for_the_sale_that_it_names(club):
    """Until then it takes nothing from other purchases, as in a back-test."""
    sell("Ada", "50.00", "2026-11-10", "s1")
    record(bought("Ada", "120.00", "2026-11-14", "s2-back", kind="return", returns="s2"))
    assert cast.balance("Ada") == 25 + 50
    sell("Ada", "130.00", "2026-11-12", "s2")
    assert cast.balance("Ada") == 25 + 50 + 10
    assert cast.findings() == []


def test_a_batch_is_the_same_as_one_by_one_in_any_order(club, django_db_blocker):
    from django.db import transaction

    class Undo(Exception):
        pass

    seen = []

    @transaction.atomic
    def tried(batches: list[list[Purchase]]) -> None:
        for batch in batches:
            record(*batch)
        seen.append((totals(), cast.balance("Ada"), cast.balance("Ben"), cast.findings()))
        raise Undo

    for batches in (
        [STORY],
        [[one] for one in STORY],
        [[one] for one in reversed(STORY)],
        [STORY[::2], STORY[1::2]],
        [STORY[4:], STORY[:4]],
    ):
        with pytest.raises(Undo):
            tried(batches)
    assert seen == [seen[0]] * 5
    assert seen[0][1:] == (25 + 45, 25 + 90 + 10, [])


def test_what_some_lines_tell_is_kept_beside_those_that_do_not_tell_it(club):
    told = (Line(1200, "P1", cost=900, tax=0), Line(300), Line(0, "P1", cost=0))
    receipt = sell("Ada", "15.00", "2026-11-19", "l-2", lines=told)
    kept = know.purchase(receipt.purchase.id).lines.order_by("number")
    assert [(line.amount, line.cost, line.tax, line.discount) for line in kept] == [
        (1200, 900, 0, None),
        (300, None, None, None),
        (0, 0, None, None),
    ]


def test_a_fault_while_the_next_batch_is_made_stops_the_import_after_the_one_before_it():
    def batches():
        yield (1, 2)
        yield (3,)
        raise ValueError("the file ends in the middle")

    coming = imports._made_ahead(batches())
    assert [next(coming), next(coming)] == [(1, 2), (3,)]
    with pytest.raises(ValueError, match="in the middle"):
        next(coming)
    assert list(imports._made_ahead(iter(()))) == []


def test_lines_and_products_are_kept(club):
    lines = (Line(1200, "P1", "Tea", "Drinks", "Leaf", 2000, 600), Line(300, "P2", "Bun"))
    receipt = sell("Ada", "15.00", "2026-11-19", "l-1", lines=lines, store="north", seller="Reza")
    kept = know.purchase(receipt.purchase.id)
    assert [(line.product.code, line.amount, line.quantity_milli) for line in kept.lines.all()] == [
        ("P1", 1200, 2000),
        ("P2", 300, None),
    ]
    assert Branch.objects.get().code == "north"


def test_recording_needs_the_right(club, team):
    with pytest.raises(Forbidden):
        loop.record([bought("Ada", "1.00", "2026-11-19", "q")], actor=team.actor("nina"), now=clock.now())


# Cards --------------------------------------------------------------------------------------


def save(person: Person) -> tuple[Customer, str]:
    return know_actions.save_card(person, region="US", actor=SYSTEM, now=clock.now())


def test_a_person_is_found_again_by_card_phone_or_mail(club):
    ada = cast.customer("Ada")
    for told in (Person(card="90-01"), Person(phone="(212) 555-0101"), Person(email="ADA@example.com")):
        assert save(told) == (ada, "unchanged")
    assert save(Person(phone="212 555 0101", name="Ada B."))[1] == "updated"


def test_a_family_shares_a_phone_but_never_a_card(club):
    twin, what = save(Person("C9", "Bea Birch", "+12125550101"))
    assert what == "new"
    assert {c.code for c in searching.search("0101", region="US")} == {"C1", "C9"}
    with pytest.raises(Conflict, match="9001 belongs to another"):
        save(Person("C9", card="9001"))
    assert know.identities(twin.pk)[0].kind == "phone"


def test_search_finds_by_last_digits_number_card_name_and_mail(club):
    for text in ("C3", "9003", "0103", "clara", "DIAZ", "clara@", "۰۱۰۳"):
        assert [c.code for c in searching.search(text, region="US")] == ["C3"], text
    assert searching.search("", region="US") == []


def test_a_purchase_asks_the_database_so_often_and_no_more(club):
    sell("Ada", "48.50", "2026-11-18", "r-1")
    with CaptureQueriesContext(connection) as asked:
        sell("Ada", "48.50", "2026-11-19", "r-2")
    assert len(asked) <= 25, [one["sql"][:90] for one in asked.captured_queries]
