"""A condition as SQL over the card file, in words that SQLite and PostgreSQL both know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from vafa.core.calendar import day_number
from vafa.core.columns import FLAG, MONEY, SEGMENT, Catalogue, Column
from vafa.core.money import to_minor
from vafa.segment.definition import Condition, Either, Every, Test, Value, Without, tests

CUSTOMERS = "c.merged_into_id IS NULL"  # a card that became part of another is nobody


class Statement(NamedTuple):
    sql: str
    params: list[Any]


class Compiler:
    """``currency``: that of the amounts in conditions."""

    def __init__(self, catalogue: Catalogue, currency: str) -> None:
        self.catalogue = catalogue
        self.currency = currency

    def matching(self, condition: Condition, more: str = "") -> Statement:
        """The ids of all customers for whom it holds."""
        holds = self.holds(condition)
        sql = f"SELECT c.id {self._tables([condition])} WHERE {CUSTOMERS} AND {holds.sql}{more}"
        return Statement(sql, holds.params)

    def counts(self, conditions: Iterable[Condition], summed: str) -> Statement:
        """How many customers there are, for how many each of the conditions holds, and the sum of the column
        ``summed`` over those for whom the last one holds; in one look."""
        conditions = list(conditions)
        held = [self.holds(condition) for condition in conditions]
        sums = "".join(f", SUM(CASE WHEN {one.sql} THEN 1 ELSE 0 END)" for one in held)
        worth = f", SUM(CASE WHEN {held[-1].sql} THEN {self.catalogue[summed].sql} ELSE 0 END)"
        sql = f"SELECT COUNT(*){sums}{worth} {self._tables(conditions, summed)} WHERE {CUSTOMERS}"
        return Statement(sql, [param for one in [*held, held[-1]] for param in one.params])

    def values(self, columns: Iterable[str], ids: list[int]) -> Statement:
        """The id and the values of ``columns`` of these customers."""
        chosen = [self.catalogue[name] for name in columns]
        told = "".join(f", {column.sql}" for column in chosen)
        places = ", ".join(["%s"] * len(ids))
        sql = f"SELECT c.id{told} FROM know_customer c {_joined(chosen)} WHERE c.id IN ({places})"
        return Statement(sql, list(ids))

    def _tables(self, conditions: Iterable[Condition], *more: str) -> str:
        named = [self.catalogue[test.column] for condition in conditions for test in tests(condition)]
        named += [self.catalogue[name] for name in more]
        return f"FROM know_customer c {_joined(named)}"

    def holds(self, condition: Condition) -> Statement:
        """Two-valued: what is not known fulfils no comparison."""
        match condition:
            case Test():
                return self._test(condition)
            case Without(part):
                inner = self.holds(part)
                return Statement(f"NOT ({inner.sql})", inner.params)
            case Every(parts):
                return self._joined(parts, " AND ")
            case Either(parts):
                return self._joined(parts, " OR ")

    def _joined(self, parts: Iterable[Condition], word: str) -> Statement:
        inner = [self.holds(part) for part in parts]
        return Statement("(" + word.join(one.sql for one in inner) + ")", [p for one in inner for p in one.params])

    def _test(self, test: Test) -> Statement:
        column = self.catalogue[test.column]
        values = [self._value(column, value) for value in test.values]
        if column.kind == SEGMENT:
            return Statement("(" + " OR ".join([column.sql] * len(values)) + ")", values)
        match test.op:
            case "known":
                return Statement(f"({column.sql} IS NOT NULL)", [])
            case "in":
                return Statement(f"COALESCE({column.sql} IN ({', '.join(['%s'] * len(values))}), FALSE)", values)
            case "between":
                return Statement(f"COALESCE({column.sql} BETWEEN %s AND %s, FALSE)", values)
            case "=" if column.kind == FLAG:
                return Statement(f"COALESCE({column.sql}, FALSE)", [])
        return Statement(f"COALESCE({column.sql} {test.op} %s, FALSE)", values)

    def _value(self, column: Column, value: Value) -> Any:
        match value:
            case date():
                return day_number(value)
            case Decimal() if column.kind == MONEY:
                return to_minor(format(value, "f"), self.currency)
            case Decimal():
                return int(value) if value == int(value) else float(value)
        return value


def _joined(columns: Iterable[Column]) -> str:
    return " ".join(dict.fromkeys(join for column in columns for join in column.joins))
