"""Holds: units set aside until they are confirmed, cancelled, or their time is over, whoever notices it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

import cast
from cast import NOW, STARTS, TODAY, customer, enrol, findings, give_back, member, sell
from vafa.core import clock
from vafa.core.errors import Conflict, Forbidden, NotFound, Refusal
from vafa.events.models import Event
from vafa.ledger import queries as ledger
from vafa.ledger.models import Entry, Lot
from vafa.loop import daily, purchase, redeem
from vafa.reward import actions, holding, moves, queries, receipts
from vafa.reward.models import Redemption
from vafa.shop.access import SYSTEM, Actor

PROGRAMME = """
[programme]
name = "Set aside"
[unit.point]
name = "points"
expires = "60 days"
[[counter]]
id = "spent"
of = "amount"
window = "year"
[[tier]]
id = "premier"
name = "Premier"
reach = [{ spent = 500.00 }]
valid = "end of year"
[[earn]]
id = "base"
unit = "point"
per = 1.00
[[reward]]
id = "five_off"
name = "5 off"
unit = "point"
price = 250
amount = 5.00
"""
MINUTE = timedelta(minutes=1)
IN_TIME, OVER = NOW + 15 * MINUTE - timedelta(microseconds=1), NOW + 15 * MINUTE


@pytest.fixture(autouse=True)
def whole_in_the_end(shop):
    """Ada and Ben are members of a club with a tier and a certificate; in the end the ledger is whole."""
    actions.save_draft(PROGRAMME + cast.MORE, actor=SYSTEM, now=NOW)
    actions.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)
    enrol("Ada")
    enrol("Ben")
    yield
    assert findings() == []


def hold(name: str = "Ada", reward: str = "five_off", *, minutes: int = 15, now: datetime = NOW) -> Redemption:
    return redeem.hold(customer(name).pk, reward, minutes=minutes, actor=SYSTEM, now=now)


def take(name: str = "Ada", reward: str = "five_off") -> Redemption:
    return redeem.redeem(customer(name).pk, reward, actor=SYSTEM, now=clock.now())


def confirm(held: Redemption, now: datetime = NOW) -> str:
    return redeem.confirm(held.pk, actor=SYSTEM, now=now).status


def cancel(held: Redemption, now: datetime = NOW, *, only_held: bool = False) -> str:
    return redeem.cancel(held.pk, only_held=only_held, actor=SYSTEM, now=now).status


def shown(name: str = "Ada", at: datetime = NOW) -> dict[str, int]:
    """What every face shows of a member's units."""
    with clock.frozen(at):
        pk, day = customer(name).pk, TODAY
        wallet = queries.wallet(pk, day).balances
        held: dict[str, int] = {}
        for unit, left, _from, _last in queries.lots_of(pk):
            held[unit] = held.get(unit, 0) + left
        assert held == wallet == queries.balances(member(name), day) == queries.balances_of([pk], day)[pk]
        earned = 0 if queries.wallet(pk, day).owed else 1
        assert receipts.quote(pk, 100, day=day).balances == {**wallet, "point": wallet.get("point", 0) + earned}
        return dict(wallet)


def lots(name: str = "Ada") -> list[tuple[int, int]]:
    rows = Lot.objects.filter(account__owner=member(name), account__unit="point")
    return list(rows.order_by("earned_day", "id").values_list("granted", "left"))


# Held, confirmed, cancelled -----------------------------------------------------------------


def test_held_units_are_nobody_else_s_and_confirming_moves_nothing():
    sell("Ada", "300.00", "2026-11-01", "a")
    held = hold()
    assert (held.status, held.units, held.held_until) == ("held", 250, OVER)
    assert shown() == {"point": 50}
    with pytest.raises(Refusal, match="50 of 250"):
        take()
    with pytest.raises(Refusal, match="50 of 250"):
        hold()
    before = Entry.objects.count()
    assert [confirm(held), confirm(held, OVER), confirm(held, OVER + MINUTE)] == ["made"] * 3
    assert (shown(), Entry.objects.count()) == ({"point": 50}, before)
    assert shown(at=OVER + MINUTE) == {"point": 50}


def test_cancelling_gives_the_units_back_to_the_same_lots():
    for n, day in enumerate(("2026-10-01", "2026-10-02", "2026-10-03")):
        sell("Ada", "100.00", day, f"a{n}")
    held = hold()
    assert lots() == [(100, 0), (100, 0), (100, 50)]
    assert [cancel(held), cancel(held)] == ["cancelled", "cancelled"]
    assert (lots(), shown()) == ([(100, 100)] * 3, {"point": 300})
    with pytest.raises(Conflict) as refused:
        confirm(held)
    assert refused.value.code == "hold_cancelled"


def test_what_is_confirmed_can_be_kept_from_a_late_cancel():
    sell("Ada", "300.00", "2026-11-01", "a")
    held = hold()
    confirm(held)
    with pytest.raises(Conflict) as refused:
        cancel(held, only_held=True)
    assert (refused.value.code, shown()) == ("already_made", {"point": 50})
    assert (cancel(held), shown()) == ("cancelled", {"point": 300})


@pytest.mark.parametrize("minutes", [-1, 0, 1441])
def test_a_hold_lasts_from_a_minute_to_a_day(minutes):
    sell("Ada", "300.00", "2026-11-01", "a")
    with pytest.raises(Refusal, match="1 to 1440 minutes"):
        hold(minutes=minutes)
    assert hold(minutes=1440).held_until == NOW + timedelta(days=1)


def test_who_and_what_is_unknown_is_refused():
    for act in (confirm, cancel):
        with pytest.raises(NotFound):
            act(Redemption(pk=4711))
    with pytest.raises(NotFound):
        queries.redemption(4711)
    with pytest.raises(NotFound):
        holding.quote(
            cast.know_actions.dress([cast.PEOPLE["Emil"]], region="US", actor=SYSTEM, now=NOW)[0].pk,
            "five_off",
            day=TODAY,
        )


def test_who_may_not_redeem_may_not_hold_confirm_or_cancel():
    sell("Ada", "300.00", "2026-11-01", "a")
    held, nobody = hold(), Actor("key:reader", frozenset({"customer.find"}))
    acts = (
        lambda: redeem.hold(customer("Ada").pk, "five_off", minutes=1, actor=nobody, now=NOW),
        lambda: redeem.confirm(held.pk, actor=nobody, now=NOW),
        lambda: redeem.cancel(held.pk, actor=nobody, now=NOW),
    )
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert queries.redemption(held.pk).status == "held"


def test_what_happened_is_told_once():
    sell("Ada", "600.00", "2026-11-01", "a")
    kept, left = hold(), hold()
    for _time in range(2):
        confirm(kept)
        cancel(left)
    told = Event.objects.filter(payload__has_key="redemption_id").order_by("id")
    assert [(event.kind, event.payload["redemption_id"]) for event in told] == [
        ("reward.held", kept.pk),
        ("reward.held", left.pk),
        ("reward.redeemed", kept.pk),
        ("redemption.cancelled", left.pk),
    ]


# The time is over ---------------------------------------------------------------------------


def test_a_hold_is_without_effect_from_its_last_instant_on_though_nobody_booked_it():
    sell("Ada", "300.00", "2026-11-01", "a")
    held = hold()
    assert shown(at=IN_TIME) == {"point": 50}
    before = Entry.objects.count()
    assert shown(at=OVER) == {"point": 300}
    with clock.frozen(OVER):
        assert queries.redemption(held.pk).status == "expired"
        assert [move["kind"] for move in moves.moves_of(customer("Ada").pk)] == ["earn"]
        assert holding.quote(customer("Ada").pk, "five_off", day=TODAY).left == 50
    assert (Entry.objects.count(), lots(), findings()) == (before, [(300, 50)], [])
    assert holding.release(now=IN_TIME) == 0
    assert [holding.release(now=OVER), holding.release(now=OVER)] == [1, 0]
    assert (lots(), shown(at=OVER)) == ([(300, 300)], {"point": 300})
    held.refresh_from_db()
    assert (held.status, held.cancelled_at) == ("expired", OVER)


def test_confirming_too_late_is_refused_and_the_units_are_back():
    sell("Ada", "300.00", "2026-11-01", "a")
    held = hold()
    with pytest.raises(Conflict) as refused:
        confirm(held, OVER)
    assert (refused.value.code, lots()) == ("hold_expired", [(300, 300)])
    assert cancel(held, OVER) == "expired"


def test_who_asked_in_time_but_comes_after_the_refusal_is_refused_too():
    """Else one till would have been told that the units are back, and another that the reward is theirs."""
    sell("Ada", "300.00", "2026-11-01", "a")
    held = hold()
    with pytest.raises(Conflict):
        confirm(held, OVER)
    with pytest.raises(Conflict):
        confirm(held, IN_TIME)


def test_every_act_finds_the_units_of_a_hold_that_is_over():
    sell("Ada", "300.00", "2026-11-01", "a")
    hold()
    with clock.frozen(OVER):
        assert take().status == "made"
    assert (lots(), shown(at=OVER)) == ([(300, 50)], {"point": 50})
    sell("Ben", "300.00", "2026-11-01", "b")
    hold("Ben")
    with clock.frozen(OVER):
        receipt = sell("Ben", "10.00", "2026-11-20 10:14", "b2")
    assert (receipt.points.balances, lots("Ben")) == ({"point": 310}, [(300, 300), (10, 10)])


def test_the_worker_books_what_is_over_and_the_morning_s_figures_count_it():
    sell("Ada", "300.00", "2026-11-01", "a")
    hold()
    with clock.frozen(OVER):
        assert daily.JOBS["holds"](OVER) == OVER + timedelta(seconds=30)
    assert lots() == [(300, 300)]
    hold(now=OVER)
    with clock.frozen(OVER + 15 * MINUTE):
        daily.figures_as_of(TODAY, now=OVER + 15 * MINUTE)
        assert queries.owed_as_of(TODAY)[0][0]["point"] == 300


# What happens meanwhile ---------------------------------------------------------------------


def test_units_that_expire_meanwhile_are_kept_by_a_confirmation_and_lost_without_it():
    sell("Ada", "250.00", "2026-09-21", "a")  # usable through 20 November
    sell("Ben", "250.00", "2026-09-21", "b")
    evening = cast.moment("2026-11-20 23:55")
    with clock.frozen(evening):
        kept, lost = hold("Ada", now=evening), hold("Ben", now=evening)
    later = evening + 10 * MINUTE  # the next day
    with clock.frozen(later):
        assert confirm(kept, later) == "made"
    with clock.frozen(evening + 15 * MINUTE):
        assert queries.wallet(customer("Ben").pk, TODAY + 1).balances == {}
        with pytest.raises(Conflict):
            confirm(lost, evening + 15 * MINUTE)
        daily.every_morning(evening + 15 * MINUTE)
    kinds = Entry.objects.filter(account__owner=member("Ben")).values_list("kind", "amount").order_by("id")
    assert list(kinds) == [("earn", 250), ("redeem", -250), ("redeem", 250), ("expire", -250)]


def test_a_return_meanwhile_is_owed_until_the_hold_is_over():
    sell("Ada", "250.00", "2026-11-01", "a")
    held = hold()
    with clock.frozen(NOW + MINUTE):
        give_back("Ada", "250.00", "2026-11-20 10:01", "a-back", "a")
    assert (queries.wallet(customer("Ada").pk, TODAY).owed, shown()) == ({"point": 250}, {})
    with clock.frozen(OVER):
        before = queries.wallet(customer("Ada").pk, TODAY)
        holding.release(now=OVER)
        assert before == queries.wallet(customer("Ada").pk, TODAY)
        assert (before.owed, before.balances) == ({}, {})
    assert Redemption.objects.get(pk=held.pk).status == "expired"


def test_a_hold_that_is_over_does_not_hide_that_points_were_spent():
    """Voiding is refused for the reward that was taken, not for the hold."""
    sale = sell("Ada", "500.00", "2026-11-01", "a")
    take()
    hold()
    with clock.frozen(OVER), pytest.raises(Conflict) as refused:
        purchase.undo(sale.purchase.id, actor=SYSTEM, now=OVER)
    assert (refused.value.code, shown(at=OVER)) == ("points_spent", {"point": 250})


def test_what_only_a_hold_took_can_be_voided_once_the_hold_is_over():
    sale = sell("Ada", "250.00", "2026-11-01", "a")
    hold()
    with pytest.raises(Conflict, match="already spent"):
        purchase.undo(sale.purchase.id, actor=SYSTEM, now=IN_TIME)
    with clock.frozen(OVER):
        purchase.undo(sale.purchase.id, actor=SYSTEM, now=OVER)
    assert shown(at=OVER) == {}


# Tiers --------------------------------------------------------------------------------------


def test_a_reward_of_a_tier_is_refused_below_it_in_every_way():
    sell("Ada", "400.00", "2026-11-01", "a")
    told = holding.quote(customer("Ada").pk, "lounge", day=TODAY)
    assert (told.have, told.left, told.refusal and told.refusal.code) == (400, None, "tier_too_low")
    for act in (take, hold):
        with pytest.raises(Refusal, match="only for: Premier") as refused:
            act("Ada", "lounge")
        assert refused.value.code == "tier_too_low"
    sell("Ada", "100.00", "2026-11-21", "tomorrow")  # a purchase of tomorrow lifts nobody today
    with pytest.raises(Refusal, match="only for: Premier"):
        take("Ada", "lounge")
    sell("Ada", "100.00", "2026-11-19", "b")
    assert holding.quote(customer("Ada").pk, "lounge", day=TODAY).left == 450
    assert take("Ada", "lounge").units == 50


def test_a_tier_that_ended_overnight_is_over_before_any_walk():
    sell("Ada", "500.00", "2026-12-30", "a")
    new_year = cast.moment("2027-01-01")
    with clock.frozen(new_year), pytest.raises(Refusal, match="only for: Premier"):
        take("Ada", "lounge")
    with clock.frozen(new_year - timedelta(days=1)):
        assert [offer.id for offer in holding.offers_to(customer("Ada").pk, {"point": 99}, TODAY + 41)] == ["lounge"]
        assert take("Ada", "lounge").units == 50
    with clock.frozen(new_year):
        assert holding.offers_to(customer("Ada").pk, {"point": 99}, TODAY + 42) == []


# Certificates -------------------------------------------------------------------------------


def test_a_certificate_comes_when_its_hold_is_confirmed_and_goes_when_it_is_cancelled():
    sell("Ada", "250.00", "2026-11-01", "a")
    held = hold("Ada", "paper")
    assert (held.gives, held.worth, shown()) == ("certificate", 500, {"point": 150})
    assert next(m["why"] for m in moves.moves_of(customer("Ada").pk)) == "100 points held for: 5.00 certificate"
    confirm(held)
    assert shown() == {"point": 150, "certificate": 500}
    cancel(held)
    assert shown() == {"point": 250}
    now = take("Ada", "paper")
    assert (now.gives, shown()) == ("certificate", {"point": 150, "certificate": 500})
    words = {offer.id: offer.sentence for offer in queries.offers()}
    assert words["paper"] == "Use 100 points: certificate of $5, kept in the wallet"
    assert words["five_off"] == "Use 250 points: $5 off"


# What must be noticed -----------------------------------------------------------------------


def test_units_that_a_hold_took_twice_are_noticed():
    sell("Ada", "600.00", "2026-11-01", "a")
    held = hold()
    entry = Entry.objects.get(kind="redeem")
    with cast.unguarded():
        Entry.objects.filter(pk=entry.pk).update(amount=-500)
        Lot.objects.filter(pk=entry.lot_id).update(left=100)
        assert findings() == [
            f"member {held.member_id}: redeem of point for activity {entry.activity} (five_off/premier) differs by 250"
        ]
        Entry.objects.filter(pk=entry.pk).update(amount=-250)
        Lot.objects.filter(pk=entry.lot_id).update(left=350)


@pytest.mark.parametrize("status", ["cancelled", "expired"])
def test_a_hold_whose_units_did_not_come_back_is_noticed(status):
    sell("Ada", "600.00", "2026-11-01", "a")
    held = hold()
    Redemption.objects.filter(pk=held.pk).update(status=status)
    assert [finding for finding in findings() if "differs by 250" in finding]
    Redemption.objects.filter(pk=held.pk).update(status="held")


def test_no_hold_is_without_an_end():
    sell("Ada", "300.00", "2026-11-01", "a")
    held = hold()
    with pytest.raises(IntegrityError), transaction.atomic():
        Redemption.objects.filter(pk=held.pk).update(held_until=None)
    assert ledger.balances(member("Ada"), TODAY) == {"point": 50}
