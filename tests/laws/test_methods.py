"""What holds for every method of the sieve: its examples, its places, and a total order in every window."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from vafa.core.calendar import day_number, month_number
from vafa.core.frame import GOODS, RECEIPTS
from vafa.segment.methods import METHODS
from vafa.segment.running import Example, Result, open_receipts

ORDER = ("customer_id", "day", "cohort", "month", "percent", "product", "other", "trait", "kind", "value", "name")
EXAMPLES = [(kind, n) for kind in METHODS for n in range(len(METHODS[kind].EXAMPLES))]


def receipts(example: Example, turned: bool) -> pa.Table:
    columns: list[list[Any]] = [[] for _ in RECEIPTS]
    for n, (customer, text, amount) in enumerate(example.receipts[:: -1 if turned else 1]):
        when = day_number(date.fromisoformat(text))
        row = (customer, str(n), when * 86_400_000_000, when, month_number(when), int(amount >= 0), amount, None)
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, RECEIPTS, strict=True)], schema=RECEIPTS)


def goods(example: Example, turned: bool) -> pa.Table:
    rows = [(*row, None)[: len(GOODS)] for row in example.goods[:: -1 if turned else 1]]
    columns = zip(*rows, strict=True) if rows else [()] * len(GOODS)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, GOODS, strict=True)], schema=GOODS)


def computed(kind: str, example: Example, turned: bool = False, engine: str = "duckdb") -> list[dict[str, Any]]:
    as_of = day_number(date.fromisoformat(example.as_of)) if example.as_of else None
    source, bought = receipts(example, turned), goods(example, turned)
    ground, as_of = open_receipts(source, calendar="gregorian", as_of=as_of, goods=bought)
    for needed in METHODS[kind].NEEDS:
        given = {"as_of": as_of} if needed == "summary" else {}
        METHODS[needed].compute(ground, METHODS[needed].Params(**given))
    connection = ground
    if engine != "duckdb":
        connection, _as_of = open_receipts(source, calendar="gregorian", as_of=as_of, engine=engine, goods=bought)
        for needed in METHODS[kind].NEEDS:
            connection.register(needed, ground.table(needed).to_arrow_table())
    given = {"as_of": as_of} if kind == "summary" else {}
    relation: Result = METHODS[kind].compute(connection, METHODS[kind].Params(**given, **example.params))
    names = relation.columns
    order = [c for c in ORDER if c in names]
    if order:
        relation = relation.order(", ".join(f"{c} nulls last" for c in order))
    rows = [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
    connection.close()
    return rows


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("kind", "n"), EXAMPLES)
def test_an_example_gives_its_rows_in_any_order_of_receipts(kind: str, n: int, turned: bool) -> None:
    example = METHODS[kind].EXAMPLES[n]
    found = computed(kind, example, turned)
    assert len(found) == len(example.rows)
    for row, expected in zip(found, example.rows, strict=True):
        assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize(("kind", "n"), EXAMPLES)
def test_every_row_explains_itself_in_one_line(kind: str, n: int) -> None:
    for row in computed(kind, METHODS[kind].EXAMPLES[n]):
        text = METHODS[kind].explain(row)
        assert text.endswith(".")
        assert "%(" not in text
        assert "\n" not in text


@pytest.mark.parametrize("kind", METHODS)
def test_the_places_of_the_sql_are_the_fields_of_params(kind: str) -> None:
    module = METHODS[kind]
    sql = Path(module.__file__).with_suffix(".sql").read_text("utf-8")
    code = re.sub(r"--.*", "", sql)
    assert set(re.findall(r"\$(\w+)", code)) == {field.name for field in dataclasses.fields(module.Params)}
    read = set(re.findall(r"\b(?:from|join)\s+(\w+)", code)) & set(METHODS)
    assert read <= set(module.NEEDS)


@pytest.mark.parametrize("kind", METHODS)
def test_windows_over_customers_have_a_total_order(kind: str) -> None:
    sql = Path(METHODS[kind].__file__).with_suffix(".sql").read_text("utf-8")
    for window in re.findall(r"over\s*\(([^)]*order by[^)]*)\)", sql):
        order = window.partition("order by")[2].split(" rows ")[0].strip()
        ends = ("customer_id", "product", "other", "value")  # each alone names a row of what the window looks at
        assert order.endswith(ends) or order == "gap", f"{kind}: {order}"


def test_methods_come_after_what_they_need() -> None:
    kinds = list(METHODS)
    for kind in kinds:
        assert all(kinds.index(needed) < kinds.index(kind) for needed in METHODS[kind].NEEDS)
