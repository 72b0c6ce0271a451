"""What the shop owes, through the real door: recorded, redeemed, returned, expired, and the table to the unit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from django.db import connection

import cast
from cast import SYSTEM, customer, give_back, member, sell
from vafa.core import clock
from vafa.core.calendar import day_number
from vafa.ledger import queries as ledger
from vafa.ledger.models import Entry, Lot
from vafa.loop import redeem
from vafa.measure import owing
from vafa.reward import actions as reward
from vafa.shop import actions as shop_actions

FEBRUARY = datetime(2027, 2, 1, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_kept():
    owing._histories.cache_clear()


def day(text: str) -> int:
    return day_number(date.fromisoformat(text))


def told(account, unit="point"):
    """The rows of a unit without what is zero: (from, opening, what moved, closing)."""
    return [
        (row.since, row.opening, {name: n for name, n in row.moved.items() if n}, row.closing)
        for row in account.months
        if row.unit == unit
    ]


@pytest.fixture
def told_story(club):
    """Five are welcomed; Ada buys, spends and gives back what she spent; Ben returns a part."""
    sell("Ada", "300.00", "2026-03-10", "a1")
    sell("Ben", "100.00", "2026-04-02", "b1")
    give_back("Ben", "40.00", "2026-04-20", "b2", "b1")
    redeem.redeem(customer("Ada").pk, "five_off", actor=SYSTEM, now=clock.now())
    give_back("Ada", "300.00", "2026-11-20 10:30", "a2", "a1")
    sell("Ada", "100.00", "2026-11-20 11:00", "a3")
    return club


def test_the_table_is_right_to_the_unit(told_story):
    """Ada's 325 points: 250 taken, 75 returned, 225 owed; her next 100 go against that."""
    account = owing.read("all")
    assert told(account) == [
        (day("2026-01-05"), 0, {"earned": 125}, 125),
        (day("2026-02-01"), 125, {}, 125),
        (day("2026-03-01"), 125, {"earned": 300}, 425),
        (day("2026-04-01"), 425, {"earned": 100, "returned": -40}, 485),
        *((day(f"2026-{month:02d}-01"), 485, {}, 485) for month in range(5, 11)),
        (day("2026-11-01"), 485, {"earned": 100, "redeemed": -250, "returned": -75, "owed": -100}, 160),
    ]
    point = next(row for row in account.whole if row.unit == "point")
    assert (point.opening, point.closing, point.debt_arisen, point.debt_settled) == (0, 160, 225, 100)
    assert point.debt_closing == ledger.owed(member("Ada"))["point"] == 125
    assert account.outstanding["point"] == 160
    assert account.differences == []
    assert cast.findings() == []


def test_an_expiry_is_told_on_its_day_whether_it_was_booked_or_not(told_story):
    with clock.frozen(FEBRUARY):
        before = owing.read("quarter")
        assert reward.expire(day("2027-02-01"), actor=SYSTEM, now=clock.now()) == 4
        after = owing.read("quarter")
    assert told(before) == told(after)
    assert told(after)[1] == (day("2027-01-01"), 160, {"expired": -100}, 60)
    assert (before.outstanding["point"], after.outstanding["point"], after.differences) == (60, 60, [])


def test_a_cancelled_redemption_leaves_no_trace_in_the_year(club):
    sell("Ada", "300.00", "2026-03-10", "a1")
    taken = redeem.redeem(customer("Ada").pk, "five_off", actor=SYSTEM, now=clock.now())
    assert owing.read().whole[0].moved["redeemed"] == -250
    redeem.cancel(taken.id, actor=SYSTEM, now=clock.now())
    account = owing.read()
    assert (account.whole[0].moved["redeemed"], account.outstanding["point"]) == (0, 425)


def test_a_span_opens_with_what_stood_before_it(told_story):
    account = owing.read(since=day("2026-04-01"), until=day("2026-04-30"))
    assert told(account) == [(day("2026-04-01"), 425, {"earned": 100, "returned": -40}, 485)]
    assert [row.closing for row in account.whole if row.unit == "stamp"] == [3]


def test_a_shop_without_programme_or_members_owes_nothing(shop):
    account = owing.read("all")
    assert (account.total, account.whole, account.splits, account.chief) == (0, [], [], None)


# What was planted is told -------------------------------------------------------------------


def test_a_changed_entry_does_not_reconcile(told_story):
    entry = Entry.objects.filter(account__owner=member("Ben"), kind="earn", amount=100).get()
    with cast.unguarded():
        Entry.objects.filter(pk=entry.pk).update(amount=90)
    found = owing.read().differences
    assert [(d.code, d.unit, d.entries, d.other, d.detail) for d in found] == [("lots", "point", 150, 160, "1")]
    assert cast.findings() != []


def test_two_changes_that_cancel_each_other_do_not_reconcile(told_story):
    ben, clara = (
        Entry.objects.filter(account__owner=member(who), kind="earn", amount=25).get() for who in ("Ben", "Clara")
    )
    with cast.unguarded():
        Entry.objects.filter(pk=ben.pk).update(amount=20)
        Entry.objects.filter(pk=clara.pk).update(amount=30)
    assert [(d.entries, d.other, d.detail) for d in owing.read().differences] == [(160, 160, "2")]


def test_a_redemption_relabelled_as_an_expiry_does_not_reconcile(told_story):
    with cast.unguarded():
        Entry.objects.filter(kind="redeem", amount=-225).update(kind="expire")
    found = owing.read().differences
    assert [(d.code, d.unit, d.entries, d.detail) for d in found] == [("contra", "point", 225, "expire → redeemed")]


def test_a_changed_lot_does_not_reconcile(club):
    with cast.unguarded(), connection.cursor() as cursor:
        cursor.execute('UPDATE ledger_lot SET "left" = 24 WHERE id = %s', [Lot.objects.order_by("id").first().pk])
    assert [(d.entries, d.other) for d in owing.read().differences] == [(125, 124)]


# Money --------------------------------------------------------------------------------------


def test_revenue_is_split_by_hand(club):
    """A point is worth 2.2 cents, one in five stays unused. January's welcome has no price to share.

    March: 300 × 2.2 × 0.8 = 528; 30,000 × 528 ÷ 30,528 = 519 is deferred.
    November: 250 × 2.2 = 550 used of (125 + 300) × 2.2 × 0.8 = 748: 519 × 550 ÷ 748 = 382 is released.
    """
    shop_actions.change_settings(actor=SYSTEM, now=clock.now(), breakage_percent=20)
    sell("Ada", "300.00", "2026-03-10", "a1")
    sell(None, "70.00", "2026-03-11", "nobody")
    redeem.redeem(customer("Ada").pk, "five_off", actor=SYSTEM, now=clock.now())
    account = owing.read("all")
    assert (account.used["point"].share, account.used["point"].origin) == (Fraction(4, 5), "settings")
    rows = {row.month % 12 + 1: row for row in account.splits}
    assert (rows[1].sales, rows[1].allocated) == (0, 0)
    assert (rows[3].sales, rows[3].allocated, rows[3].closing) == (30_000, 519, 519)
    assert (rows[11].released, rows[11].closing, rows[11].revenue) == (382, 137, 382)
    assert account.splits[-1].month == rows[11].month == 2026 * 12 + 10


def test_without_history_or_assumption_all_is_expected_to_be_used(told_story):
    account = owing.read()
    assert (account.used["point"].share, account.used["point"].origin) == (1, "nothing")
    assert not account.forecasts["point"].is_told
    assert account.total == 160 * 22 // 10


CERTIFICATES = """
[programme]
name = "Certificates"
[unit.point]
name = "points"
[unit.certificate]
name = "certificate"
money = true
[[earn]]
id = "base"
unit = "point"
of = "amount"
per = 1.00
[[reward]]
id = "five"
unit = "point"
price = 100
gives = "certificate"
amount = 5.00
when = "auto"
"""


def test_points_that_become_a_certificate_are_neither_granted_twice_nor_used(shop):
    """100 points worth 5.00 become a certificate of 5.00: 10,000 × 500 ÷ 10,500 = 476 waits for its use."""
    reward.save_draft(CERTIFICATES, actor=SYSTEM, now=cast.NOW)
    reward.launch(starts_day=cast.STARTS, actor=SYSTEM, now=cast.NOW)
    cast.enrol("Ada")
    sell("Ada", "100.00", "2026-11-02", "a1")
    account = owing.read("month")
    assert dict(account.outstanding) == {"certificate": 500}
    assert account.total == 500
    rows = {row.unit: {name: n for name, n in row.moved.items() if n} for row in account.whole}
    assert rows == {"certificate": {"issued": 500}, "point": {"earned": 100, "redeemed": -100}}
    assert [(row.allocated, row.released, row.closing) for row in account.splits] == [(476, 0, 476)]


def test_a_shop_that_counts_in_jalali_months_has_them_here_too(told_story):
    shop_actions.change_settings(actor=SYSTEM, now=clock.now(), calendar="jalali")
    account = owing.read("year")  # Aban 1405 began on 23 October 2026
    assert (account.since, account.until) == (day("2025-11-22"), day("2026-11-20"))
    assert [row.since for row in account.months if row.unit == "point"][-2:] == [day("2026-09-23"), day("2026-10-23")]
    assert account.splits[-1].month == 1405 * 12 + 7
    assert [row.closing for row in account.whole] == [160, 1]


# The forecast -------------------------------------------------------------------------------


def test_enough_history_tells_what_will_be_used(club):
    cast.regulars(48)
    told = owing.read("all").forecasts["point"]
    assert told.is_told
    assert (told.users, told.outstanding) == (36, 5 * 25 + 48 * 285 - 36 * 250)
    low, expected, high = told.used
    assert 0 <= low < expected < high <= told.outstanding
    assert told.months[0].last_day == day("2026-11-30")
    assert told.months[-1].last_day == day("2027-06-30")  # the last lots of June are gone by then
    assert told.used[1] + told.expired[1] == pytest.approx(told.outstanding)
    assert owing.read("all").forecasts["point"] == told


def test_usage_adds_up_to_all_that_was_granted(club):
    cast.regulars(8)
    usage = owing.read().used["point"]
    assert (usage.granted, usage.redeemed, usage.held) == (5 * 25 + 8 * 285, 6 * 250, 5 * 25 + 8 * 285 - 6 * 250)
