"""A definition as rows of a form: a column, how it is compared, with what; each row joins those above it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from vafa.core.columns import CHOICE, DAY, FLAG, MONEY, SEGMENT, SHARE, TEXT, Catalogue, Column
from vafa.core.identity import plain_digits
from vafa.segment.definition import Condition, Either, Every, Test, Value, Without

AND, OR, NOT = JOINS = ("and", "or", "not")  # “or” joins the row above it, the others begin a new part
ORDERED = (">=", "<=", ">", "<", "=", "between", "known")
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")


@dataclass(frozen=True)
class Row:
    join: str
    column: str
    op: str
    values: tuple[str, ...] = ()  # as people write them: shares in percent, amounts in major units


def ops(column: Column) -> tuple[str, ...]:
    """How a column can be compared in a row."""
    match column.kind:
        case "flag":
            return ("=",)
        case "choice" | "segment" | "text":
            return ("in",)
    return ORDERED


def places(op: str) -> int:
    """How many values a comparison of something with an order needs."""
    return {"known": 0, "between": 2}.get(op, 1)


def fresh(column: Column, join: str, today: date) -> Row:
    """A row to begin with."""
    first = next(iter(column.choices), "")
    begun = {
        FLAG: Row(join, column.name, "="),
        CHOICE: Row(join, column.name, "in", (first,)),
        SEGMENT: Row(join, column.name, "in", (first,)),
        TEXT: Row(join, column.name, "in", ("",)),
        DAY: Row(join, column.name, ">=", ((today - timedelta(days=90)).isoformat(),)),
        MONEY: Row(join, column.name, ">=", ("100",)),
        SHARE: Row(join, column.name, ">=", ("50",)),
    }
    return begun.get(column.kind, Row(join, column.name, ">=", ("2",)))


def rows_of(condition: Condition, catalogue: Catalogue) -> list[Row] | None:
    """The rows that say the same; None where rows can't: it is nested more deeply."""
    rows: list[Row] = []
    for part in condition.parts if isinstance(condition, Every) else (condition,):
        inner, join = (part.part, NOT) if isinstance(part, Without) else (part, AND)
        for test in inner.parts if isinstance(inner, Either) else (inner,):
            if not isinstance(test, Test):
                return None
            rows.append(_row(test, join, catalogue[test.column]))
            join = OR
    return rows


def _row(test: Test, join: str, column: Column) -> Row:
    values = tuple(_shown(column, value) for value in test.values)
    if column.kind == FLAG and test.op == "=":
        values = ()
    op = "in" if test.op == "=" and "in" in ops(column) else test.op
    return Row(join, column.name, op, values)


def _shown(column: Column, value: Value) -> str:
    if isinstance(value, Decimal):
        value = value * 100 if column.kind == SHARE else value
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def text_of(rows: Sequence[Row], catalogue: Catalogue) -> str:
    """The definition that the rows say; what is no value of its column is refused when it is read."""
    parts = []
    for join, group in _groups(rows):
        told = [_test(row, catalogue[row.column]) for row in group]
        text = told[0] if len(told) == 1 else "(" + " OR ".join(told) + ")"
        parts.append(f"NOT {text}" if join == NOT else text)
    return " AND ".join(parts)


def _groups(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Rows that are joined by “or”, with how the first of them joins what is above."""
    group: list[Row] = []
    for row in rows:
        if group and row.join != OR:
            yield group[0].join, group
            group = []
        group.append(row)
    if group:
        yield group[0].join, group


def _test(row: Row, column: Column) -> str:
    if row.op == "known":
        return f"{column.name} IS NOT NULL"
    if column.kind == FLAG:
        return column.name
    values = [_literal(column, value) for value in row.values] or ["''"]
    if row.op == "between":
        return f"{column.name} BETWEEN {values[0]} AND {values[-1]}"
    if row.op == "in":
        return f"{column.name} = {values[0]}" if len(values) == 1 else f"{column.name} IN ({', '.join(values)})"
    return f"{column.name} {row.op} {values[0]}"


def _literal(column: Column, text: str) -> str:
    """A value as a definition writes it; a number of any digits, with or without marks between thousands."""
    if column.kind not in (CHOICE, SEGMENT, TEXT, DAY):
        plain = plain_digits(text).strip().replace("٫", ".").replace("٬", "").replace(",", "")
        if _NUMBER.fullmatch(plain):
            number: Any = Decimal(plain)
            return format(number / 100 if column.kind == SHARE else number, "f")
    return "'" + text.strip().replace("'", "''") + "'"
