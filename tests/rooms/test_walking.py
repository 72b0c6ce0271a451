"""Late purchases, voided ones, cancelled rewards, returns: the ledger always says what the history says."""

from __future__ import annotations

from datetime import timedelta

import pytest

import cast
from cast import NOW, TODAY, balance, customer, findings, give_back, member, sell
from vafa.core import clock
from vafa.core.errors import Conflict, NotFound, Refusal
from vafa.ledger import queries as ledger
from vafa.ledger.models import Entry, Lot
from vafa.loop import purchase, redeem
from vafa.reward.models import Member, Position, Redemption, TierMove
from vafa.shop.access import SYSTEM


@pytest.fixture(autouse=True)
def whole_in_the_end(club):
    """Whatever a story does, the ledger is whole after it."""
    yield
    assert findings() == []


def take(name: str, reward: str = "five_off") -> Redemption:
    return redeem.redeem(customer(name).pk, reward, actor=SYSTEM, now=clock.now())


def lots(name: str) -> list[tuple[int, int]]:
    """(granted, left) of the points, oldest lot first."""
    rows = Lot.objects.filter(account__owner=member(name), account__unit="point")
    return list(rows.order_by("earned_day", "id").values_list("granted", "left"))


def test_a_late_purchase_counts_on_its_own_day():
    """The hundred is full in March, not in November when the purchase of March becomes known."""
    sell("Ada", "60.00", "2026-02-01", "a")
    sell("Ada", "30.00", "2026-04-01", "c")
    assert balance("Ada", "stamp") == 0
    sell("Ada", "50.00", "2026-03-01", "b")
    stamp = Lot.objects.get(account__owner=member("Ada"), account__unit="stamp")
    assert (stamp.granted, stamp.earned_day) == (1, cast.local_day(cast.moment("2026-03-01"), cast.ZONE))
    assert balance("Ada") == 25 + 60 + 50 + 30


def test_the_stamp_moves_to_the_purchase_that_really_filled_the_hundred():
    sell("Ada", "60.00", "2026-02-01", "a")
    filled = sell("Ada", "50.00", "2026-04-01", "c")
    assert ("stamp", 1) in [(unit, amount) for unit, amount, _why in filled.points.moves]
    sell("Ada", "40.00", "2026-03-01", "b")
    held = Lot.objects.filter(account__owner=member("Ada"), account__unit="stamp", left__gt=0)
    assert [lot.earned_day for lot in held] == [cast.local_day(cast.moment("2026-03-01"), cast.ZONE)]


def test_late_or_in_time_makes_the_same_balances():
    sell("Ada", "2600.00", "2026-02-01", "a1")
    sell("Ada", "100.00", "2026-03-01", "a2")
    sell("Ben", "100.00", "2026-03-01", "b2")
    sell("Ben", "2600.00", "2026-02-01", "b1")
    ada, ben = (ledger.balances(member(name), TODAY) for name in ("Ada", "Ben"))
    assert ada == ben == {"point": 25 + 2600 + 150, "stamp": 27}  # premier from 2,500.00 on: half as much again


def test_a_tier_that_falls_with_a_voided_purchase_was_never_reached():
    big = sell("Ada", "2600.00", "2026-02-01", "a1")
    sell("Ada", "100.00", "2026-03-01", "a2")
    assert [move.tier for move in TierMove.objects.all()] == ["premier"]
    purchase.undo(big.purchase.id, actor=SYSTEM, now=clock.now())
    assert (TierMove.objects.count(), Position.objects.get(member=member("Ada")).tier) == (0, "")
    assert ledger.balances(member("Ada"), TODAY) == {"point": 25 + 100, "stamp": 1}


def test_a_voided_purchase_leaves_nothing_behind_but_its_trace():
    before = cast.totals()
    sale = sell("Ada", "148.50", "2026-11-19", "a")
    entries = Entry.objects.count()
    purchase.undo(sale.purchase.id, actor=SYSTEM, now=clock.now())
    assert cast.totals() == before
    assert Entry.objects.count() == entries + 2  # nothing was deleted: points and stamp went back
    purchase.undo(sale.purchase.id, actor=SYSTEM, now=clock.now())
    assert Entry.objects.count() == entries + 2


def test_a_purchase_that_was_given_back_can_not_be_voided():
    sale = sell("Ada", "50.00", "2026-11-10", "a")
    give_back("Ada", "20.00", "2026-11-12", "a-back", "a")
    with pytest.raises(Conflict) as refused:
        purchase.undo(sale.purchase.id, actor=SYSTEM, now=clock.now())
    assert refused.value.code == "purchase_returned"
    assert balance("Ada") == 25 + 30


def test_a_purchase_that_is_not_there_can_not_be_voided():
    with pytest.raises(NotFound):
        purchase.undo(4711, actor=SYSTEM, now=clock.now())


# Rewards ----------------------------------------------------------------------------------


def test_a_reward_is_drawn_from_the_lots_that_end_first():
    sell("Ada", "100.00", "2026-02-01", "a")
    sell("Ada", "200.00", "2026-03-01", "b")
    taken = take("Ada")
    assert (taken.units, taken.worth) == (250, 500)
    assert lots("Ada") == [(25, 0), (100, 0), (200, 75)]


def test_a_cancelled_reward_goes_back_into_the_same_lots():
    sell("Ada", "100.00", "2026-02-01", "a")
    sell("Ada", "200.00", "2026-03-01", "b")
    before = lots("Ada")
    taken = take("Ada")
    redeem.cancel(taken.pk, actor=SYSTEM, now=clock.now())
    assert lots("Ada") == before == [(25, 25), (100, 100), (200, 200)]
    entries = Entry.objects.count()
    again = redeem.cancel(taken.pk, actor=SYSTEM, now=clock.now())
    assert (again.status, Entry.objects.count()) == ("cancelled", entries)


def test_after_cancelling_it_can_be_taken_again():
    sell("Ada", "225.00", "2026-02-01", "a")
    redeem.cancel(take("Ada").pk, actor=SYSTEM, now=clock.now())
    assert balance("Ada") == 250
    take("Ada")
    assert balance("Ada") == 0


def test_who_has_too_little_gets_a_sentence_and_nothing_is_taken():
    with pytest.raises(Refusal) as refused:
        take("Ada")
    assert str(refused.value) == "25 of 250 point are there; nothing was taken."
    assert not Redemption.objects.exists()


@pytest.mark.parametrize(("who", "reward", "code"), [("Ada", "a_car", "no_reward"), ("C77", "five_off", "no_member")])
def test_a_reward_needs_a_member_and_a_promise(who, reward, code):
    sell("C77", "1.00", "2026-11-01", "x")
    owner = customer(who).pk if who == "Ada" else cast.know.customer(who).pk
    with pytest.raises(NotFound) as refused:
        redeem.redeem(owner, reward, actor=SYSTEM, now=clock.now())
    assert refused.value.code == code


def test_points_that_are_over_buy_nothing():
    sell("Ada", "300.00", "2026-02-01", "a")
    with clock.frozen(NOW + timedelta(days=100)):  # 28 February 2027: the welcome and February's are over
        with pytest.raises(Refusal, match="0 of 250"):
            take("Ada")
        sell("Ada", "250.00", "2027-02-28 09:00", "b")
        assert take("Ada").units == 250
        assert balance("Ada", day=TODAY + 100) == 0


def test_a_purchase_whose_clock_is_ahead_pays_for_a_reward_all_the_same():
    """It is ten; the purchase says noon. The reward still costs what it costs."""
    sell("Ada", "225.00", "2026-11-20 12:00", "a")
    assert take("Ada").units == 250
    assert balance("Ada") == 0
    with pytest.raises(Refusal, match="0 of 250"):
        take("Ada")


def test_a_purchase_of_tomorrow_buys_nothing_today():
    sell("Ada", "900.00", "2026-11-21 12:00", "a")
    with pytest.raises(Refusal, match="25 of 250"):
        take("Ada")


def test_a_purchase_whose_points_were_spent_can_not_be_voided():
    sale = sell("Ada", "225.00", "2026-11-19", "a")
    taken = take("Ada")
    with pytest.raises(Conflict) as refused:
        purchase.undo(sale.purchase.id, actor=SYSTEM, now=clock.now())
    assert refused.value.code == "points_spent"
    assert (balance("Ada"), cast.know.purchase(sale.purchase.id).voided_at) == (0, None)
    redeem.cancel(taken.pk, actor=SYSTEM, now=clock.now())
    purchase.undo(sale.purchase.id, actor=SYSTEM, now=clock.now())
    assert balance("Ada") == 25


def test_a_purchase_before_a_reward_that_becomes_known_after_it():
    sell("Ada", "230.00", "2026-02-01", "a")
    take("Ada")
    sell("Ada", "40.00", "2026-01-20", "late")
    assert balance("Ada") == 25 + 230 + 40 - 250


# Returns ----------------------------------------------------------------------------------


def test_a_part_that_comes_back_takes_its_points_along():
    sell("Ada", "148.50", "2026-10-01", "a")
    give_back("Ada", "48.50", "2026-10-08", "a-back", "a")
    assert ledger.balances(member("Ada"), TODAY) == {"point": 25 + 100, "stamp": 1}
    give_back("Ada", "100.00", "2026-10-09", "a-rest", "a")
    assert ledger.balances(member("Ada"), TODAY) == {"point": 25}


def test_more_than_was_bought_takes_no_more_than_was_brought():
    sell("Ada", "40.00", "2026-10-01", "a")
    give_back("Ada", "400.00", "2026-10-08", "a-back", "a")
    assert balance("Ada") == 25
    assert ledger.owed(member("Ada")) == {}


def test_a_return_without_a_receipt_takes_from_the_latest_purchases_first():
    sell("Ada", "40.00", "2026-10-01", "a")
    sell("Ada", "30.00", "2026-10-02", "b")
    give_back("Ada", "35.00", "2026-10-08", "back", None)
    assert lots("Ada") == [(25, 25), (40, 35), (30, 0)]


def test_what_was_spent_already_is_owed_and_netted_from_the_next_purchases():
    sell("Ada", "225.00", "2026-10-01", "a")
    with clock.frozen(NOW - timedelta(days=30)):
        take("Ada")
    give_back("Ada", "225.00", "2026-11-01", "a-back", "a")
    assert (balance("Ada"), ledger.owed(member("Ada"))) == (0, {"point": 225})
    small = sell("Ada", "100.00", "2026-11-05", "b")
    assert [(unit, n) for unit, n, _why in small.points.moves if unit == "point"] == [("point", 100), ("point", -100)]
    assert (balance("Ada"), ledger.owed(member("Ada"))) == (0, {"point": 125})
    sell("Ada", "200.00", "2026-11-06", "c")
    assert (balance("Ada"), ledger.owed(member("Ada"))) == (75, {})


def test_cancelling_the_reward_pays_the_debt():
    sell("Ada", "225.00", "2026-10-01", "a")
    with clock.frozen(NOW - timedelta(days=30)):
        taken = take("Ada")
    give_back("Ada", "225.00", "2026-11-01", "a-back", "a")
    redeem.cancel(taken.pk, actor=SYSTEM, now=clock.now())
    assert (balance("Ada"), ledger.owed(member("Ada"))) == (25, {})


def test_a_purchase_before_they_joined_makes_them_members_since_then():
    """Who is enrolled counts from the first purchase that is told after it."""
    sell("Ada", "40.00", "2026-01-02", "a")
    found = Member.objects.get(pk=member("Ada"))
    assert (found.joined_at, balance("Ada")) == (cast.moment("2026-01-02"), 65)


def test_a_purchase_before_the_programme_began_brings_nothing():
    assert sell("Ada", "400.00", "2025-12-31", "old").points.moves == ()
    assert balance("Ada") == 25


def test_a_return_told_late_makes_what_was_spent_owed():
    """Given back on the 1st, told after the reward of the 20th: the reward is still paid for."""
    sell("Ada", "225.00", "2026-10-01", "a")
    take("Ada")
    give_back("Ada", "225.00", "2026-11-01", "a-back", "a")
    assert (balance("Ada"), ledger.owed(member("Ada"))) == (0, {"point": 225})
