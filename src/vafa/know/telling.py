"""The one way of an event into the card file: a review, a visit, a birthday; for a batch of any size."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from vafa.core import bulk
from vafa.core.records import Happened, Happening
from vafa.know.recording import known_customers
from vafa.shop.access import Actor, require

COLUMNS = ["id", "source", "key", "digest", "customer_id", "event", "at", "day", "recorded_at"]


class Told(NamedTuple):
    """What became of a batch: what is new, what stood already, what contradicts what stood."""

    new: list[Happened]
    unchanged: list[Happened]
    conflicts: list[Happening]


def tell(happenings: Sequence[Happening], *, actor: Actor, now: datetime) -> Told:
    """Write events that are not there yet, inside the caller's transaction.

    The same (source, key) with the same content is left as it stands; with other content it is a conflict.
    """
    require(actor, "purchase.record")
    standing = _standing(happenings)
    told = Told([], [], [])
    fresh: dict[tuple[str, str], Happening] = {}
    for one in happenings:
        name = (one.source, one.key)
        if name in standing:
            pk, customer, digest = standing[name]
            if digest == one.digest():
                told.unchanged.append(Happened(pk, customer, one))
            else:
                told.conflicts.append(one)
        elif fresh.setdefault(name, one).digest() != one.digest():
            told.conflicts.append(one)
    told.new.extend(_write(list(fresh.values()), now=now))
    return told


def _standing(happenings: Sequence[Happening]) -> dict[tuple[str, str], tuple[int, int, str]]:
    found = {}
    for source in {one.source for one in happenings}:
        sql = "SELECT key, id, customer_id, digest FROM know_happening WHERE source = %s AND key IN ({})"
        keys = [one.key for one in happenings if one.source == source]
        for key, *rest in bulk.select_in(connection, sql, keys, [source]):
            found[(source, key)] = tuple(rest)
    return found


def _write(fresh: Sequence[Happening], *, now: datetime) -> list[Happened]:
    if not fresh:
        return []
    customers = known_customers((one.customer_id for one in fresh), now=now)
    ids = bulk.reserve_ids(connection, "know_happening", len(fresh))
    made = [Happened(pk, customers[one.customer_id][0], one) for pk, one in zip(ids, fresh, strict=True)]
    recorded_at = bulk.instant(connection, now)
    rows = [
        (pk, one.source, one.key, one.digest(), customers[one.customer_id][1] or customer, one.event)
        + (bulk.instant(connection, one.at), one.day, recorded_at)
        for pk, customer, one in made
    ]
    bulk.insert(connection, "know_happening", COLUMNS, sorted(rows, key=lambda row: (row[1], row[2])))
    return made
