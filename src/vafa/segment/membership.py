"""Who is in a segment: counted anew by the database, as a difference to who was."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from vafa.core import bulk
from vafa.core.columns import Catalogue
from vafa.core.errors import Refusal
from vafa.segment.compiling import Compiler
from vafa.segment.definition import parse
from vafa.segment.models import Segment

_IN = "segment_id = %s AND left_day IS NULL"
_OUT = "NOT EXISTS (SELECT 1 FROM segment_now n WHERE n.id = segment_membership.customer_id)"


class Change(NamedTuple):
    segment: Segment
    entered: int
    left: int


def refresh(code: str, catalogue: Catalogue, *, currency: str, today: int, now: datetime) -> Change:
    """Count one live segment anew; its members of before stay where the definition no longer fits the columns."""
    with transaction.atomic():
        segment = Segment.objects.select_for_update().get(code=code)
        if not segment.live:
            return Change(segment, 0, 0)
        try:
            statement = Compiler(catalogue, currency).matching(parse(segment.definition, catalogue))
        except Refusal as refusal:
            segment.fault = str(refusal)[:300]
            segment.save(update_fields=["fault"])
            return Change(segment, 0, 0)
        segment.people, entered, left = _taken_over(segment.pk, statement.sql, statement.params, today)
        segment.refreshed_at, segment.fault = now, ""
        segment.save(update_fields=["people", "refreshed_at", "fault"])
        return Change(segment, entered, left)


def _taken_over(segment: int, sql: str, params: list[Any], today: int) -> tuple[int, int, int]:
    """Members become those whom ``sql`` finds: how many they are, how many entered, how many left."""
    with connection.cursor() as cursor:

        def run(told: str, *values: Any) -> int:
            cursor.execute(told, values)
            return int(cursor.rowcount)

        run("DROP TABLE IF EXISTS segment_now")
        run("CREATE TEMPORARY TABLE segment_now (id bigint PRIMARY KEY)")
        people = run(f"INSERT INTO segment_now (id) {sql}", *params)
        if bulk.is_postgres(connection):
            run("ANALYZE segment_now")
        # who came and went on one day was never in it at a day's end
        run(f"DELETE FROM segment_membership WHERE {_IN} AND entered_day = %s AND {_OUT}", segment, today)
        left = run(f"UPDATE segment_membership SET left_day = %s WHERE {_IN} AND {_OUT}", today, segment)
        back = run(
            "UPDATE segment_membership SET left_day = NULL WHERE segment_id = %s AND left_day = %s "
            "AND EXISTS (SELECT 1 FROM segment_now n WHERE n.id = segment_membership.customer_id)",
            segment,
            today,
        )
        entered = (
            run(  # by the unique index: a plan made over a table still empty would look through all that it writes
                "INSERT INTO segment_membership (segment_id, customer_id, entered_day) SELECT %s, n.id, %s "
                "FROM segment_now n WHERE TRUE ON CONFLICT (customer_id, segment_id) WHERE left_day IS NULL DO NOTHING",
                segment,
                today,
            )
        )
        run("DROP TABLE segment_now")
    return people, entered + back, left


def copy_members(of: int, to: int, today: int) -> None:
    """The members of a segment are members of another too, from ``today`` on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO segment_membership (segment_id, customer_id, entered_day) SELECT %s, m.customer_id, %s "
            "FROM segment_membership m JOIN know_customer c ON c.id = m.customer_id AND c.merged_into_id IS NULL "
            "WHERE m.segment_id = %s AND m.left_day IS NULL",
            [to, today, of],
        )


def join_cards(kept: int, gone: int, today: int) -> None:
    """In copies the card that stays stands for the one that goes; live segments are counted anew anyway."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO segment_membership (segment_id, customer_id, entered_day, came_with) "
            "SELECT m.segment_id, %s, %s, %s FROM segment_membership m "
            "JOIN segment_segment s ON s.id = m.segment_id AND NOT s.live "
            "WHERE m.customer_id = %s AND m.left_day IS NULL AND NOT EXISTS (SELECT 1 FROM segment_membership k "
            "WHERE k.segment_id = m.segment_id AND k.customer_id = %s AND k.left_day IS NULL)",
            [kept, today, gone, gone, kept],
        )


def part_cards(kept: int, gone: int) -> None:
    """What ``join_cards`` wrote is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM segment_membership WHERE customer_id = %s AND came_with = %s", [kept, gone])
