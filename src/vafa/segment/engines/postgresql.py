"""PostgreSQL: the same SQL in the database of a larger shop; receipts are copied into temporary tables."""

from __future__ import annotations

import os
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from vafa.segment.engines import Source
from vafa.segment.engines.translated import Translated, translated


class PostgreSQL(Translated):
    dialect = "postgres"

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)

    def ask(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        cursor = self._connection.execute(translated(query, self.dialect).encode())
        return [column.name for column in cursor.description or ()], cursor.fetchall()

    def keep(self, name: str, query: str, *, table: bool) -> None:
        kind = "table" if table else "view"
        self._connection.execute(f"drop {kind} if exists pg_temp.{name}".encode())
        self._connection.execute(f"create temp {kind} {name} as {query}".encode())
        if table:
            self._connection.execute(f"analyze {name}".encode())

    def register(self, name: str, table: pa.Table) -> None:
        columns = ", ".join(f"{field.name} {_type(field.type)}" for field in table.schema)
        self._connection.execute(f"drop table if exists pg_temp.{name}".encode())
        self._connection.execute(f"create temp table {name} ({columns})".encode())
        with self._connection.cursor().copy(f"copy {name} from stdin".encode()) as copy:
            for batch in table.to_batches():
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    copy.write_row(row)

    def close(self) -> None:
        self._connection.close()


def _type(kind: pa.DataType) -> str:
    if pa.types.is_int64(kind):
        return "bigint"
    if pa.types.is_integer(kind):
        return "integer"
    if pa.types.is_timestamp(kind):
        return "timestamptz"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_floating(kind):
        return "double precision"
    return 'text collate "C"'  # bytewise, as everywhere


def opened(source: Source) -> PostgreSQL:
    """At the address in ``DATABASE_URL``."""
    engine = PostgreSQL(os.environ["DATABASE_URL"])
    engine.register("source", source if isinstance(source, pa.Table) else pq.read_table([str(p) for p in source]))
    return engine
