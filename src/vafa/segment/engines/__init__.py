"""Who runs the SQL of the methods: DuckDB here, Spark beyond one machine, PostgreSQL and SQLite where the data are.

An engine has DuckDB's own small surface (``Engine``), so DuckDB's connection is one as it is. The others are
``Translated``: sqlglot puts the statement into their words, places filled in. Every engine gives the same
rows; what one can't is listed in its ``missing`` with the reason, and ``tests/laws/test_engines.py`` holds both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from vafa.core.errors import Question
from vafa.core.words import gettext_noop as _

type Source = pa.Table | Sequence[Path]
ENGINES = ("duckdb", "spark", "postgresql", "sqlite")  # each a module of this folder
MANY = 500_000  # receipts; with fewer, handing work round costs what it brings


class Result(Protocol):
    """Rows that a statement gave."""

    @property
    def columns(self) -> list[str]: ...
    def fetchall(self) -> list[tuple[Any, ...]]: ...
    def to_arrow_table(self) -> pa.Table: ...
    def order(self, by: str, /) -> Result: ...


class Engine(Protocol):
    """What runs SQL: a DuckDB connection, or something that does as much of one.

    Understood are ``create [or replace] temp table|view … as select`` and ``select``, with ``$name`` places.
    """

    def execute(self, sql: str, places: Mapping[str, Any] | None = None, /) -> Any: ...
    def register(self, name: str, table: pa.Table, /) -> Any: ...
    def sql(self, sql: str, /) -> Any: ...
    def table(self, name: str, /) -> Any: ...
    def close(self) -> None: ...


def opened(name: str, source: Source) -> Engine:
    """The engine called ``name`` with ``source`` in it: receipts as a table, or Parquet files of them.

    A Question where there is no such engine, or what it needs is not installed.
    """
    if name not in ENGINES:
        raise Question(
            "bad_engine",
            _("The engine “%(name)s” can't be used here."),
            _("Use one of: %(names)s."),
            name=name[:20],
            names=", ".join(ENGINES),
        )
    engine: Engine = import_module(f"vafa.segment.engines.{name}").opened(source)
    return engine


def missing(engine: Engine) -> Mapping[str, str]:
    """Kinds of the shelf that ``engine`` can't count as the others do, and why."""
    found: Mapping[str, str] = getattr(engine, "missing", {})
    return found


def count(source: Source) -> int:
    """How many receipts ``source`` holds."""
    return source.num_rows if isinstance(source, pa.Table) else sum(pq.read_metadata(file).num_rows for file in source)
