"""Who is probably one person, and who only shares a phone or a name."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from vafa.core.identity import fold_name
from vafa.know.matching import Card, agreement, pairs, sound

BORN = date(1990, 4, 12)


def card(number: int, name: str, *, phone: str = "", email: str = "", born: date | None = None) -> Card:
    return Card(number, fold_name(name), (phone,) if phone else (), (email,) if email else (), born)


def why(one: Card, two: Card, *others: Card) -> tuple[str, ...] | None:
    found = {(pair.first, pair.second): pair.reasons for pair in pairs([one, two, *others])}
    return found.get((one.id, two.id))


@pytest.mark.parametrize(
    ("latin", "native"),
    [
        ("Mohammad Rezaei", "محمد رضایی"),
        ("Zahra Hosseini", "زهرا حسینی"),
        ("Zhaleh Khosravi", "ژاله خسروی"),
        ("Sohrab Ghasemi", "سهراب قاسمی"),
        ("Arash Nouri", "آرش نوری"),
        ("Anahit Grigoryan", "Անահիտ Գրիգորյան"),
        ("Maria Ivanova", "Мария Иванова"),
    ],
)
def test_one_name_in_two_scripts(latin: str, native: str) -> None:
    assert [sound(word) for word in fold_name(latin).split()] == [sound(word) for word in fold_name(native).split()]
    assert why(card(1, latin, phone="+989121234567"), card(2, native, phone="+989121234567")) == ("phone", "alike_name")


@pytest.mark.parametrize(
    ("one", "two", "told"),
    [
        ("Anna Berg", "Anna Berg", "same"),
        ("Anna Berg", "BERG, Anna", "same"),
        ("علی‌رضا نوری", "علیرضا نوری", "same"),
        ("Anna Berg", "Anna Breg", "alike"),
        ("Anna Berg", "Anna Maria Berg", "alike"),
        ("Anna Berg", "A. Berg", "part"),
        ("Anna Berg", "Anna", "part"),
        ("Anna Berg", "", "untold"),
        ("Anna Berg", "Boris Berg", "other"),
        ("Ali Nouri", "Ale Nouri", "other"),  # of three letters each one counts
    ],
)
def test_how_names_agree(one: str, two: str, told: str) -> None:
    assert agreement(fold_name(one), fold_name(two), Counter(), 5) == told


def test_families_who_share_a_phone_stay_apart() -> None:
    anna, boris = card(1, "Anna Berg", phone="+4915112345678"), card(2, "Boris Berg", phone="+4915112345678")
    assert why(anna, boris) is None
    # names of one letter's difference, both of which many carry: sisters, not a slip of the pen
    others = [card(10 + n, f"{name} Stein{n}") for n, name in enumerate(["Maria", "Mario"] * 5)]
    maria, mario = card(3, "Maria Berg", phone="+4915112345678"), card(4, "Mario Berg", phone="+4915112345678")
    assert why(maria, mario, *others) is None
    assert why(maria, mario) == ("phone", "alike_name")  # nobody else is called like it: a misspelling


def test_a_son_of_his_fathers_name_and_phone_stays_himself() -> None:
    father = card(1, "Ali Nouri", phone="+989121234567", born=date(1950, 1, 1))
    assert why(father, card(2, "Ali Nouri", phone="+989121234567", born=date(1985, 7, 9))) is None
    slip = card(3, "Ali Nouri", phone="+989121234567", born=date(1950, 1, 11))
    assert why(father, slip) == ("phone", "same_name")


def test_a_slip_in_a_phone_or_an_address() -> None:
    anna = card(1, "Anna Berg", phone="+4915112345678", email="anna.berg7@mail.com")
    assert why(anna, card(2, "Anna Berg", phone="+4915112354678")) == ("phone_near", "same_name")
    assert why(anna, card(2, "Anna Berg", email="anna.breg7@mail.com")) == ("email_near", "same_name")
    assert why(anna, card(2, "Anna Berg", email="anna.berg8@mail.com")) is None  # a figure tells people apart
    assert why(anna, card(2, "Anna Berg")) is None  # a name alone says nothing


def test_a_birthday_counts_where_few_carry_the_name() -> None:
    anna, again = card(1, "Anna Berg", born=BORN), card(2, "Anna Berg", phone="+4915112345678", born=BORN)
    assert why(anna, again) == ("birthday", "same_name")
    assert why(anna, again, *(card(10 + n, "Anna Berg") for n in range(9))) is None


def test_a_switchboards_number_is_nobodys() -> None:
    staff = [card(n, "Anna Berg", phone="+4930111111") for n in range(101)]
    assert pairs(staff) == []


def test_of_planted_duplicates_nine_of_ten_are_found_and_ninety_nine_of_a_hundred_are_right() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
    try:
        from duplicates import base
    finally:
        sys.path.pop(0)
    cards, planted = base(8_000, seed=7)
    found = {(pair.first, pair.second) for pair in pairs(cards)}
    seconds: dict[int, list[int]] = {}
    for whose, copy in planted:
        seconds.setdefault(whose, []).append(copy)
    right = planted | {(a, b) for copies in seconds.values() for a in copies for b in copies if a < b}
    assert len(found & planted) >= 0.9 * len(planted) >= 300
    assert len(found & right) >= 0.99 * len(found)
    # the planted mistake: without a look at the names every family would be one person
    phones: dict[str, list[int]] = {}
    for one in cards:
        for phone in one.phones:
            phones.setdefault(phone, []).append(one.id)
    naive = {(a, b) for ids in phones.values() for a in ids for b in ids if a < b}
    assert len(naive & right) < 0.99 * len(naive)
