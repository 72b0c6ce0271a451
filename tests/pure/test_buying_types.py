"""Buying types on real groceries, counted a second time by a plain loop."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from vafa.know.reading import Reading, read_sales
from vafa.know.reading import receipts as roll_up
from vafa.know.rollup import goods
from vafa.segment.analysis import analyse


def plain(rows: list[dict[str, Any]], lapsed: dict[str, bool], days: dict[str, list[int]]) -> dict[str, str]:
    """By the rules of docs/formulas.md, a customer at a time."""
    bought: dict[str, dict[tuple[int, str], int]] = defaultdict(lambda: defaultdict(int))
    cheap: dict[str, int] = defaultdict(int)
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        bought[row["customer_id"]][row["day"], row["product"]] += row["amount"]
        cheap[row["customer_id"]] += row["amount"] if row["cheaper"] else 0
        if row["category"]:
            kinds[row["customer_id"]].add(row["category"])
    whole = sum(cheap.values()) / sum(sum(things.values()) for things in bought.values())
    found = {}
    for who, seen in days.items():
        gaps = [b - a for a, b in itertools.pairwise(seen)]
        mean = sum(gaps) / len(gaps) if gaps else 0
        regular = len(gaps) >= 2 and sum((gap - mean) ** 2 for gap in gaps) / len(gaps) <= mean * mean + 1e-9
        things = bought[who]
        if len(seen) < 3 or not things:
            found[who] = "unclear"
            continue
        again = 1 - len({product for _day, product in things}) / len(things)
        paid = sum(things.values())
        share = cheap[who] / paid if paid > 0 else 0
        if share >= 0.5 and share >= 1.5 * whole:
            found[who] = "discount_hunter"
        elif len(seen) >= 6 and regular and not lapsed[who] and again >= 0.3 and len(kinds[who]) >= 3:
            found[who] = "loyal"
        else:
            found[who] = "need_driven" if again >= 0.3 or regular else "wanderer"
    return found


def test_a_plain_loop_says_the_same_of_the_complete_journey(complete_journey: Path) -> None:
    sales = read_sales(complete_journey, Reading())
    bought, receipts = goods(sales.lines), roll_up(sales.lines, sales.calendar)
    assert bought is not None
    found = analyse(receipts, currency="USD", goods=bought)
    columns = found.standings.select(["customer_id", "lapsed", "buying_type"]).to_pylist()
    days: dict[str, list[int]] = defaultdict(list)
    for who, day in sorted(set(zip(receipts["customer_id"].to_pylist(), receipts["day"].to_pylist(), strict=True))):
        days[who].append(day)
    wanted = plain(bought.to_pylist(), {row["customer_id"]: row["lapsed"] for row in columns}, days)
    assert {row["customer_id"]: row["buying_type"] for row in columns} == wanted
    assert found.buying_types is not None
    assert {kind: part.customers for kind, part in found.buying_types.items()} == Counter(wanted.values())
    assert found.as_json()["buying_types"]["discount_hunter"] == 40


def test_without_products_there_is_no_such_key(cdnow: Path) -> None:
    sales = read_sales(cdnow, Reading())
    assert goods(sales.lines) is None
    found = analyse(roll_up(sales.lines, sales.calendar), currency="USD")
    assert "buying_types" not in found.as_json()
    assert set(found.standings["buying_type"].to_pylist()) == {None}
