"""Reading the ledger: what a member has, what happened, what the club owes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from vafa.core import bulk
from vafa.ledger.models import Account, Entry, Lot
from vafa.ledger.posting import Key


class LotView(NamedTuple):
    unit: str
    left: int
    granted: int
    earned_day: int
    available_day: int
    expires_day: int | None


def usable(day: int) -> Q:
    """Lots whose units can be spent on ``day``, whether or not expiries were booked yet."""
    return Q(left__gt=0, available_day__lte=day) & (Q(expires_day=None) | Q(expires_day__gt=day))


def balances(owner: int, day: int) -> dict[str, int]:
    """Spendable units of a member on ``day``, by unit."""
    return balances_of([owner], day).get(owner, {})


def unswept(owner: int, day: int) -> dict[str, int]:
    """Units in a member's lots on ``day`` as booked so far, those that expired since then too."""
    rows = Lot.objects.filter(left__gt=0, available_day__lte=day, account__owner=owner)
    return {unit: int(left) for unit, left in rows.values_list("account__unit").annotate(Sum("left"))}


def balances_of(owners: Iterable[int], day: int) -> dict[int, dict[str, int]]:
    """Spendable units on ``day``, by owner and unit."""
    rows = Lot.objects.filter(usable(day), account__owner__in=list(owners))
    found: dict[int, dict[str, int]] = {}
    for owner, unit, left in rows.values_list("account__owner", "account__unit").annotate(Sum("left")):
        found.setdefault(owner, {})[unit] = int(left)
    return found


def lots(owner: int, day: int) -> list[LotView]:
    """A member's lots that still hold something, in the order in which they are drawn."""
    rows = Lot.objects.filter(account__owner=owner, left__gt=0).exclude(expires_day__lte=day)
    found = [
        LotView(lot.account.unit, lot.left, lot.granted, lot.earned_day, lot.available_day, lot.expires_day)
        for lot in rows.select_related("account").order_by("expires_day", "earned_day", "id")
    ]
    return sorted(found, key=lambda lot: (lot.expires_day is None, lot.expires_day or 0, lot.earned_day))


def owed(owner: int) -> dict[str, int]:
    """Units that a member owes after returns, by unit (positive)."""
    if not Account.objects.filter(owner=owner, kind=Account.OWED).exists():
        return {}  # mostly: then their whole history need not be looked through
    rows = Entry.objects.filter(Q(account__kind="owed") | Q(contra__kind="owed"), account__owner=owner)
    found: dict[str, int] = {}
    for entry in rows.select_related("account", "contra"):
        sign = 1 if entry.account.kind == Account.OWED else -1
        found[entry.account.unit] = found.get(entry.account.unit, 0) + sign * entry.amount
    return {unit: -amount for unit, amount in found.items() if amount}


def outstanding(day: int) -> dict[str, int]:
    """All units that members can or will be able to spend, by unit."""
    rows = Lot.objects.filter(left__gt=0).exclude(expires_day__lte=day)
    return {unit: int(left) for unit, left in rows.values_list("account__unit").annotate(Sum("left"))}


def entries(owners: Iterable[int], limit: int = 200) -> QuerySet[Entry]:
    rows = Entry.objects.filter(account__owner__in=list(owners)).select_related("account", "posting")
    return rows.order_by("-day", "-id")[:limit]


def entries_by_activity(activities: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """What each activity brought about: unit, kind, amount, reason."""
    sql = (
        "SELECT e.activity, a.unit, e.kind, e.amount, e.reason FROM ledger_entry e "
        "JOIN ledger_account a ON a.id = e.account_id "
        "JOIN ledger_posting p ON p.id = e.posting_id WHERE p.activity IN ({}) ORDER BY e.id"
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for activity, unit, kind, amount, reason in bulk.select_in(connection, sql, activities):
        found.setdefault(activity, []).append({"unit": unit, "kind": kind, "amount": amount, "reason": reason})
    return found


def standing(owner: int) -> list[tuple[Key, int]]:
    """Every movement of a member's accounts, as the engine would name it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.activity, e.kind, a.unit, coalesce(l.activity, 0), e.reason, sum(e.amount) "
            "FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id "
            "LEFT JOIN ledger_lot l ON l.id = e.lot_id WHERE a.owner = %s "
            "GROUP BY e.activity, e.kind, a.unit, l.activity, e.reason",
            [owner],
        )
        return [(Key(*row[:5]), int(row[5])) for row in cursor.fetchall()]


def lot_days(owners: Iterable[int]) -> dict[tuple[int, str, int], tuple[int, int, int | None]]:
    """By owner, unit and activity: when each lot that holds something was earned, is usable, is over."""
    sql = (
        "SELECT a.owner, a.unit, l.activity, l.earned_day, l.available_day, l.expires_day FROM ledger_lot l "
        'JOIN ledger_account a ON a.id = l.account_id WHERE l."left" > 0 AND a.owner IN ({})'
    )
    return {row[:3]: row[3:] for row in bulk.select_in(connection, sql, owners)}


def held_on(*days: int) -> list[dict[str, int]]:
    """Units that members' wallets held at the end of each of ``days``, by unit, from one look at the entries."""
    moved: dict[str, list[tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.unit, e.day, sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id "
            "WHERE a.kind = 'wallet' AND e.day <= %s GROUP BY a.unit, e.day",
            [max(days)],
        )
        for unit, day, amount in cursor.fetchall():
            moved.setdefault(unit, []).append((day, int(amount)))
    first = {unit: min(moves)[0] for unit, moves in moved.items()}
    return [
        {unit: sum(amount for on, amount in moves if on <= day) for unit, moves in moved.items() if first[unit] <= day}
        for day in days
    ]


def owners_with_expired(day: int) -> list[int]:
    """Members with lots that are no longer usable on ``day`` but still hold units."""
    rows = Lot.objects.filter(left__gt=0, expires_day__lte=day).values_list("account__owner", flat=True)
    return sorted(set(rows))


# What the club owes over time ---------------------------------------------------------------


def flows() -> list[tuple[str, str, str, str, str, int, int]]:
    """All entries, summed by day: unit, account, contra, kind, reason, day, units from the member's side."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.unit, a.kind, c.kind, e.kind, e.reason, e.day, sum(e.amount) FROM ledger_entry e "
            "JOIN ledger_account a ON a.id = e.account_id JOIN ledger_account c ON c.id = e.contra_id "
            "GROUP BY a.unit, a.kind, c.kind, e.kind, e.reason, e.day HAVING sum(e.amount) <> 0"
        )
        return [(*row[:6], int(row[6])) for row in cursor.fetchall()]


def expired_unbooked(until: int) -> list[tuple[str, int, int]]:
    """Units in lots that ended by ``until`` and were not booked as expired yet: unit, day, units."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT a.unit, l.expires_day, sum(l."left") FROM ledger_lot l JOIN ledger_account a '
            'ON a.id = l.account_id WHERE l."left" > 0 AND l.expires_day <= %s GROUP BY a.unit, l.expires_day',
            [until],
        )
        return [(unit, day, int(left)) for unit, day, left in cursor.fetchall()]


def held_by_lots() -> list[tuple[str, int, int, int]]:
    """By unit: what the lots hold, what their entries add up to, and how many lots these two differ for."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT a.unit, sum(l."left"), sum(coalesce(s.total, 0)), '
            'sum(CASE WHEN l."left" = coalesce(s.total, 0) THEN 0 ELSE 1 END) '
            "FROM ledger_lot l JOIN ledger_account a ON a.id = l.account_id LEFT JOIN "
            "(SELECT lot_id, sum(amount) AS total FROM ledger_entry WHERE lot_id IS NOT NULL GROUP BY lot_id) s "
            "ON s.lot_id = l.id GROUP BY a.unit"
        )
        return [(unit, int(left), int(entries), int(differing)) for unit, left, entries, differing in cursor.fetchall()]


def standing_lots(day: int) -> list[tuple[str, int, int, int, int | None]]:
    """Lots that hold something usable on ``day`` or later, summed: unit, units, earned, available, expires."""
    rows = Lot.objects.filter(left__gt=0).exclude(expires_day__lte=day)
    days = ("earned_day", "available_day", "expires_day")
    found = rows.values_list("account__unit", *days).annotate(units=Sum("left")).order_by("account__unit", *days)
    return [(unit, int(left), earned, available, expires) for unit, earned, available, expires, left in found]


def passages(until: int) -> Iterator[tuple[str, int, int, int, int | None, str, int, int]]:
    """What went into and out of each lot to the end of ``until``, net by activity and kind, in one pass.

    unit, owner, earned, available, expires, kind, day, units; what came to nothing, such as a cancelled
    redemption, is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.unit, a.owner, l.earned_day, l.available_day, l.expires_day, e.kind, e.day, e.amount FROM "
            "(SELECT lot_id, activity, kind, min(day) AS day, sum(amount) AS amount FROM ledger_entry "
            "WHERE lot_id IS NOT NULL AND day <= %s GROUP BY lot_id, activity, kind HAVING sum(amount) <> 0) e "
            "JOIN ledger_lot l ON l.id = e.lot_id JOIN ledger_account a ON a.id = l.account_id",
            [until],
        )
        while rows := cursor.fetchmany(20_000):
            for row in rows:
                yield (*row[:7], int(row[7]))
