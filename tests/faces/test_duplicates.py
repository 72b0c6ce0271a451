"""Two cards of one person, proposed side by side: made one, parted again, or left two for good."""

from __future__ import annotations

import cast
from vafa.core.records import Person
from vafa.know import actions as know_actions
from vafa.know.models import Customer, Duplicate, Identity, Purchase
from vafa.loop.daily import every_morning

PHONE = "+12025550188"


def two_cards() -> tuple[Customer, Customer]:
    """Zhaleh, who bought twice with a card in Persian, and once with one in Latin letters that she made online."""
    made = []
    for code, name in (("Z1", "ژاله خسروی"), ("Z2", "Zhaleh Khosravi")):
        person = Person(code, name, PHONE)
        made.append(know_actions.save_card(person, region="US", actor=cast.SYSTEM, now=cast.NOW)[0])
    for key, code in enumerate(("Z1", "Z1", "Z2")):
        cast.sell(code, "10.00", f"2026-11-0{key + 1}", f"z{key}")
    return made[0], made[1]


def state() -> list[list[tuple[object, ...]]]:
    """All that a merge touches."""
    return [
        sorted(Purchase.objects.values_list("key", "customer__code", "amount")),
        sorted(Identity.objects.values_list("customer__code", "kind", "value")),
        sorted(Customer.objects.values_list("code", "name", "merged_into__code")),
        sorted(cast.totals().items()),
    ]


def test_a_pair_is_proposed_merged_and_parted_by_clicks(club, as_sara):
    kept, gone = two_cards()
    every_morning(cast.NOW)
    before = state()
    page = as_sara.get("/know/duplicates").content.decode()
    assert "the same phone" in page
    assert "names that are spelt alike, or in two scripts" in page
    assert page.index(kept.name) < page.index(gone.name)  # who bought more often is kept
    assert "1 probable duplicate" in as_sara.get("/know").content.decode()
    (row,) = Duplicate.objects.all()
    answer = as_sara.post(f"/know/duplicates/{row.pk}", {"keep": "Z1"}, follow=True).content.decode()
    assert "The two cards are one now" in answer
    gone.refresh_from_db()
    assert gone.merged_into_id == kept.pk
    assert "No two cards look like one person." in answer
    merge = answer.split("/know/merges/")[1].split("/")[0]
    assert "two cards again" in as_sara.post(f"/know/merges/{merge}/undo", follow=True).content.decode()
    assert state() == before
    assert cast.findings() == []


def test_two_people_are_not_proposed_again(club, as_sara):
    two_cards()
    as_sara.post("/know/duplicates/look")
    (row,) = Duplicate.objects.all()
    assert "They stay two people" in as_sara.post(f"/know/duplicates/{row.pk}", follow=True).content.decode()
    as_sara.post("/know/duplicates/look")
    assert "No two cards look like one person." in as_sara.get("/know/duplicates").content.decode()
    assert Customer.objects.filter(merged_into=None, code__in=["Z1", "Z2"]).count() == 2


def test_what_no_longer_looks_alike_is_no_longer_proposed(club, as_sara):
    _kept, gone = two_cards()
    as_sara.post("/know/duplicates/look")
    know_actions.edit_card(gone.code, actor=cast.SYSTEM, now=cast.NOW, name="Boris Petrov", birthday=None, note="")
    as_sara.post("/know/duplicates/look")
    assert not Duplicate.objects.exists()


def test_a_card_that_is_neither_of_the_two_makes_nothing_one(club, as_sara):
    two_cards()
    as_sara.post("/know/duplicates/look")
    (row,) = Duplicate.objects.all()
    as_sara.post(f"/know/duplicates/{row.pk}", {"keep": "C1"})
    assert not Customer.objects.exclude(merged_into=None).exists()
    assert as_sara.post("/know/duplicates/999", {"keep": "C1"}).status_code == 404
