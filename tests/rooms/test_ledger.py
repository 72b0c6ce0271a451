"""The safe: nothing in it is changed or taken out, nothing is overdrawn, and what is planted is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

import cast
from cast import STARTS, TODAY, balance, findings, member, sell
from vafa.core import clock
from vafa.core.calendar import day_number
from vafa.ledger import actions as ledger_actions
from vafa.ledger import queries as ledger
from vafa.ledger.models import Account, Entry, Lot, Posting
from vafa.ledger.posting import Key, Movement, Opening
from vafa.loop import redeem
from vafa.reward import actions as reward
from vafa.shop.access import SYSTEM

HIGHS = ("ledger_entry", "ledger_posting", "shop_audit")


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("table", HIGHS)
@pytest.mark.parametrize(
    "act", ["UPDATE {} SET id = id", "DELETE FROM {}", "DELETE FROM {} WHERE id = (SELECT min(id) FROM {})"]
)
def test_the_database_refuses_to_change_what_is_written(club, table, act):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(act.format(table, table))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has TRUNCATE")
@pytest.mark.parametrize("table", HIGHS)
def test_the_database_refuses_to_empty_a_table(club, table):
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        sql(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ('UPDATE ledger_lot SET "left" = -1', "lot_not_overdrawn"),
        ('UPDATE ledger_lot SET "left" = granted + 1', "lot_not_overfull"),
        ("INSERT INTO ledger_account (kind, owner, unit) VALUES ('pocket', 1, 'point')", "account_kind"),
        ("INSERT INTO ledger_account (kind, owner, unit) SELECT kind, owner, unit FROM ledger_account", "account"),
    ],
)
def test_the_database_refuses_what_can_not_be(club, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        sql(change)


@pytest.mark.parametrize(
    ("amount", "kind", "same", "constraint"),
    [(0, "earn", False, "moves"), (1, "gift", False, "kind"), (1, "earn", True, "two_sides")],
)
def test_an_entry_moves_something_of_a_known_kind_between_two_accounts(club, amount, kind, same, constraint):
    entry = Entry.objects.order_by("id").first()
    contra = entry.account_id if same else entry.contra_id
    with pytest.raises(IntegrityError, match=f"entry_{constraint}"), transaction.atomic():
        Entry.objects.create(
            posting_id=entry.posting_id,
            account_id=entry.account_id,
            contra_id=contra,
            kind=kind,
            amount=amount,
            activity=1,
            day=TODAY,
            reason="planted",
        )


def test_drawing_more_than_a_lot_holds_writes_nothing(club):
    owner = member("Ada")
    lot = Lot.objects.get(account__owner=owner)
    key = Key(99, "redeem", "point", lot.activity, "planted")
    entries = Entry.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        ledger_actions.post(
            ledger_actions.Batch([Movement(owner, key, TODAY, -26)], [], {}), actor="test", now=clock.now()
        )
    assert (Entry.objects.count(), balance("Ada")) == (entries, 25)


def test_the_contra_side_is_the_mirror_of_all_wallets(club):
    sell("Ada", "300.00", "2026-11-01", "a")
    redeem.redeem(cast.customer("Ada").pk, "five_off", actor=SYSTEM, now=clock.now())
    sums = {}
    for entry in Entry.objects.select_related("contra", "account"):
        if entry.account.unit == "point":
            sums[entry.contra.kind] = sums.get(entry.contra.kind, 0) - entry.amount
    assert sums == {"issuer": -(5 * 25 + 300), "redeemed": 250}
    assert ledger.held_on(TODAY)[0]["point"] == 5 * 25 + 300 - 250


# What adds up ------------------------------------------------------------------------------


def plant(owner: int, *, change: int, contra: str = "issuer", unit: str = "point", lot_of: int | None = None) -> None:
    """An entry of 5 points into the owner's lot, and ``change`` in what the lot holds, past all of Vafa."""
    lot = Lot.objects.get(account__owner=lot_of or owner, account__unit="point")
    posting = Posting.objects.create(activity=1, at=clock.now(), recorded_at=clock.now(), actor="thief")
    other, _made = Account.objects.get_or_create(owner=0, unit=unit, kind=contra)
    wallet = Account.objects.get(owner=owner, unit="point", kind="wallet")
    told = {"posting": posting, "account": wallet, "contra": other, "lot": lot, "activity": 1, "day": TODAY}
    Entry.objects.create(kind="return", amount=-5, reason="planted", **told)
    Lot.objects.filter(pk=lot.pk).update(left=lot.left + change)


def committed(act: Callable[[], object]) -> None:
    """``act``, and what the database checks at its commit."""
    with transaction.atomic():
        act()
        if connection.vendor == "postgresql":
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            sql("SET CONSTRAINTS ALL DEFERRED")


def test_an_entry_and_its_lot_that_agree_are_taken(club):
    committed(lambda: plant(member("Ada"), change=-5))
    assert balance("Ada") == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"change": -4},
        {"change": -5, "unit": "stamp"},
        {"change": -5, "lot_of": "Ben"},
    ],
)
def test_what_does_not_add_up_is_refused_at_the_commit_at_the_latest(club, wrong):
    wrong |= {"lot_of": member(wrong["lot_of"])} if "lot_of" in wrong else {}
    with pytest.raises(IntegrityError):
        committed(lambda: plant(member("Ada"), **wrong))
    assert findings() == []


@pytest.mark.parametrize("change", ['"left" = "left" - 1', "granted = 9"])
def test_a_lot_is_not_changed_without_an_entry(club, change):
    lot = Lot.objects.get(account__owner=member("Ada")).pk
    with pytest.raises(IntegrityError):
        committed(lambda: sql(f"UPDATE ledger_lot SET {change} WHERE id = %s", lot))


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite can't wait for the commit")
def test_neither_a_posting_without_an_entry_nor_an_entry_that_moves_no_lot_is_committed(club):
    for plants in (
        lambda: Posting.objects.create(activity=1, at=clock.now(), recorded_at=clock.now(), actor="thief"),
        lambda: plant(member("Ada"), change=0),
    ):
        with pytest.raises(IntegrityError, match="posting"):
            committed(plants)


def test_a_wallet_s_entry_names_a_lot_and_a_debt_s_none(club):
    entry = Entry.objects.filter(account__owner=member("Ada")).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            posting_id=entry.posting_id,
            account_id=entry.account_id,
            contra_id=entry.contra_id,
            kind="earn",
            amount=1,
            activity=1,
            day=TODAY,
            reason="planted",
        )


# What is planted is found ------------------------------------------------------------------


def test_a_whole_ledger_has_no_findings(club):
    cast.walk_the_ladder()
    assert findings() == []


def test_a_changed_rest_of_a_lot_is_found(club):
    lot = Lot.objects.get(account__owner=member("Ada"))
    with cast.unguarded():
        sql('UPDATE ledger_lot SET "left" = 24 WHERE id = %s', lot.pk)
    account = lot.account_id
    assert findings() == [
        f"lot {lot.pk} holds 24, its entries add up to 25",
        f"account {account} (point) and its lots differ by 1",
    ]


def test_a_missing_entry_is_found(club):
    owner = member("Ada")
    entry = Entry.objects.get(account__owner=owner)
    with cast.unguarded():
        entry.delete()
    found = findings()
    assert f"lot {entry.lot_id} holds 25, its entries add up to 0" in found
    assert f"posting {entry.posting_id} has no entry" in found
    assert any(f"member {owner}: earn of point" in line and "differs by 25" in line for line in found)


def test_a_changed_amount_is_found(club):
    entry = Entry.objects.get(account__owner=member("Ben"))
    with cast.unguarded():
        Entry.objects.filter(pk=entry.pk).update(amount=26)
    assert f"lot {entry.lot_id} holds 25, its entries add up to 26" in findings()


def test_a_present_from_nobody_is_found_although_the_sums_are_right(club):
    owner = member("Clara")
    key = Key(4711 << 2, "bonus", "point", 4711 << 2, "planted")
    opening = Opening(owner, "point", 4711 << 2, 500, TODAY, TODAY, None)
    batch = ledger_actions.Batch([Movement(owner, key, TODAY, 500)], [opening], {})
    ledger_actions.post(batch, actor="test", now=clock.now())
    assert findings() == [f"member {owner}: bonus of point for activity {4711 << 2} (planted) differs by -500"]


def test_an_entry_in_a_foreign_lot_and_a_foreign_unit_is_found(club):
    ada, ben = member("Ada"), member("Ben")
    stamps = Account.objects.create(owner=ada, unit="stamp", kind="issuer")
    entry = Entry.objects.get(account__owner=ada)
    with cast.unguarded():
        Entry.objects.filter(pk=entry.pk).update(lot=Lot.objects.get(account__owner=ben), contra=stamps)
    found = findings()
    assert f"entry {entry.pk} moves point to account of stamp" in found
    assert any(line.startswith(f"entry {entry.pk} names lot") for line in found)


def test_a_posting_without_entries_is_found(club):
    with cast.unguarded():
        posting = Posting.objects.create(activity=1, at=clock.now(), recorded_at=clock.now(), actor="test")
    assert findings() == [f"posting {posting.pk} has no entry"]


# Days -------------------------------------------------------------------------------------


def test_points_are_usable_through_their_last_day_and_not_a_day_longer(club):
    """Twelve months from 10 March: through 10 March of the next year."""
    sell("Ada", "40.00", "2026-03-10", "m")
    last = day_number(date(2027, 3, 10))
    assert balance("Ada", day=day_number(date(2027, 1, 5))) == 25 + 40
    assert balance("Ada", day=day_number(date(2027, 1, 6))) == 40  # the welcome of 5 January is over
    assert (balance("Ada", day=last), balance("Ada", day=last + 1)) == (40, 0)
    assert balance("Ada", day=day_number(date(2026, 3, 9))) == 0 + 25


def test_a_late_sweeper_changes_no_balance(club):
    sell("Ada", "40.00", "2026-03-10", "m")
    day = day_number(date(2027, 2, 1))
    before = balance("Ada", day=day)
    assert reward.expire(day, actor=SYSTEM, now=clock.now()) == 5
    assert balance("Ada", day=day) == before == 40
    assert Lot.objects.get(account__owner=member("Ben")).left == 0
    assert reward.expire(day, actor=SYSTEM, now=clock.now()) == 0
    assert findings() == []


def test_what_was_held_on_a_day_is_told_from_the_entries(club):
    sell("Ada", "40.00", "2026-03-10", "m")
    first = day_number(date(2026, 1, 5))
    assert ledger.held_on(day_number(date(2026, 3, 10)), STARTS, first, day_number(date(2026, 3, 9))) == [
        {"point": 165},
        {},
        {"point": 125},
        {"point": 125},
    ]


def test_an_actor_and_a_note_that_are_too_long_are_cut(club):
    key = Key(0, "adjust", "point", 0, "gift")
    batch = ledger_actions.Batch([Movement(member("Ada"), key, TODAY, 5)], [], {})
    with transaction.atomic():
        ledger_actions.post(batch, actor="a" * 300, now=clock.now(), note="n" * 300)
        posted = Posting.objects.latest("pk")
        assert (len(posted.actor), len(posted.note)) == (80, 200)
        transaction.set_rollback(True)
