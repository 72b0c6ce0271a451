"""Everything that is kept apart from entries and history, made anew: lots, where the engine stands, tiers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from vafa.core.calendar import midnight, to_date, zone
from vafa.know import queries as know
from vafa.ledger import rebuilding as ledger
from vafa.reward import queries
from vafa.reward.models import Member, Position, TierMove
from vafa.reward.walking import (
    apart_from_launch,
    keep_positions,
    keep_tiers,
    lock_members,
    openings,
    walk_histories,
)
from vafa.shop import queries as shop
from vafa.shop.access import Actor, require

COLUMNS = ("customer_id", "unit", "what", "units", "earned", "usable_from", "last_day")
PART = 500


@dataclass
class Mended:
    """How many members were walked, and how many of each stood otherwise."""

    members: int = 0
    lots: int = 0
    positions: int = 0
    tiers: int = 0


def rebuild(*, actor: Actor, progress: Callable[[int], None] | None = None) -> Mended:
    """Write all caches anew, five hundred members at a time. No entry is written: what these say wrongly stays."""
    require(actor, "settings.edit")
    mended, version = Mended(), queries.running()
    ids = list(Member.objects.order_by("pk").values_list("pk", "customer_id")) if version else []
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        with transaction.atomic():
            apart_from_launch()
            lock_members(customer_id for _pk, customer_id in part)
            _rebuild([pk for pk, _customer_id in part], mended)
        if progress:
            progress(len(part))
    return mended


def _rebuild(members: list[int], mended: Mended) -> None:
    version = queries.running()
    if version is None:
        return
    results = walk_histories(version, members)
    mended.members += len(results)
    mended.lots += ledger.mend_lots(members, [lot for result in results for lot in openings(result)])
    stood, moved = _positions(members), _tiers(members)
    TierMove.objects.filter(member__in=members).delete()
    keep_tiers(results)
    keep_positions(version, results, Position.objects.in_bulk(members))
    mended.positions += _differing(stood, _positions(members))
    mended.tiers += _differing(moved, _tiers(members))


def _positions(members: list[int]) -> dict[int, Any]:
    """Where the engine stands: tier and the next day. Its bytes may say the same in more than one way."""
    rows = Position.objects.filter(member__in=members).values_list("member_id", "tier", "due_day", "walked_day")
    return {row[0]: row[1:] for row in rows}


def _tiers(members: list[int]) -> dict[int, Any]:
    found: dict[int, list[Any]] = {}
    rows = TierMove.objects.filter(member__in=members).order_by("day", "id")
    for member, *told in rows.values_list("member_id", "activity", "day", "tier"):
        found.setdefault(member, []).append(told)
    return found


def _differing(before: dict[int, Any], after: dict[int, Any]) -> int:
    return sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())


def digest() -> str:
    """A hash of all caches: the same twice, and on another copy of the same history."""
    told = hashlib.blake2b(digest_size=16)
    with connection.cursor() as cursor:
        for sql in (
            'SELECT a.owner, a.unit, l.activity, l.granted, l."left", l.earned_day, l.available_day, l.expires_day '
            "FROM ledger_lot l JOIN ledger_account a ON a.id = l.account_id ORDER BY a.owner, a.unit, l.activity",
            "SELECT member_id, tier, due_day, walked_day, last_activity FROM reward_position ORDER BY member_id",
            "SELECT member_id, activity, day, tier FROM reward_tiermove ORDER BY member_id, day, activity, tier",
        ):
            cursor.execute(sql)
            for row in cursor.fetchall():
                told.update(json.dumps(row, separators=(",", ":")).encode())
    for state in Position.objects.order_by("member_id").values_list("state", flat=True):
        told.update(bytes(state))
    return told.hexdigest()


# As of any time ---------------------------------------------------------------------------


@dataclass(frozen=True)
class AsOf:
    """What every member had, by the entries that were recorded by the end of a day."""

    day: int
    rows: list[dict[str, Any]]  # as COLUMNS name them: a lot with what is in it, or a debt
    late: dict[str, int]  # by unit: entries of that day or earlier ones that were recorded afterwards

    def document(self) -> dict[str, Any]:
        units: dict[str, dict[str, int]] = {}
        today = _iso(self.day) or ""
        for row in self.rows:
            sums = units.setdefault(row["unit"], {"held": 0, "spendable": 0, "owed": 0})
            sums["owed" if row["what"] == "owed" else "held"] += row["units"]
            if row["what"] == "lot" and row["usable_from"] <= today <= (row["last_day"] or today):
                sums["spendable"] += row["units"]
        return {
            "as_of": today,
            "members": len({row["customer_id"] for row in self.rows}),
            "units": dict(sorted(units.items())),
            "recorded_later": self.late,
            "digest": hashlib.blake2b(json.dumps(self.rows).encode(), digest_size=16).hexdigest(),
        }


def as_of(day: int) -> AsOf:
    """By entries alone; the days of lots as they are now."""
    instant = midnight(day + 1, zone(shop.club().time_zone))
    held = ledger.as_of(instant)
    cards = {pk: member.customer_id for pk, member in Member.objects.in_bulk({row.owner for row in held}).items()}
    people = know.customers(cards.values())
    rows = [
        {
            "customer_id": people[cards[row.owner]].code,
            "unit": row.unit,
            "what": "lot" if row.activity else "owed",
            "units": row.units,
            "earned": _iso(row.earned_day),
            "usable_from": _iso(row.available_day),
            "last_day": None if row.expires_day is None else _iso(row.expires_day - 1),
        }
        for row in held
    ]
    return AsOf(day, rows, dict(ledger.told_late(instant, day)))


def _iso(day: int | None) -> str | None:
    return None if day is None else to_date(day).isoformat()
