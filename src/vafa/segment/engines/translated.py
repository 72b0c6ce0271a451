"""An engine that is told in its own dialect what the methods say in DuckDB's."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import sqlglot
from sqlglot import exp


def translated(sql: str, dialect: str, places: Mapping[str, Any] | None = None) -> str:
    """One statement in ``dialect`` (sqlglot's name), with the values of ``places`` in their ``$`` places."""
    return _told(_parsed(sql), dialect, places or {})


@cache
def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read="duckdb")


def _told(statement: exp.Expr, dialect: str, places: Mapping[str, Any]) -> str:
    def filled(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Parameter | exp.Placeholder):
            return exp.convert(places[node.name])
        return node

    return statement.transform(filled).sql(dialect, comments=False)


@dataclass
class Found:
    """A query that is asked, once, when its rows are wanted."""

    engine: Translated
    query: str  # in DuckDB's words

    @cached_property
    def _asked(self) -> tuple[list[str], list[tuple[Any, ...]]]:
        return self.engine.ask(self.query)

    @property
    def columns(self) -> list[str]:
        return self._asked[0]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(map(_plain, row)) for row in self._asked[1]]

    def to_arrow_table(self) -> pa.Table:
        return self.engine.arrow(self.query)

    def order(self, by: str) -> Found:
        return Found(self.engine, f"select * from ({self.query}) as found order by {by}")


class Translated(ABC):
    """The surface of ``Engine`` over four acts that each engine does in its own way."""

    dialect = ""
    missing: Mapping[str, str] = MappingProxyType({})  # kinds of the shelf that it can't count, and why

    @abstractmethod
    def ask(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Names of the columns and the rows of a select in DuckDB's words."""

    def arrow(self, query: str) -> pa.Table:
        """What a select in DuckDB's words gives, as a table."""
        names, rows = self.ask(query)
        return pa.table({name: [_plain(row[place]) for row in rows] for place, name in enumerate(names)})

    @abstractmethod
    def keep(self, name: str, query: str, *, table: bool) -> None:
        """Keep what a select (in the engine's own words) gives under ``name``: as a table, or as a view."""

    @abstractmethod
    def register(self, name: str, table: pa.Table) -> None:
        """Put a table in under ``name``."""

    @abstractmethod
    def close(self) -> None: ...

    def execute(self, sql: str, places: Mapping[str, Any] | None = None) -> Found:
        statement = _parsed(sql)
        if not isinstance(statement, exp.Create):
            filled = _told(statement, "duckdb", places or {})
            return Found(self, filled)
        query = statement.expression
        self.keep(statement.this.name, _told(query, self.dialect, places or {}), table=statement.kind == "TABLE")
        return Found(self, f"select * from {statement.this.name}")

    def sql(self, sql: str) -> Found:
        return Found(self, sql)

    def table(self, name: str) -> Found:
        return Found(self, f"select * from {name}")


def _plain(value: Any) -> Any:
    """A whole number is an int whatever the engine sums in."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value
