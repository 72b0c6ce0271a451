"""What is kept apart from the entries, made anew from them: the lots' rests now, everything as of any time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from vafa.core import bulk
from vafa.ledger.posting import Opening

COLUMNS = ("granted", '"left"', "earned_day", "available_day", "expires_day")


def mend_lots(owners: Sequence[int], opened: Iterable[Opening]) -> int:
    """Write the lots of members as their entries and their history say; how many were otherwise.

    What the entries say of a lot can be impossible (less than nothing); then it is left to be told of.
    """
    told = {(lot.owner, lot.unit, lot.activity): lot for lot in opened}
    sql = (
        'SELECT l.id, a.owner, a.unit, l.activity, l.granted, l."left", l.earned_day, l.available_day, '
        "l.expires_day, (SELECT coalesce(sum(e.amount), 0) FROM ledger_entry e WHERE e.account_id = l.account_id "
        "AND e.lot_id = l.id) FROM ledger_lot l JOIN ledger_account a ON a.id = l.account_id WHERE a.owner IN ({})"
    )
    wrong = []
    for pk, owner, unit, activity, *stands, left in bulk.select_in(connection, sql, owners):
        lot, rest = told.get((owner, unit, activity)), int(left)
        granted, _left, *days = stands
        wanted = [max(lot.granted if lot else granted, rest), rest]
        wanted += [lot.earned_day, lot.available_day, lot.expires_day] if lot else days
        if wanted != stands and rest >= 0:
            wrong.append((*wanted, pk))
    places = ", ".join(f"{name} = %s" for name in COLUMNS)
    bulk.execute_many(connection, f"UPDATE ledger_lot SET {places} WHERE id = %s", wrong)
    return len(wrong)


class Held(NamedTuple):
    """Units of a member as of some time: in a lot, or (``activity`` is 0) owed."""

    owner: int
    unit: str
    activity: int
    units: int
    earned_day: int | None
    available_day: int | None
    expires_day: int | None


def as_of(instant: datetime) -> list[Held]:
    """What everybody had and owed by the entries that were recorded before ``instant``, in a fixed order."""
    until = bulk.instant(connection, instant)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.owner, a.unit, l.activity, sum(e.amount), l.earned_day, l.available_day, l.expires_day "
            "FROM ledger_entry e JOIN ledger_posting p ON p.id = e.posting_id JOIN ledger_lot l ON l.id = e.lot_id "
            "JOIN ledger_account a ON a.id = l.account_id WHERE p.recorded_at < %s "
            "GROUP BY a.owner, a.unit, l.activity, l.earned_day, l.available_day, l.expires_day "
            "HAVING sum(e.amount) <> 0",
            [until],
        )
        held = [Held(row[0], row[1], row[2], int(row[3]), row[4], row[5], row[6]) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT x.owner, x.unit, sum(x.amount) FROM ("
            "SELECT a.owner, a.unit, -e.amount AS amount FROM ledger_entry e JOIN ledger_account a ON a.id = "
            "e.account_id JOIN ledger_posting p ON p.id = e.posting_id WHERE a.kind = 'owed' AND p.recorded_at < %s "
            "UNION ALL SELECT c.owner, c.unit, e.amount FROM ledger_entry e JOIN ledger_account c ON c.id = "
            "e.contra_id JOIN ledger_posting p ON p.id = e.posting_id WHERE c.kind = 'owed' AND p.recorded_at < %s"
            ") x GROUP BY x.owner, x.unit HAVING sum(x.amount) <> 0",
            [until, until],
        )
        held += [Held(owner, unit, 0, int(units), None, None, None) for owner, unit, units in cursor.fetchall()]
    return sorted(held, key=lambda row: row[:3])


def told_late(instant: datetime, day: int) -> Mapping[str, int]:
    """By unit: how many entries of days up to ``day`` were recorded only at ``instant`` or later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.unit, count(*) FROM ledger_entry e JOIN ledger_posting p ON p.id = e.posting_id "
            "JOIN ledger_account a ON a.id = e.account_id WHERE p.recorded_at >= %s AND e.day <= %s "
            "GROUP BY a.unit ORDER BY a.unit",
            [bulk.instant(connection, instant), day],
        )
        return dict(cursor.fetchall())
