"""Corrections by hand: given, taken, forgiven; over a limit two people agree; the ledger and the walk hold them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

import cast
from cast import NOW, TODAY, balance, customer, findings, give_back, member, sell
from vafa.core import clock
from vafa.core.errors import Conflict, Forbidden, NotFound, Refusal
from vafa.ledger import queries as ledger
from vafa.ledger.models import Entry, Lot
from vafa.loop import adjust, redeem
from vafa.reward import actions as reward
from vafa.reward import moves
from vafa.reward.adjusting import Wish
from vafa.reward.models import Adjustment
from vafa.shop import actions as shop_actions
from vafa.shop.access import SYSTEM, Actor
from vafa.shop.models import Audit

OMID, SARA = (Actor(f"staff:{n}", frozenset({"units.adjust", "units.approve"})) for n in ("2 Omid", "1 Sara"))


@pytest.fixture(autouse=True)
def whole_in_the_end(club):
    """1,000 points are worth 22.00: the limit of 50.00 is 2,272 points, that of a day (200.00) 9,090."""
    yield
    assert findings() == []


def by_hand(name, act, units, key, *, unit="point", owed=False, actor=OMID, now=None, reason="complaint"):
    wish = Wish(act, unit, units, reason, "the coffee was cold", owed)
    return adjust.adjust(customer(name).pk, wish, key=key, actor=actor, now=now or clock.now())


def lots(name):
    rows = Lot.objects.filter(account__owner=member(name), account__unit="point").order_by("earned_day", "id")
    return list(rows.values_list("granted", "left"))


def owed(name="Ada"):
    return ledger.owed(member(name)).get("point", 0)


def test_given_units_are_a_lot_of_their_own_with_the_term_of_today():
    made = by_hand("Ada", "give", 40, "k1")
    assert (made.status, balance("Ada"), lots("Ada")) == ("made", 65, [(25, 25), (40, 40)])
    lot = Lot.objects.get(account__owner=member("Ada"), granted=40)
    assert (lot.earned_day, lot.available_day, lot.expires_day) == (TODAY, TODAY, TODAY + 366)  # twelve months
    assert Audit.objects.get(act="units.adjusted").details["note"] == "the coffee was cold"
    move = moves.moves_of(customer("Ada").pk)[0]
    assert (move["kind"], move["amount"]) == ("adjust", 40)
    assert move["why"] == "40 points given by Omid, after a complaint: the coffee was cold"


def test_taken_units_come_from_the_lots_in_their_order_and_never_below_nothing():
    sell("Ada", "100.00", "2026-11-01", "a")
    by_hand("Ada", "take", 60, "k1", reason="mistake")
    assert lots("Ada") == [(25, 0), (100, 65)]
    with pytest.raises(Refusal, match="65 of 66") as refused, transaction.atomic():
        by_hand("Ada", "take", 66, "k2")
    assert refused.value.code == "not_enough"
    by_hand("Ada", "take", 70, "k3", owed=True)
    assert (balance("Ada"), owed()) == (0, 5)
    sell("Ada", "20.00", "2026-11-20 09:00", "b")
    assert (balance("Ada"), owed()) == (15, 0)


def test_units_given_by_hand_pay_what_is_owed_first_and_a_debt_can_be_forgiven():
    sell("Ada", "225.00", "2026-10-01", "a")
    with clock.frozen(NOW - timedelta(days=30)):
        redeem.redeem(customer("Ada").pk, "five_off", actor=SYSTEM, now=clock.now())
    give_back("Ada", "225.00", "2026-11-01", "a-back", "a")
    assert (balance("Ada"), owed()) == (0, 225)
    by_hand("Ada", "give", 25, "k1")
    assert (balance("Ada"), owed()) == (0, 200)
    with pytest.raises(Refusal, match="Only 200 points are owed"):
        by_hand("Ada", "forgive", 201, "k2")
    by_hand("Ada", "forgive", 150, "k3")
    assert (balance("Ada"), owed()) == (0, 50)
    assert moves.moves_of(customer("Ada").pk)[0]["why"] == (
        "150 points of what was owed written off by Omid, after a complaint: the coffee was cold"
    )
    sell("Ada", "60.00", "2026-11-20 11:00", "b")
    assert (balance("Ada"), owed()) == (10, 0)


def test_a_late_purchase_or_return_walks_again_and_the_correction_stays_a_fact():
    sell("Ada", "100.00", "2026-11-01", "a")
    by_hand("Ada", "give", 30, "k1")
    by_hand("Ada", "take", 120, "k2")
    assert balance("Ada") == 35
    give_back("Ada", "100.00", "2026-11-19", "a-back", "a")  # told late: what was taken is not there any more
    assert (balance("Ada"), owed()) == (0, 65)
    sell("Ada", "10.00", "2026-02-01", "late")
    assert (balance("Ada"), owed()) == (0, 55)
    by_hand("Ada", "give", 55, "k3")
    assert (balance("Ada"), owed()) == (0, 0)


def test_given_units_expire_once_and_change_no_counter_and_no_tier():
    by_hand("Ada", "give", 40, "k1")
    sell("Ada", "70.00", "2026-11-20 11:00", "a")
    assert ledger.balances(member("Ada"), TODAY) == {"point": 135}  # no stamp: 100 spent bring one, points don't
    with clock.frozen(NOW + timedelta(days=400)):
        for _time in range(2):
            reward.expire(TODAY + 400, actor=SYSTEM, now=clock.now())
    assert Entry.objects.filter(account__owner=member("Ada"), kind="expire").count() == 3
    assert balance("Ada", day=TODAY + 400) == 0


# Once, and by two ---------------------------------------------------------------------------


def test_the_same_key_is_one_adjustment_and_other_content_a_conflict():
    first, again = by_hand("Ada", "give", 40, "k1"), by_hand("Ada", "give", 40, "k1")
    assert (first.pk, balance("Ada"), Adjustment.objects.count()) == (again.pk, 65, 1)
    with pytest.raises(Conflict) as refused:
        by_hand("Ada", "give", 41, "k1")
    assert (refused.value.code, balance("Ada")) == ("key_reused", 65)


def test_over_the_limit_a_second_person_decides():
    made = by_hand("Ada", "give", 2501, "k1")
    assert (made.status, balance("Ada")) == ("waiting", 25)
    with pytest.raises(Forbidden) as refused, transaction.atomic():
        adjust.decide(made.pk, approve=True, actor=OMID._replace(name="staff:2 Omid the other"), now=NOW)
    assert refused.value.code == "second_person"
    with clock.frozen(NOW + timedelta(days=2)):
        for _time in range(2):
            assert adjust.decide(made.pk, approve=True, actor=SARA, now=clock.now()).status == "made"
        assert balance("Ada", day=TODAY + 2) == 2526
    with pytest.raises(Conflict):
        adjust.decide(made.pk, approve=False, actor=SARA, now=NOW)
    told = [row for row in Audit.objects.order_by("id").values_list("act", "actor") if row[0].startswith("units.")]
    assert told == [("units.asked", "staff:2 Omid"), ("units.approved", "staff:1 Sara")]


def test_what_is_refused_moves_nothing_and_what_is_gone_meanwhile_can_not_be_approved():
    sell("Ada", "3000.00", "2026-11-01", "a")
    no, late = by_hand("Ada", "take", 2600, "k1"), by_hand("Ada", "take", 2700, "k2")
    assert adjust.decide(no.pk, approve=False, actor=OMID, now=NOW).status == "refused"
    by_hand("Ada", "take", 500, "k3")
    with pytest.raises(Refusal, match="of 2700"), transaction.atomic():
        adjust.decide(late.pk, approve=True, actor=SARA, now=NOW)
    assert (balance("Ada"), Adjustment.objects.get(pk=late.pk).status) == (3025 - 500, "waiting")


def test_splitting_does_not_get_around_the_limit():
    """25 parts of 92 are 2,300: the last one waits, whether it gives or takes."""
    states = [by_hand("Ada", "give" if n % 2 else "take", 92, f"k{n}", owed=True).status for n in range(25)]
    assert states == ["made"] * 24 + ["waiting"]
    assert by_hand("Ben", "give", 2000, "ben").status == "made"
    assert by_hand("Ada", "give", 1, "other", actor=SARA).status == "made"
    with clock.frozen(NOW + timedelta(days=1)):
        assert by_hand("Ada", "give", 92, "tomorrow").status == "made"


def test_all_that_one_person_does_on_a_day_is_limited_too():
    for n, name in enumerate(("Ada", "Ben", "Clara", "Dora")):
        assert by_hand(name, "give", 2250, f"k{n}").status == "made"
    assert by_hand("Emil", "give", 90, "k5").status == "made"
    assert by_hand("Emil", "give", 1, "k6").status == "waiting"
    assert by_hand("Emil", "give", 1, "k7", actor=SARA).status == "made"


def test_units_whose_worth_nobody_knows_need_two_unless_there_is_no_limit():
    assert by_hand("Ada", "give", 1, "k1", unit="stamp").status == "waiting"
    shop_actions.change_settings(actor=SYSTEM, now=NOW, adjust_limit=None, adjust_daily=None)
    assert by_hand("Ada", "give", 10**6, "k2").status == "made"
    assert by_hand("Ada", "give", 3, "k3", unit="stamp").status == "made"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"act": "steal"}, "bad_act"),
        ({"unit": "gold"}, "no_unit"),
        ({"units": 0}, "bad_units"),
        ({"units": -5}, "bad_units"),
        ({"reason": "because"}, "bad_reason"),
        ({"note": " x "}, "no_note"),
    ],
)
def test_what_says_too_little_is_refused(change, code):
    wish = Wish("give", "point", 5, "goodwill", "long wait")._replace(**change)
    with pytest.raises(Refusal) as refused:
        adjust.adjust(customer("Ada").pk, wish, key="k", actor=OMID, now=NOW)
    assert (refused.value.code, Adjustment.objects.count()) == (code, 0)


def test_who_may_not_may_not():
    reza = Actor("staff:3 Reza", cast.shop_queries.ROLES["cashier"])
    with pytest.raises(Forbidden):
        by_hand("Ada", "give", 1, "k", actor=reza)
    made = by_hand("Ada", "give", 2501, "k1")
    with pytest.raises(Forbidden):
        adjust.decide(made.pk, approve=True, actor=reza, now=NOW)
    with pytest.raises(NotFound):
        adjust.decide(4711, approve=True, actor=SARA, now=NOW)
