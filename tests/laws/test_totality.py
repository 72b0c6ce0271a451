"""Whatever a shop's file holds, every method answers, and the order of its rows changes nothing.

Drawn: ties, one customer, one purchase, nobody known, no row at all, returns above sales, amounts up to 10^12,
moments around midnight in eight time zones, both calendars, products with and without category and brand.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
from counts import COUNTS, how
from hypothesis import given, seed
from hypothesis import strategies as st

from vafa import lab
from vafa.know.reading import Sales
from vafa.know.rollup import goods
from vafa.segment.assortment import assortment
from vafa.segment.methods import METHODS
from vafa.segment.predicting import predict
from vafa.segment.running import compute, open_receipts

ZONES = (
    "Asia/Tehran",
    "America/New_York",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Monrovia",
    "UTC",
)
START = datetime(2024, 2, 25, tzinfo=UTC)  # a leap day and both new years lie in what is drawn
PEOPLE = (None, "a", "b", "A", "10", "9", "وفا", "\U0001f600")
AMOUNTS = (0.01, 1.0, 1.0, 99.99, 100.0, 10.0**12)
NAMES = ("customer_id", "at", "kind", "amount", "product_id", "category", "brand")

moments = st.one_of(st.integers(0, 800 * 96), st.sampled_from((0, 96, 96, 96 * 366)))  # quarters of an hour
row = st.tuples(
    st.sampled_from(PEOPLE),
    moments,
    st.sampled_from(("sale", "sale", "sale", "return")),
    st.sampled_from(AMOUNTS),
    st.sampled_from((None, "tea", "sugar", "bread")),
    st.sampled_from((None, "hot", "baked")),
    st.sampled_from((None, "Ahmad")),
)
type Row = tuple[Any, ...]


def sales_of(rows: list[Row], zone: str, calendar: str) -> Sales:
    columns: dict[str, list[Any]] = {name: [] for name in ("purchase_id", *NAMES)}
    for key, who, quarter, *rest in rows:
        cells = (key, who, START + timedelta(minutes=15 * quarter), *rest)
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    types = {"at": pa.timestamp("us", tz="UTC"), "amount": pa.float64()}
    table = pa.table({name: pa.array(column, types.get(name, pa.string())) for name, column in columns.items()})
    return lab.read(table, time_zone=zone, calendar=calendar, currency="USD")


def tables(sales: Sales) -> dict[str, Any]:
    """The rows of every method of the shelf, whatever order they come in, each able to explain itself."""
    bought, told = lab.receipts(sales), goods(sales.lines)
    found: dict[str, Any] = {}
    for kind in METHODS:
        connection, day = open_receipts(bought, calendar=sales.calendar, as_of=None, goods=told)
        compute(connection, METHODS, kind, day)
        table = connection.table(kind).to_arrow_table()
        connection.close()
        for one in table.slice(0, 3).to_pylist():
            assert METHODS[kind].explain(one)
        found[kind] = sorted(map(repr, table.to_pylist()))
    return found


def documents(sales: Sales) -> dict[str, Any]:
    """What the whole analysis, the forecast and the assortment say."""
    analysis = lab.analyse(sales)
    found: dict[str, Any] = {"analysis": analysis.as_json(), "standings": analysis.standings.to_pylist()}
    bought, told = lab.receipts(sales), goods(sales.lines)
    if told is not None:
        found["assortment"] = assortment(bought, told, calendar=sales.calendar, as_of=analysis.as_of).as_json()
    ahead = predict(bought, currency="USD", calendar=sales.calendar, as_of=analysis.as_of, margin=None)
    found["ahead"] = ahead.as_json()
    return found


def stable(of: Callable[[Sales], Any], rows: list[Row], zone: str, calendar: str, chance: int) -> bool:
    named = [(f"p{n}", *one) for n, one in enumerate(rows)]
    turned = random.Random(chance).sample(named, len(named))
    return bool(of(sales_of(named, zone, calendar)) == of(sales_of(turned, zone, calendar)))


drawn = given(
    st.lists(row, max_size=25), st.sampled_from(ZONES), st.sampled_from(("gregorian", "jalali")), st.integers(0, 99)
)


def test_every_method_answers_and_its_rows_have_no_order() -> None:
    @seed(5)
    @how(COUNTS.orders)
    @drawn
    def law(rows: list[Row], zone: str, calendar: str, chance: int) -> None:
        assert stable(tables, rows, zone, calendar, chance)

    law()


def test_analysis_forecast_and_assortment_answer_whatever_is_told() -> None:
    @seed(6)
    @how(COUNTS.orders)
    @drawn
    def law(rows: list[Row], zone: str, calendar: str, chance: int) -> None:
        assert stable(documents, rows, zone, calendar, chance)

    law()


def test_a_planted_look_at_the_order_of_rows_is_seen() -> None:
    rows: list[Row] = [("a", 0, "sale", float(n), None, None, None) for n in range(1, 20)]
    assert not stable(lambda sales: sales.lines["amount"][0].as_py(), rows, "UTC", "gregorian", 1)
