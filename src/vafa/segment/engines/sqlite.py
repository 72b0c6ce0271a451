"""SQLite: the same SQL in the library that every Python has. For proof and for small files, not for speed."""

from __future__ import annotations

import sqlite3
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vafa.segment.engines import Source
from vafa.segment.engines.translated import Translated, translated


class SQLite(Translated):
    dialect = "sqlite"
    missing = MappingProxyType(
        {
            "abc_xyz": "squares of monthly sums need more than the 64 bits of SQLite's integers",
            "lateness": "it reads abc_xyz",
        }
    )

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")

    def ask(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        cursor = self._connection.execute(translated(query, self.dialect))
        return [column[0] for column in cursor.description], cursor.fetchall()

    def keep(self, name: str, query: str, *, table: bool) -> None:
        kind = "table" if table else "view"
        self._connection.execute(f"drop {kind} if exists temp.{name}")
        self._connection.execute(f"create temp {kind} {name} as {query}")

    def register(self, name: str, table: pa.Table) -> None:
        columns = ", ".join(f"{field.name} {_affinity(field.type)}" for field in table.schema)
        self._connection.execute(f"drop table if exists temp.{name}")
        self._connection.execute(f"create temp table {name} ({columns})")
        cells = [_plain(column).to_pylist() for column in table.columns]
        places = ", ".join("?" * table.num_columns)
        self._connection.executemany(f"insert into {name} values ({places})", zip(*cells, strict=True))

    def close(self) -> None:
        self._connection.close()


def _affinity(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        return "integer"
    return "real" if pa.types.is_floating(kind) else "text"


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as whole numbers, as they stand in Arrow."""
    return column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column


def opened(source: Source) -> SQLite:
    engine = SQLite()
    engine.register("source", source if isinstance(source, pa.Table) else pq.read_table([str(p) for p in source]))
    return engine
