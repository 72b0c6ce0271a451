"""Many rows at once, through whatever connection a room holds (SQLite or PostgreSQL).

Django's ``bulk_create`` builds an object a row; a file of a million lines can't pay for that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import batched, chain
from typing import Any

CHUNK = 900  # SQLite's limit of places in one statement is 999 in older builds
FEW = 50  # values for which PostgreSQL's COPY is a round trip too many; the driver reads longer statements anew
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
        if len(rows) * len(columns) <= FEW:
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
    """Insert rows of numbers, texts or bytes told column by column; a column that is null in every row isn't named."""
    count = len(next(iter(columns.values())))
    if not count:
        return
    told = {name: values for name, values in columns.items() if values.count(None) < count}
    connection.ensure_connection()
    if is_postgres(connection) and count * len(told) <= FEW:
        insert(connection, table, list(told), list(zip(*told.values(), strict=True)))
        return
    if is_postgres(connection):
        copied = f"COPY {table} ({', '.join(told)}) FROM STDIN (FORMAT csv)"
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(copied) as copy:
            copy.write(_as_text(told))
        return
    names, width, together = ", ".join(told), len(told), _together(connection, len(told))
    with connection.wrap_database_errors:
        for start in range(0, count, together):
            size = min(together, count - start)
            flat: list[Any] = [None] * (size * width)
            for place, values in enumerate(told.values()):
                flat[place::width] = values[start : start + size]
            connection.connection.execute(_inserting(table, names, width, size), flat)


def _as_text(columns: Mapping[str, Sequence[Any]]) -> Any:
    """Rows as PostgreSQL's CSV, outside Python's lock: with a million lines the driver's own way takes seconds."""
    import pyarrow as pa  # the till does without it
    from pyarrow import csv

    text = pa.BufferOutputStream()
    table = pa.table({name: pa.array(_plain(values)) for name, values in columns.items()})
    csv.write_csv(table, text, csv.WriteOptions(include_header=False))
    return text.getvalue()


def _plain(values: Sequence[Any]) -> Sequence[Any]:
    """Bytes in PostgreSQL's own writing."""
    if not isinstance(next(value for value in values if value is not None), bytes):
        return values
    return [None if value is None else f"\\x{value.hex()}" for value in values]


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


def execute_rows(connection: Any, sql: str, rows: Iterable[Sequence[Any]], types: str = "") -> list[tuple[Any, ...]]:
    """Run ``sql``, in which ``VALUES {}`` stands for rows, once for many rows; what it returns, if anything.

    A round trip a row costs more. ``types``: PostgreSQL's, one a column, for rows that may be very many.
    """
    found: list[tuple[Any, ...]] = []
    rows = rows if isinstance(rows, Sequence) else list(rows)
    if not rows:
        return found
    if types and is_postgres(connection) and len(rows) * len(rows[0]) > FEW:
        arrays = ", ".join(f"%s::{kind}[]" for kind in types.split())
        with connection.cursor() as cursor:
            told = sql.replace("VALUES {}", f"SELECT * FROM unnest({arrays})")
            cursor.execute(told, [list(column) for column in zip(*rows, strict=True)])
            return list(cursor.fetchall()) if cursor.description else []
    for part in batched(rows, PLACES // 10):
        places = ", ".join(["(" + ", ".join(["%s"] * len(part[0])) + ")"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(sql.format(places), list(chain.from_iterable(part)))
            if cursor.description:
                found += cursor.fetchall()
    return found


def select_in(connection: Any, sql: str, values: Iterable[Any], before: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of ``sql``, in which ``{}`` stands for a list of places, over any number of values."""
    found: list[tuple[Any, ...]] = []
    pending = list(values)
    with connection.cursor() as cursor:
        if is_postgres(connection) and len(pending) > FEW:  # one array: the driver has a tenth of the work
            kind = "bigint" if isinstance(pending[0], int) else "text"
            cursor.execute(sql.format(f"SELECT unnest(%s::{kind}[])"), [*before, pending])
            return list(cursor.fetchall())
        for start in range(0, len(pending), CHUNK):
            part = pending[start : start + CHUNK]
            cursor.execute(sql.format(", ".join(["%s"] * len(part))), [*before, *part])
            found += cursor.fetchall()
    return found


def objects(
    connection: Any, model: Any, where: str, values: Sequence[Any] = (), among: Iterable[Any] | None = None
) -> list[Any]:
    """The model's objects ``where`` holds; in it ``{}`` stands for the places of ``among``.

    For what is read with every purchase: the ORM takes longer to write such a statement than it takes to ask it.
    """
    sql = f"SELECT {columns(model, 't')} FROM {model._meta.db_table} t WHERE {where}"
    if among is not None:
        rows = select_in(connection, sql, among, values)
    else:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = cursor.fetchall()
    return [an_object(connection, model, row) for row in rows]


def columns(model: Any, of: str) -> str:
    """The columns of a model, as ``an_object`` reads them; ``of``: the table's name in the statement."""
    return ", ".join(f"{of}.{field.column}" for field in model._meta.concrete_fields)


def an_object(connection: Any, model: Any, row: Sequence[Any]) -> Any:
    """A row of ``columns`` as the model's object, or None where there is none."""
    names, key, turning = _readings.get((connection.vendor, model)) or _reading(connection, model)
    if row[key] is None:
        return None
    values = list(row)
    for place, turn, column in turning:
        values[place] = turn(values[place], column, connection)
    return model.from_db(connection.alias, names, values)


_Reading = tuple[list[str], int, list[tuple[int, Any, Any]]]
_readings: dict[tuple[str, Any], _Reading] = {}


def _reading(connection: Any, model: Any) -> _Reading:
    """The names of a model's fields, the key's place, and what turns values that the driver gives in another form."""
    fields = model._meta.concrete_fields
    places = [(place, field.get_col(model._meta.db_table)) for place, field in enumerate(fields)]
    turning = [
        (place, turn, column)
        for place, column in places
        for turn in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
    ]
    found = [field.attname for field in fields], fields.index(model._meta.pk), turning
    return _readings.setdefault((connection.vendor, model), found)


def a_document(connection: Any, told: Any) -> Any:
    """What goes into a JSON column, as the database driver takes it in a raw statement."""
    if is_postgres(connection):
        from psycopg.types.json import Jsonb  # SQLite does without the driver

        return Jsonb(told)
    return json.dumps(told)


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
