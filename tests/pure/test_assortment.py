"""What is bought in a year of real groceries, counted a second time by plain loops."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import permutations
from pathlib import Path
from statistics import fmean, variance
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from vafa.core.calendar import month_number
from vafa.know.reading import Reading, read_sales
from vafa.know.reading import receipts as roll_up
from vafa.know.rollup import goods
from vafa.segment.assortment import Assortment, assortment, fans
from vafa.segment.methods import METHODS, summary
from vafa.segment.running import open_receipts

type Day = tuple[str, int]
pytestmark = pytest.mark.xdist_group("assortment")  # its ground takes seconds to make


class Ground:
    """A quarter of the households: receipts, goods, and the methods' tables."""

    def __init__(self, path: Path) -> None:
        sales = read_sales(path, Reading())
        bought = goods(sales.lines)
        assert bought is not None
        self.receipts = roll_up(sales.lines, sales.calendar)
        some = {who for who in bought["customer_id"].unique().to_pylist() if int(who) % 4 == 0}
        self.goods = self._of(bought, some)
        self.receipts = self._of(self.receipts, some)
        self.rows: list[dict[str, Any]] = self.goods.to_pylist()
        self.days: dict[Day, set[str]] = defaultdict(set)
        for row in self.rows:
            self.days[row["customer_id"], row["day"]].add(row["product"])
        connection, as_of = open_receipts(self.receipts, calendar="gregorian", as_of=None, goods=self.goods)
        self.as_of = as_of
        self.found: dict[str, list[dict[str, Any]]] = {}
        for kind in ("days", "summary", "products", "pairs", "affinity", "traits", "portrait", "lookalikes"):
            params = (summary.Params(as_of=as_of),) if kind == "summary" else ()
            self.found[kind] = METHODS[kind].compute(connection, *params).to_arrow_table().to_pylist()
        connection.close()

    @staticmethod
    def _of(table: pa.Table, some: set[str]) -> pa.Table:
        return table.filter(pc.is_in(table["customer_id"], pa.array(some)))


@pytest.fixture(scope="module")
def ground(complete_journey: Path) -> Ground:
    return Ground(complete_journey)


def test_products_by_a_plain_loop(ground: Ground) -> None:
    amounts, baskets = Counter[str](), defaultdict[str, set[Day]](set)
    for row in ground.rows:
        amounts[row["product"]] += row["amount"]
        baskets[row["product"]].add((row["customer_id"], row["day"]))
    total, before, abc = sum(amounts.values()), 0, {}
    for product in sorted(amounts, key=lambda one: (-amounts[one], one)):
        upto = 100 * before
        abc[product] = "C" if amounts[product] <= 0 or upto >= 95 * total else "A" if upto < 80 * total else "B"
        before += amounts[product]
    assert ground.as_of is not None
    last = month_number(ground.as_of)
    for row in ground.found["products"]:
        days = baskets[row["product"]]
        months = Counter(month_number(day) for _who, day in days)
        every = [months[month] for month in range(min(months), last + 1)]
        spread = math.sqrt(fmean((n - fmean(every)) ** 2 for n in every)) / fmean(every)
        people = Counter(who for who, _day in days)
        assert (row["amount"], row["baskets"], row["customers"]) == (amounts[row["product"]], len(days), len(people))
        assert row["again_share"] == sum(n > 1 for n in people.values()) / len(people)
        assert row["abc"] == abc[row["product"]]
        if abs(spread - 0.5) > 1e-9 and abs(spread - 1) > 1e-9:
            xyz = "N" if len(every) < 3 else "X" if spread < 0.5 else "Y" if spread < 1 else "Z"
            assert row["xyz"] == xyz, row
    assert len(ground.found["products"]) == len(amounts)


def test_pairs_by_a_plain_loop(ground: Ground) -> None:
    counted = Counter(product for basket in ground.days.values() for product in basket)
    often = {product for product, _n in sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:500]}
    together = Counter(pair for basket in ground.days.values() for pair in permutations(basket & often, 2))
    wanted = defaultdict(list)
    for (product, other), n in together.items():
        expected = counted[product] * counted[other] / len(ground.days)
        if n >= 5 and (n - 2 * math.sqrt(n)) / expected > 1:
            wanted[product].append(((n - 2 * math.sqrt(n)) / expected, n / expected, n, other))
    found = {(row["product"], row["other"]): row for row in ground.found["pairs"]}
    assert len(found) == sum(min(5, len(rows)) for rows in wanted.values()) > 100
    for product, rows in wanted.items():
        for least, lift, n, other in sorted(rows, key=lambda one: (-one[0], one[3]))[:5]:
            row = found.get((product, other))
            if row is not None:  # ties of the lower end may be cut either way by its last bit
                assert (row["together"], row["share"]) == (n, n / counted[product])
                assert (row["lift"], row["least_lift"]) == pytest.approx((lift, least))


def test_affinity_by_a_plain_loop(ground: Ground) -> None:
    days: dict[str, set[int]] = defaultdict(set)
    own: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for row in ground.rows:
        days[row["customer_id"]].add(row["day"])
        for kind in ("category", "brand"):
            if row[kind] is not None:
                own[row["customer_id"], kind, row[kind]].add(row["day"])
    everybody = Counter[tuple[str, str]]()
    for (_who, kind, name), on in own.items():
        everybody[kind, name] += len(on)
    visits = sum(len(on) for on in days.values())
    found = {(row["customer_id"], row["kind"], row["name"]): row for row in ground.found["affinity"]}
    assert set(found) == {key for key, on in own.items() if len(on) >= 2}
    for (who, kind, name), row in found.items():
        share, shop = len(own[who, kind, name]) / len(days[who]), everybody[kind, name] / visits
        assert (row["days"], row["of_days"]) == (len(own[who, kind, name]), len(days[who]))
        assert (row["share"], row["shop_share"], row["lift"]) == pytest.approx((share, shop, share / shop))
    first = fans(ground.receipts, ground.goods, calendar="gregorian", as_of=None, kind="brand", name="Private")
    most = max((row["days"], row["lift"]) for key, row in found.items() if key[1:] == ("brand", "Private"))
    assert tuple(first.select(["days", "lift", "fan"]).to_pylist()[0].values()) == (*most, 1)


def test_the_portrait_is_welch_s_test_over_customers(ground: Ground) -> None:
    days: Counter[str] = Counter(who for who, _day in ground.days)
    ranked = sorted(ground.found["summary"], key=lambda row: (-row["revenue"], row["customer_id"]))
    best = {row["customer_id"] for place, row in enumerate(ranked, 1) if 100 * place <= 20 * len(ranked)}
    own: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for (who, day), basket in ground.days.items():
        own["weekday", str((day + 3) % 7 + 1)][who] += 1
        size = "1" if len(basket) == 1 else "2-4" if len(basket) < 5 else "5-9" if len(basket) < 10 else "10+"
        own["size", size][who] += 1
    for who, day, category in {(row["customer_id"], row["day"], row["category"]) for row in ground.rows}:
        own["category", category][who] += 1
        del day
    told = {(row["trait"], row["value"]): row for row in ground.found["portrait"]}
    voices = [who for who, n in days.items() if n >= 3]
    for key in [key for key in told if key[0] in ("weekday", "size", "category")]:
        sides = [[own[key][who] / days[who] for who in voices if (who in best) is side] for side in (True, False)]
        means = [fmean(side) for side in sides]
        error = math.sqrt(sum(variance(side) / len(side) for side in sides))
        row = told[key]
        assert (row["best_share"], row["other_share"]) == pytest.approx(means, abs=2e-6)
        assert row["z"] == pytest.approx((means[0] - means[1]) / error, rel=1e-3, abs=1e-3)
    assert told["size", "10+"]["z"] > 4


def test_look_alikes_are_not_among_the_best_and_show_their_marks(ground: Ground) -> None:
    marks = sorted(
        (row for row in ground.found["portrait"] if row["z"] >= 3 and (row["lift"] is None or row["lift"] >= 1.2)),
        key=lambda row: (-row["z"], row["trait"], row["value"]),
    )[:10]
    ranked = sorted(ground.found["summary"], key=lambda row: (-row["revenue"], row["customer_id"]))
    best = {row["customer_id"] for place, row in enumerate(ranked, 1) if 100 * place <= 20 * len(ranked)}
    shows = {(row["customer_id"], row["trait"], row["value"]): row for row in ground.found["traits"]}
    wanted = Counter[str]()
    for mark in marks:
        for (who, trait, value), row in shows.items():
            if (trait, value) == (mark["trait"], mark["value"]) and who not in best and row["of_days"] >= 3:
                wanted[who] += row["millionths"] >= 1_000_000 * mark["best_share"]
    assert {row["customer_id"]: row["alike"] for row in ground.found["lookalikes"]} == {
        who: n for who, n in wanted.items() if n
    }


def test_the_whole_as_a_document(ground: Ground) -> None:
    found: Assortment = assortment(ground.receipts, ground.goods, calendar="gregorian", as_of=None)
    told = found.as_json()
    assert sum(told["cells"].values()) == found.products.num_rows == len(ground.found["products"])
    assert len(told["pairs"]) == 20
    assert all(row["z"] >= 4 or row["z"] <= -4 for row in told["portrait"])
    assert sum(amount for _count, amount in found.cells().values()) == sum(row["amount"] for row in ground.rows)


def test_without_products_everything_is_empty(cdnow: Path) -> None:
    sales = read_sales(cdnow, Reading())
    assert goods(sales.lines) is None
    connection, as_of = open_receipts(roll_up(sales.lines, "gregorian"), calendar="gregorian", as_of=None)
    for kind in ("days", "summary", "products", "pairs", "affinity", "traits", "portrait", "lookalikes"):
        params = (summary.Params(as_of=as_of),) if kind == "summary" else ()
        rows = METHODS[kind].compute(connection, *params).fetchall()
        assert bool(rows) is (kind in ("days", "summary"))
    connection.close()
