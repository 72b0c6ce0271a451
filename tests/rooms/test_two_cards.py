"""Two cards of one person become one: what each had earned stays as promised, and can be parted again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

import cast
from cast import NOW, STARTS, TODAY, customer, findings, give_back, sell
from vafa.core import clock
from vafa.core.errors import Conflict, Forbidden, NotFound, Refusal
from vafa.core.records import Person
from vafa.know import actions as know_actions
from vafa.know import queries as know
from vafa.know import searching
from vafa.know.merging import Choice
from vafa.know.models import Customer, Identity, Purchase
from vafa.ledger import queries as ledger
from vafa.ledger.models import Entry, Lot
from vafa.loop import join, merge, redeem
from vafa.reward import actions as reward
from vafa.reward import moves, queries
from vafa.reward.models import Member, Position
from vafa.shop.access import SYSTEM, Actor

PROGRAMME = """
[programme]
name = "One card"
[unit.point]
name = "points"
expires = "60 days"
[unit.stamp]
name = "stamps"
[[counter]]
id = "spent"
of = "amount"
window = "year"
[[tier]]
id = "gold"
name = "Gold"
reach = [{ spent = 140.00 }]
valid = "end of year +1"
[[earn]]
id = "base"
unit = "point"
per = 1.00
by_tier = { gold = 2 }
[[earn]]
id = "stamp"
unit = "stamp"
when = { counter = "spent", every = 100.00 }
[[earn]]
id = "bonus"
unit = "point"
of = "visit"
gives = 5
where = { store = "harbour" }
cap = { per = "month", max = 10 }
bonus = true
[[reward]]
id = "five_off"
name = "5 off"
unit = "point"
price = 120
amount = 5.00
"""
JOINED = cast.moment("2026-01-05")


@pytest.fixture(autouse=True)
def whole_in_the_end(shop):
    """Ada has two cards: C1 (kept) and C2, which she got as Ben's double."""
    reward.save_draft(PROGRAMME, actor=SYSTEM, now=NOW)
    reward.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)
    cast.enrol("Ada", at=JOINED)
    cast.enrol("Ben", at=JOINED)
    yield
    assert findings() == []


def one(kept="C1", gone="C2", **more):
    return merge.merge(kept, gone, actor=SYSTEM, now=clock.now(), **more)


def part(made, now=None):
    return merge.part(made.pk, actor=SYSTEM, now=now or clock.now())


def row(code):
    return Member.objects.get(customer_id=Customer.objects.get(code=code).pk)


def has(code, unit="point"):
    """What the ledger holds for the very card, by lot: (earned, expires, left)."""
    lots = Lot.objects.filter(account__owner=row(code).pk, account__unit=unit, left__gt=0)
    return sorted(lots.values_list("earned_day", "expires_day", "left"))


def points(name="Ada", day=TODAY):
    return queries.wallet(customer(name).pk, day).balances.get("point", 0)


def whole():
    """All that stands of both cards, to be compared with what stands after they were parted."""
    people = {code: Customer.objects.get(code=code) for code in ("C1", "C2")}
    return {
        code: (
            has(code),
            has(code, "stamp"),
            ledger.owed(row(code).pk),
            queries.wallet(person.pk, TODAY),
            (person.name, person.birthday, person.note, person.merged_into_id),
            sorted(Identity.objects.filter(customer=person).values_list("kind", "value")),
            {key: word.given for key, word in know.consents(person.pk).items()},
            sorted(Purchase.objects.filter(customer=person).values_list("key", "told")),
            list(Position.objects.filter(member=row(code)).values_list("tier", "due_day")),
        )
        for code, person in people.items()
    }


# The sum, with its promises -----------------------------------------------------------------


def test_fifty_and_a_hundred_are_a_hundred_and_fifty_each_with_its_own_expiry():
    sell("Ada", "50.00", "2026-11-01", "a")
    sell("Ben", "100.00", "2026-11-10", "b")
    a, b = has("C1"), has("C2")
    made = one()
    assert (points(), points("Ben"), has("C1"), has("C2")) == (150, 150, sorted(a + b), [])
    assert a + b == [(TODAY - 19, TODAY - 19 + 61, 50), (TODAY - 10, TODAY - 10 + 61, 100)]
    assert ledger.balances(row("C1").pk, TODAY) == {"point": 150, "stamp": 1}
    assert one().pk == made.pk  # once
    assert Entry.objects.filter(kind="merge").count() == 4
    assert [m["why"] for m in moves.moves_of(customer("Ada").pk) if m["kind"] == "merge"] == [
        "1 stamp from card C2",
        "100 points from card C2",
    ]


def test_what_both_spent_together_makes_the_tier_and_no_stamp_is_made_up():
    """50 and 100 spent are 150: gold, whose rate holds from the next purchase on; the stamps stay as earned."""
    sell("Ada", "50.00", "2026-11-01", "a")
    sell("Ben", "100.00", "2026-11-10", "b")
    assert queries.wallet(customer("Ada").pk, TODAY).tier == ""
    one()
    assert queries.wallet(customer("Ada").pk, TODAY).tier == "Gold"
    sell("Ada", "50.00", "2026-11-20 11:00", "c")
    assert queries.wallet(customer("Ada").pk, TODAY).balances == {"point": 250, "stamp": 2}


def test_a_cap_is_one_for_both():
    for n, name in enumerate(("Ada", "Ben", "Ben")):
        sell(name, "1.00", f"2026-11-0{n + 1}", f"h{n}", store="harbour")
    assert (points(), points("Ben")) == (6, 12)
    one()
    sell("Ada", "1.00", "2026-11-20 11:00", "h3", store="harbour")
    assert points() == 18 + 1


def test_debts_go_over_and_are_netted_from_what_comes_next():
    sell("Ben", "120.00", "2026-10-01", "b")
    with clock.frozen(NOW - timedelta(days=30)):
        redeem.redeem(customer("Ben").pk, "five_off", actor=SYSTEM, now=clock.now())
    give_back("Ben", "120.00", "2026-11-01", "b-back", "b")
    sell("Ada", "50.00", "2026-11-02", "a")
    before = whole()
    made = one()
    assert (points(), ledger.owed(row("C1").pk), ledger.owed(row("C2").pk)) == (50, {"point": 120}, {})
    with transaction.atomic():
        sell("Ada", "100.00", "2026-11-20 11:00", "c")
        assert (points(), ledger.owed(row("C1").pk)) == (50, {"point": 20})
        transaction.set_rollback(True)
    part(made)
    assert whole() == before


# What comes later ---------------------------------------------------------------------------


def test_the_old_number_is_known_for_ever():
    made = one()
    sell("Ben", "30.00", "2026-11-20 11:00", "told-C2")
    assert (points(), know.purchase(Purchase.objects.get(key="told-C2").pk).customer.code) == (30, "C1")
    assert know.customer("C2").code == "C1"
    assert [found.code for found in searching.search("C2", region="US")] == ["C1"]
    assert [found.code for found in searching.search("9002", region="US")] == ["C1"]
    join.join(Person("C2", "B. Cole", phone="+12125550199"), actor=SYSTEM, now=NOW)
    assert (know.customer("C2").name, row("C2").merged_into_id) == ("Ada Birch", row("C1").pk)
    assert part(made).undone_at is not None
    assert (points(), points("Ben")) == (0, 30)


def test_a_return_of_what_the_other_card_bought_takes_from_its_lot():
    sell("Ada", "50.00", "2026-11-01", "a")
    sell("Ben", "100.00", "2026-11-10", "b")
    one()
    give_back("Ada", "40.00", "2026-11-20 12:00", "b-back", "b")
    assert has("C1") == [(TODAY - 19, TODAY + 42, 50), (TODAY - 10, TODAY + 51, 60)]


def test_a_purchase_told_late_counts_on_the_card_that_it_was():
    sell("Ben", "60.00", "2026-11-10", "b")
    made = one()
    sell("Ben", "90.00", "2026-11-05", "late")
    sell("Ada", "20.00", "2026-11-04", "late-too")
    assert (points(), has("C1", "stamp")) == (170, [(TODAY - 10, None, 1)])
    part(made)
    assert (points(), points("Ben")) == (20, 150)


def test_a_reward_that_the_gone_card_took_can_still_be_given_back():
    sell("Ben", "130.00", "2026-11-01", "b")
    taken = redeem.redeem(customer("Ben").pk, "five_off", actor=SYSTEM, now=NOW)
    one()
    assert points() == 10
    assert redeem.cancel(taken.pk, actor=SYSTEM, now=clock.now()).status == "cancelled"
    assert points() == 130


def test_lots_of_both_expire_once_on_their_days():
    sell("Ada", "50.00", "2026-11-01", "a")
    sell("Ben", "100.00", "2026-11-10", "b")
    one()
    for day, left in ((TODAY + 41, 150), (TODAY + 42, 100), (TODAY + 51, 0)):
        with clock.frozen(NOW + timedelta(days=day - TODAY)):
            assert points(day=day) == left
            reward.expire(day, actor=SYSTEM, now=clock.now())
            assert points(day=day) == left
            assert findings() == []


def test_three_cards_one_after_another_and_back():
    cast.enrol("Clara", at=JOINED)
    for name, amount in (("Ada", "10.00"), ("Ben", "20.00"), ("Clara", "30.00")):
        sell(name, amount, "2026-11-01", name)
    before = whole()
    first = one("C2", "C3")
    second = one("C1", "C2")
    sell("Clara", "5.00", "2026-11-20 11:00", "told-C3")
    assert (points(), points("Clara"), has("C3")) == (65, 65, [])
    with pytest.raises(Conflict) as refused, transaction.atomic():
        part(first)
    assert refused.value.code == "merged_further"
    part(second)
    assert (points(), points("Ben"), points("Clara")) == (10, 55, 55)
    part(first)
    assert (points("Ben"), points("Clara")) == (20, 35)
    assert whole() == before


# Who it is ----------------------------------------------------------------------------------


def test_phones_and_names_of_both_and_of_consents_the_stricter_one():
    ada, ben = customer("Ada").pk, customer("Ben").pk

    def say(who, channel, given, days):
        at = NOW - timedelta(days=days)
        know_actions.tell_consent(
            who, purpose="letters", channel=channel, given=given, source="test", actor=SYSTEM, now=at
        )

    say(ada, "sms", True, 3), say(ben, "sms", False, 9)
    say(ada, "email", False, 9), say(ben, "email", True, 3)
    say(ben, "post", True, 3)
    before = whole()
    made = one(choice=Choice(name="Ada Cole"))
    said = {channel: word.given for (_purpose, channel), word in know.consents(ada).items()}
    assert said == {"sms": False, "email": False, "post": True}
    person = know.customer("C1")
    assert (person.name, str(person.birthday)) == ("Ada Cole", "1990-12-04")
    assert {mark.value for mark in know.identities(ada)} == {
        *("+12125550101", "ada@example.com", "9001"),
        *("+12125550102", "ben@example.com", "9002"),
    }
    found = know.by_marks([("phone", "+12125550102")])
    assert found is not None
    assert found.code == "C1"
    part(made)
    assert whole() == before


def test_a_no_that_was_said_meanwhile_holds_for_both():
    ada, ben = customer("Ada").pk, customer("Ben").pk
    for who in (ada, ben):
        know_actions.tell_consent(
            who, purpose="letters", channel="sms", given=True, source="t", actor=SYSTEM, now=NOW - timedelta(days=1)
        )
    made = one()
    later = NOW + timedelta(hours=1)
    know_actions.tell_consent(ada, purpose="letters", channel="sms", given=False, source="t", actor=SYSTEM, now=later)
    part(made, later)
    assert [know.consents(who)[("letters", "sms")].given for who in (ada, ben)] == [False, False]


def test_what_is_not_in_the_club_comes_along_without_points():
    sell("C9", "70.00", "2026-11-01", "c9")
    one("C1", "C9")
    assert (points(), know.purchases_count(customer("Ada").pk)) == (0, 1)
    sell("C9", "7.00", "2026-11-20 11:00", "c9-2")
    assert points() == 7
    sell("C8", "70.00", "2026-11-01", "c8")
    with pytest.raises(Conflict) as refused, transaction.atomic():
        one("C8", "C1")
    assert refused.value.code == "keep_the_member"


# Refused, undone ----------------------------------------------------------------------------


def test_undone_everything_is_as_it_was():
    sell("Ada", "50.00", "2026-11-01", "a")
    sell("Ben", "100.00", "2026-11-10", "b")
    before = whole()
    made = one()
    assert whole() != before
    assert part(made).undone_at == part(made).undone_at
    assert whole() == before
    again = one()
    assert (again.pk != made.pk, points()) == (True, 150)


def test_what_both_paid_together_must_be_undone_first():
    sell("Ada", "50.00", "2026-11-01", "a")
    sell("Ben", "100.00", "2026-11-10", "b")
    before = whole()
    made = one()
    with clock.frozen(NOW + timedelta(hours=1)):
        taken = redeem.redeem(customer("Ada").pk, "five_off", actor=SYSTEM, now=clock.now())
        with pytest.raises(Conflict) as refused, transaction.atomic():
            part(made)
        assert (refused.value.code, points()) == ("points_spent", 30)
        redeem.cancel(taken.pk, actor=SYSTEM, now=clock.now())
        part(made)
    assert whole() == before


def test_after_a_month_it_stays():
    made = one()
    with pytest.raises(Conflict) as refused, transaction.atomic():
        part(made, NOW + timedelta(days=31))
    assert refused.value.code == "too_late"


def test_a_hold_on_the_card_that_goes_comes_first():
    sell("Ben", "130.00", "2026-11-01", "b")
    held = redeem.hold(customer("Ben").pk, "five_off", minutes=15, actor=SYSTEM, now=NOW)
    with pytest.raises(Conflict) as refused, transaction.atomic():
        one()
    assert refused.value.code == "holds_open"
    with clock.frozen(NOW + timedelta(minutes=15)):
        one()
        assert points() == 130
    held.refresh_from_db()
    assert held.status == "expired"


def test_a_card_is_not_two_and_not_everybody_may():
    with pytest.raises(Refusal, match="same card"):
        one("C1", "C1")
    with pytest.raises(NotFound):
        one("C1", "C99")
    with pytest.raises(Forbidden):
        merge.merge("C1", "C2", actor=Actor("staff:3 Reza", frozenset({"till.use"})), now=NOW)
    one()
    cast.enrol("Clara", at=JOINED)
    with pytest.raises(Conflict) as refused:
        one("C3", "C2")
    assert refused.value.code == "merged_already"
    with pytest.raises(Refusal, match="same card"):
        one("C2", "C1")


def test_a_preview_tells_all_and_writes_nothing():
    sell("Ada", "50.00", "2026-11-01", "a")
    sell("Ben", "100.00", "2026-11-10", "b")
    counts = cast.row_counts()
    told = merge.preview("C1", "C2", actor=SYSTEM, now=NOW)
    assert [side.wallet.balances for side in (told.kept, told.gone, told.one)] == [
        {"point": 50},
        {"point": 100, "stamp": 1},
        {"point": 150, "stamp": 1},
    ]
    assert (told.one.wallet.tier, told.one.purchases) == ("Gold", 2)
    assert (cast.row_counts(), points()) == (counts, 50)
