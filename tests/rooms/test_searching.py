"""Customers are found by any part of what is known of them, and what changes is found anew."""

from __future__ import annotations

import pytest

import cast
from vafa.core.records import Person
from vafa.know import actions, merging, searching
from vafa.know.models import Customer, Identity
from vafa.loop import merge


def codes(text: str, **how: bool) -> list[str]:
    return [customer.code for customer in searching.search(text, region="US", **how)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2555010", ["C1", "C2", "C3", "C4", "C5"]),  # in the middle of every phone
        ("50103", ["C3"]),
        ("5103", []),
        ("(212) 555-0103", ["C3"]),
        ("900", ["C1", "C2", "C3", "C4", "C5"]),  # the cards
        ("lar", ["C3"]),
        ("día", ["C3"]),
        ("d c", ["C3"]),  # beginnings of words in any order
        ("diaz cla", ["C3"]),
        ("d", ["C4"]),  # Dora, not Ada
        ("emil@", ["C5"]),
        ("example", ["C1", "C2", "C3", "C4", "C5"]),
        ("clara@example.com", ["C3"]),
        ("C3", ["C3"]),
        ("%", []),
        ('"', []),
        ("a' OR '1", []),
        ("_____", []),
        ("*", []),
    ],
)
def test_any_part_finds_them(club, text, found):
    assert sorted(codes(text)) == found


def test_names_are_found_in_any_writing(club):
    person = Person("P1", "كيانا عليپور", None)  # Arabic kaf and yeh
    actions.save_card(person, region="IR", actor=cast.SYSTEM, now=cast.NOW)
    for text in ("کیانا", "كيانا", "علیپ", "لیپور"):
        assert codes(text) == ["P1"]


def test_at_the_till_the_last_digits_mean_one_person(club):
    actions.save_card(Person("M1", "Max Noor", "+12120101999"), region="US", actor=cast.SYSTEM, now=cast.NOW)
    assert codes("0101", nearest=True) == ["C1"]
    assert codes("0101") == ["C1", "M1"]


def test_what_changes_is_found_anew_and_what_is_gone_is_not(club):
    actions.edit_card("C3", actor=cast.SYSTEM, now=cast.NOW, name="Zoë Quist", birthday=None, note="")
    assert (codes("quis"), codes("diaz")) == (["C3"], [])
    Identity.objects.filter(customer__code="C3", kind="phone").update(value="+12125557777")
    assert (codes("57777"), codes("50103")) == (["C3"], [])
    Identity.objects.filter(customer__code="C3", kind="phone").delete()
    assert codes("57777") == []
    made = merge.merge("C1", "C2", choice=merging.Choice(), actor=cast.SYSTEM, now=cast.NOW)
    assert codes("50102") == ["C1"]  # the phone is now on the card that stayed
    assert codes("cole") == []
    merge.part(made.pk, actor=cast.SYSTEM, now=cast.NOW)
    assert (codes("50102"), codes("cole")) == (["C2"], ["C2"])


def test_no_more_are_told_than_asked_for(club):
    for number in range(30):
        actions.save_card(Person(f"N{number}", f"Nora N{number}"), region="US", actor=cast.SYSTEM, now=cast.NOW)
    assert len(searching.search("nora", region="US", limit=7)) == 7
    assert Customer.objects.filter(name__startswith="Nora").count() == 30
