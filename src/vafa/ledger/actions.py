"""The only writes to the ledger; ``reward`` alone calls them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from vafa.core import bulk
from vafa.ledger.models import Account
from vafa.ledger.posting import Extension, Movement, Opening, contra_side, member_side

AccountKey = tuple[int, str, str]  # owner, unit, kind
LotKey = tuple[int, int]  # wallet, opening activity


class Batch(NamedTuple):
    """Movements of one or many members that are posted together."""

    movements: Sequence[Movement]
    openings: Sequence[Opening]
    at: Mapping[int, datetime]  # when each activity happened
    extensions: Sequence[Extension] = ()


def post(batch: Batch, *, actor: str, now: datetime, note: str = "") -> None:
    """Write the movements, one posting an activity, and bring the lots' rests up to date.

    Call it inside a transaction that holds the members' rows. The database refuses a lot that
    would be overdrawn.
    """
    if not batch.movements and not batch.openings and not batch.extensions:
        return
    accounts = _accounts(_wanted_accounts(batch))
    changes = _changes(batch, accounts)
    lots = _open_lots(batch, accounts, changes)
    postings = _postings(batch, actor=actor, now=now, note=note)
    rows = []
    for move in batch.movements:
        key = move.key
        account = accounts[(move.owner, key.unit, member_side(key))]
        contra_kind = contra_side(key)
        contra = accounts[(move.owner if contra_kind == "owed" else 0, key.unit, contra_kind)]
        lot = lots[(accounts[(move.owner, key.unit, "wallet")], key.lot)] if key.lot else None
        rows.append(
            (postings[key.activity], account, contra, lot, key.kind, move.amount, key.activity, move.day, key.reason)
        )
    columns = ["posting_id", "account_id", "contra_id", "lot_id", "kind", "amount", "activity", "day", "reason"]
    bulk.insert(connection, "ledger_entry", columns, rows)
    bulk.execute_rows(
        connection,
        "WITH moved (id, change) AS (VALUES {}) "
        'UPDATE ledger_lot SET "left" = "left" + moved.change FROM moved WHERE ledger_lot.id = moved.id',
        [(lots[key], change) for key, change in changes.items() if change],
        "bigint bigint",
    )
    bulk.execute_many(
        connection,
        'UPDATE ledger_lot SET expires_day = %s WHERE account_id = %s AND earned_day BETWEEN %s AND %s AND "left" > 0',
        [
            (told.expires_day, accounts[(told.owner, told.unit, "wallet")], told.first_day, told.last_day)
            for told in batch.extensions
        ],
    )
    extended = {(told.owner, told.unit) for told in batch.extensions}
    bulk.execute_many(  # what was opened by the same walk has its own last word
        connection,
        "UPDATE ledger_lot SET expires_day = %s WHERE id = %s",
        [
            (lot.expires_day, lots[(accounts[(lot.owner, lot.unit, "wallet")], lot.activity)])
            for lot in batch.openings
            if (lot.owner, lot.unit) in extended
        ],
    )


def _wanted_accounts(batch: Batch) -> set[AccountKey]:
    wanted: set[AccountKey] = {(lot.owner, lot.unit, "wallet") for lot in batch.openings}
    wanted |= {(told.owner, told.unit, "wallet") for told in batch.extensions}
    for move in batch.movements:
        kind = contra_side(move.key)
        wanted.add((move.owner, move.key.unit, "wallet"))
        wanted.add((move.owner, move.key.unit, member_side(move.key)))
        wanted.add((move.owner if kind == "owed" else 0, move.key.unit, kind))
    return wanted


def _accounts(wanted: set[AccountKey]) -> dict[AccountKey, int]:
    """Ids of the accounts, made where they do not exist yet."""
    found = _find_accounts({owner for owner, _unit, _kind in wanted})
    if fresh := sorted(wanted - found.keys()):
        Account.objects.bulk_create(
            [Account(owner=owner, unit=unit, kind=kind) for owner, unit, kind in fresh], ignore_conflicts=True
        )
        found = _find_accounts({owner for owner, _unit, _kind in wanted})
    return found


def _find_accounts(owners: set[int]) -> dict[AccountKey, int]:
    rows = bulk.select_in(
        connection, "SELECT id, owner, unit, kind FROM ledger_account WHERE owner IN ({})", sorted(owners)
    )
    return {(owner, unit, kind): pk for pk, owner, unit, kind in rows}


def _changes(batch: Batch, accounts: Mapping[AccountKey, int]) -> dict[LotKey, int]:
    """By how much what is left of each lot changes."""
    changes: dict[LotKey, int] = {}
    for move in batch.movements:
        if move.key.lot:
            lot = (accounts[(move.owner, move.key.unit, "wallet")], move.key.lot)
            changes[lot] = changes.get(lot, 0) + move.amount
    return changes


def _open_lots(batch: Batch, accounts: Mapping[AccountKey, int], changes: dict[LotKey, int]) -> dict[LotKey, int]:
    """Ids of all lots that the movements name; new ones are opened with what their ``changes``, used up here, leave."""
    opened = {(accounts[(lot.owner, lot.unit, "wallet")], lot.activity): lot for lot in batch.openings}
    lots: dict[LotKey, int] = {}
    if older := sorted({wallet for wallet, _activity in changes.keys() - opened.keys()} | _reopened(opened)):
        rows = bulk.select_in(
            connection, "SELECT id, account_id, activity FROM ledger_lot WHERE account_id IN ({})", older
        )
        lots = {(account, activity): pk for pk, account, activity in rows}
    if known := [(opened[key], lots[key]) for key in opened if key in lots]:
        bulk.execute_many(
            connection,
            "UPDATE ledger_lot SET granted = CASE WHEN granted > %s THEN granted ELSE %s END, "
            "earned_day = %s, available_day = %s, expires_day = %s WHERE id = %s",
            [(o.granted, o.granted, o.earned_day, o.available_day, o.expires_day, pk) for o, pk in known],
        )
    fresh = [(key, lot) for key, lot in opened.items() if key not in lots]
    ids = bulk.reserve_ids(connection, "ledger_lot", len(fresh))
    columns = ["id", "account_id", "activity", "granted", '"left"', "earned_day", "available_day", "expires_day"]
    rows = [
        (pk, *key, lot.granted, changes.pop(key, 0), lot.earned_day, lot.available_day, lot.expires_day)
        for pk, (key, lot) in zip(ids, fresh, strict=True)
    ]
    bulk.insert(connection, "ledger_lot", columns, rows)
    lots.update({key: pk for pk, (key, _lot) in zip(ids, fresh, strict=True)})
    return lots


def _reopened(opened: Mapping[tuple[int, int], Opening]) -> set[int]:
    """Wallets whose lots may exist already: those that are told of again after a walk through history."""
    return {wallet for (wallet, _activity), lot in opened.items() if lot.again}


def _postings(batch: Batch, *, actor: str, now: datetime, note: str) -> dict[int, int]:
    activities = list(dict.fromkeys(move.key.activity for move in batch.movements))
    ids = bulk.reserve_ids(connection, "ledger_posting", len(activities))
    recorded = bulk.instant(connection, now)
    times = bulk.instants(connection, (batch.at.get(activity, now) for activity in activities))
    beside = (recorded, actor[:80], note[:200])
    rows = [(pk, activity, at, *beside) for pk, activity, at in zip(ids, activities, times, strict=True)]
    bulk.insert(connection, "ledger_posting", ["id", "activity", "at", "recorded_at", "actor", "note"], rows)
    return dict(zip(activities, ids, strict=True))
