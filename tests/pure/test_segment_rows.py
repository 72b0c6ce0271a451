"""A definition in rows says what it says as text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vafa.core.columns import CHOICE, DAY, FLAG, MONEY, NUMBER, SEGMENT, SHARE, TEXT, Column
from vafa.core.errors import Refusal
from vafa.segment.definition import parse
from vafa.segment.rows import AND, JOINS, OR, Row, fresh, ops, places, rows_of, text_of

COLUMNS = {
    column.name: column
    for column in (
        Column("purchases", "purchases", NUMBER, "s.purchases"),
        Column("revenue", "sales", MONEY, "s.revenue"),
        Column("p_alive", "chance", SHARE, "s.p_alive"),
        Column("last_day", "last", DAY, "s.last_day"),
        Column("late", "late", FLAG, "s.late"),
        Column("rung", "rung", CHOICE, "s.rung", choices={"buyer": "Buyer", "client": "Client"}),
        Column("customer_id", "number", TEXT, "c.code"),
        Column("segment", "segment", SEGMENT, "…", choices={"it's": "It's", "often": "Often"}),
    )
}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("purchases >= 4", [Row(AND, "purchases", ">=", ("4",))]),
        ("NOT late", [Row("not", "late", "=")]),
        ("p_alive < 0.075", [Row(AND, "p_alive", "<", ("7.5",))]),
        ("revenue BETWEEN 9.50 AND 100", [Row(AND, "revenue", "between", ("9.5", "100"))]),
        ("last_day >= DATE '2026-11-01'", [Row(AND, "last_day", ">=", ("2026-11-01",))]),
        ("rung = 'buyer'", [Row(AND, "rung", "in", ("buyer",))]),
        ("rung NOT IN ('client', 'buyer')", [Row("not", "rung", "in", ("client", "buyer"))]),
        ("usual IS NULL", None),
        ("purchases IS NOT NULL", [Row(AND, "purchases", "known")]),
        ("segment = 'it''s'", [Row(AND, "segment", "in", ("it's",))]),
        (
            "(late OR purchases > 3) AND NOT (rung = 'buyer' OR revenue < 5)",
            [
                Row(AND, "late", "="),
                Row(OR, "purchases", ">", ("3",)),
                Row("not", "rung", "in", ("buyer",)),
                Row(OR, "revenue", "<", ("5",)),
            ],
        ),
        ("late OR (purchases > 3 AND rung = 'buyer')", None),
        ("late OR NOT rung = 'buyer'", None),
        ("NOT (late AND purchases > 3)", None),
    ],
)
def test_a_definition_becomes_rows_where_rows_can_say_it(text, rows):
    if "usual" in text:
        with pytest.raises(Refusal):
            parse(text, COLUMNS)
        return
    condition = parse(text, COLUMNS)
    assert rows_of(condition, COLUMNS) == rows
    if rows is not None:
        assert parse(text_of(rows, COLUMNS), COLUMNS) == condition


def _value(column):
    match column.kind:
        case "number":
            return st.integers(-(10**6), 10**6).map(str)
        case "money" | "share":
            return st.decimals(0, 10**6, places=2).map(lambda number: format(number.normalize(), "f"))
        case "day":
            return st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        case "text":
            return st.text("ab' \"\\%é", min_size=1, max_size=5).map(str.strip)
    return st.sampled_from(sorted(column.choices))


@st.composite
def some_rows(draw):
    made = []
    for n in range(draw(st.integers(1, 6))):
        column = draw(st.sampled_from(list(COLUMNS.values())))
        op = draw(st.sampled_from(ops(column)))
        join = draw(st.sampled_from(JOINS)) if n else draw(st.sampled_from((AND, "not")))
        count = 0 if column.kind == FLAG else 1 if column.kind == TEXT else places(op)
        values = [draw(_value(column)) for _n in range(count)]
        if op == "in" and column.choices:
            values = draw(st.lists(_value(column), min_size=1, max_size=2, unique=True))
        made.append(Row(join, column.name, op, tuple(values)))
    return made


@given(some_rows())
def test_rows_that_are_written_and_read_again_are_the_same(rows):
    condition = parse(text_of(rows, COLUMNS), COLUMNS)
    again = rows_of(condition, COLUMNS)
    assert again is not None
    assert parse(text_of(again, COLUMNS), COLUMNS) == condition
    assert [(row.join, row.column, row.op, len(row.values)) for row in again] == [
        (row.join, row.column, row.op, len(row.values)) for row in rows
    ]


@pytest.mark.parametrize("column", COLUMNS.values(), ids=lambda column: column.name)
def test_a_fresh_row_can_be_read(column):
    row = fresh(column, AND, date(2026, 11, 20))
    parse(text_of([row], COLUMNS), COLUMNS)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("۱۲", "12"),
        ("1,200", "1200"),
        ("۱٬۲۰۰٫۵", "1200.5"),
        (" 7 ", "7"),
        ("many", "'many'"),
        ("1 OR late", "'1 OR late'"),
    ],
)
def test_what_is_typed_stays_a_value(typed, text):
    assert text_of([Row(AND, "purchases", ">=", (typed,))], COLUMNS) == f"purchases >= {text}"
