"""Many rows at once, through whatever connection a room holds (SQLite or PostgreSQL).

Django's ``bulk_create`` builds an object a row; a file of a million lines can't pay for that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import batched, chain
from typing import Any

CHUNK = 900  # SQLite's limit of places in one statement is 999 in older builds
FEW = 20  # rows for which PostgreSQL's COPY is a round trip too many
PLACES = 30_000  # of one insert; it is cut where the build of SQLite allows fewer


def is_postgres(connection: Any) -> bool:
    return bool(connection.vendor == "postgresql")


def reserve_ids(connection: Any, table: str, count: int) -> list[int]:
    """``count`` new primary keys of ``table``, inside a writing transaction."""
    if count == 0:
        return []
    with connection.cursor() as cursor:
        if is_postgres(connection):
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        first = cursor.fetchone()[0] + 1
        return list(range(first, first + count))


def insert(connection: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows`` (values in the order of ``columns``; instants by ``instant``)."""
    rows = rows if isinstance(rows, Sequence) else list(rows)
    if not rows:
        return
    connection.ensure_connection()
    names = ", ".join(columns)
    if is_postgres(connection):
        if len(rows) <= FEW:
            execute_rows(connection, f"INSERT INTO {table} ({names}) VALUES {{}}", rows)
            return
        copied = f"COPY {table} ({names}) FROM STDIN"
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(copied) as copy:
            for row in rows:
                copy.write_row(row)
        return
    raw, together = connection.connection, _together(connection, len(columns))
    with connection.wrap_database_errors:  # rows together: half the time of one statement a row
        for part in batched(rows, together):
            raw.execute(_inserting(table, names, len(columns), len(part)), list(chain.from_iterable(part)))


def insert_columns(connection: Any, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that are told column by column; a column that is null in every row is not named at all."""
    count = len(next(iter(columns.values())))
    if not count:
        return
    told = {name: values for name, values in columns.items() if values.count(None) < count}
    if is_postgres(connection):
        insert(connection, table, list(told), zip(*told.values(), strict=True))
        return
    connection.ensure_connection()
    names, width, together = ", ".join(told), len(told), _together(connection, len(told))
    with connection.wrap_database_errors:
        for start in range(0, count, together):
            size = min(together, count - start)
            flat: list[Any] = [None] * (size * width)
            for place, values in enumerate(told.values()):
                flat[place::width] = values[start : start + size]
            connection.connection.execute(_inserting(table, names, width, size), flat)


def _together(connection: Any, width: int) -> int:
    """How many rows of ``width`` values go into one statement."""
    limit: int = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    return min(PLACES, limit) // width


@lru_cache(16)
def _inserting(table: str, names: str, width: int, rows: int) -> str:
    row = "(" + ", ".join("?" * width) + ")"
    return f"INSERT INTO {table} ({names}) VALUES " + ", ".join([row] * rows)


def execute_many(connection: Any, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement (``%s`` places) for every row."""
    if not rows:
        return
    connection.ensure_connection()
    if is_postgres(connection):
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)
    else:
        with connection.wrap_database_errors:
            connection.connection.executemany(sql.replace("%s", "?"), rows)


def execute_rows(connection: Any, sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run ``sql``, in which ``{}`` stands for rows of values, once for many rows: a round trip a row costs more."""
    for part in batched(rows, PLACES // 10):
        places = ", ".join(["(" + ", ".join(["%s"] * len(part[0])) + ")"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(sql.format(places), list(chain.from_iterable(part)))


def select_in(connection: Any, sql: str, values: Iterable[Any], before: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of ``sql``, in which ``{}`` stands for a list of places, over any number of values."""
    found: list[tuple[Any, ...]] = []
    pending = list(values)
    with connection.cursor() as cursor:
        for start in range(0, len(pending), CHUNK):
            part = pending[start : start + CHUNK]
            cursor.execute(sql.format(", ".join(["%s"] * len(part))), [*before, *part])
            found += cursor.fetchall()
    return found


def instant(connection: Any, at: datetime) -> Any:
    """An instant as the database driver takes it in a raw statement."""
    return at if is_postgres(connection) else _in_utc(at)


def instants(connection: Any, told: Iterable[datetime]) -> list[Any]:
    """Many instants as the database driver takes them."""
    return list(told) if is_postgres(connection) else list(map(_in_utc, told))


def _in_utc(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def moment(value: Any) -> datetime:
    """An instant as a raw statement gives it back: SQLite keeps no zone, and at times only text."""
    found: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)
