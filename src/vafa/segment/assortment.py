"""What is bought: products by volume and steadiness, what goes well with what, how the best buy, who buys like them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vafa.segment.methods import METHODS, affinity, summary
from vafa.segment.running import Engine, Source, open_receipts

CELLS = tuple(abc + xyz for abc in "ABC" for xyz in "XYZN")
MARKS = 12  # traits of a portrait that are told on each side
SURE = 4.0  # standard errors from which on a trait is told: among ten thousand less than one by chance
SEEN = 0.01  # on fewer of the days, of the best and of others, a trait is too rare to tell
_KINDS = ("days", "summary", "products", "pairs", "affinity", "traits", "portrait", "lookalikes")


@dataclass(frozen=True)
class Assortment:
    """Tables as their methods give them. ``products``: by sales, the largest first; ``pairs``: the surest first;
    ``portrait``: what the best show more often, then less often, ``MARKS`` each; ``alike``: who shows half of
    their marks at least; ``names``: ``kind, name, customers, days`` of categories and brands that somebody leans to."""

    products: pa.Table
    pairs: pa.Table
    portrait: pa.Table
    alike: pa.Table
    names: pa.Table

    def cells(self) -> Mapping[str, tuple[int, int]]:
        """How many products each cell holds, and their sales in minor units."""
        found = dict.fromkeys(CELLS, (0, 0))
        for row in self.products.select(["abc", "xyz", "amount"]).to_pylist():
            count, amount = found[row["abc"] + row["xyz"]]
            found[row["abc"] + row["xyz"]] = (count + 1, amount + row["amount"])
        return found

    def as_json(self) -> dict[str, Any]:
        """Counts by cell, the twenty surest pairs, the portrait: no customer is named."""
        told = ["product", "other", "together", "share", "lift", "least_lift"]
        return {
            "cells": {cell: count for cell, (count, _amount) in self.cells().items()},
            "pairs": self.pairs.slice(0, 20).select(told).to_pylist(),
            "portrait": self.portrait.to_pylist(),
            "alike": self.alike.num_rows,
        }


def assortment(
    receipts: Source, goods: Source, *, calendar: str, as_of: int | None, engine: str = "duckdb"
) -> Assortment:
    """What of ``goods`` (``core.frame.GOODS``) known customers bought until the end of the day ``as_of``."""
    connection = _computed(receipts, goods, calendar, as_of, engine)
    try:
        told = f"(best_share >= {SEEN} or other_share >= {SEEN})"
        portrait = " union all ".join(
            f"select * from (select * from portrait where {sign} >= {SURE} and {told} "
            f"order by {sign} desc, trait, value limit {MARKS}) as {side}"
            for sign, side in (("z", "more"), ("-z", "less"))
        )
        return Assortment(
            _table(connection, "select * from products order by amount desc, product"),
            _table(connection, "select * from pairs where product < other order by least_lift desc, product, other"),
            _table(connection, portrait),
            _table(
                connection,
                "select * from lookalikes where 2 * alike >= of_marks order by alike desc, of_days desc, customer_id",
            ),
            _table(
                connection,
                "select kind, name, count(*) as customers, cast(sum(days) as bigint) as days from affinity "
                "group by kind, name order by customers desc, kind, name",
            ),
        )
    finally:
        connection.close()


def fans(receipts: Source, goods: Source, *, calendar: str, as_of: int | None, kind: str, name: str) -> pa.Table:
    """Who takes a category or a brand most often, the strongest first; columns of ``methods.affinity``."""
    connection, _day = open_receipts(receipts, calendar=calendar, as_of=as_of, goods=goods)
    try:
        found = affinity.compute(connection).to_arrow_table()
    finally:
        connection.close()
    return found.filter((pc.field("kind") == kind) & (pc.field("name") == name)).sort_by("fan")


def _computed(receipts: Source, goods: Source, calendar: str, as_of: int | None, engine: str) -> Engine:
    connection, as_of = open_receipts(receipts, calendar=calendar, as_of=as_of, engine=engine, goods=goods)
    for kind in _KINDS:
        params = (summary.Params(as_of=as_of),) if kind == "summary" else ()
        METHODS[kind].compute(connection, *params)
    return connection


def _table(connection: Engine, query: str) -> pa.Table:
    return connection.sql(query).to_arrow_table()
