"""Every metric against another way of computing it, and against small cases worked by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from plain_metrics import PlainMetrics, Receipt, bought, cdnow, complete_journey, day, table

from vafa.core.calendar import day_number, month_number
from vafa.core.errors import Question
from vafa.segment.analysis import Analysis, analyse
from vafa.segment.methods.rfm import group_of, groups


def of(*rows: tuple[Any, ...], as_of: str | None = None, calendar: str = "gregorian", **given: Any) -> Analysis:
    return analyse(
        table(bought(*rows), calendar),
        currency="USD",
        calendar=calendar,
        as_of=None if as_of is None else day(as_of),
        **given,
    )


def rows(found: Analysis) -> list[dict[str, Any]]:
    return found.customers.drop_columns(["buying_type"]).to_pylist()  # in test_buying_types.py


def agree(receipts: list[Receipt], calendar: str = "gregorian", **given: Any) -> Analysis:
    """Both ways give the same; returns the analysis."""
    plain = PlainMetrics(receipts, calendar, **given)
    found = analyse(table(receipts, calendar), currency="USD", calendar=calendar, **given)
    document = found.as_json()
    expected = plain.customers()
    assert [row | {"revenue": Fraction(row["revenue"])} for row in rows(found)] == expected
    assert document["customers"] == len(expected)
    assert document["purchases"] == sum(r.sale for r in plain.rows)
    assert document["revenue"] == sum(r.amount for r in plain.rows) / 100
    assert document["active_days"] == plain.active_days
    assert document["pareto"] == plain.pareto()
    cells = Counter(row["abc"] + row["xyz"] for row in expected)
    assert document["abc_xyz"] == {a + x: cells[a + x] for a in "ABC" for x in "XYZN"}
    rungs = Counter(row["rung"] for row in expected)
    lapsed = sum(row["lapsed"] for row in expected)
    names = ("buyer", "client", "regular", "adherent", "advocate")
    assert document["ladder"] == {name: rungs[name] for name in names} | {"lapsed": lapsed}
    named = Counter(group_of(row["r"], row["f"], row["m"]) for row in expected)
    assert {g["group"]: g["customers"] for g in document["rfm_groups"]} == {g.name: named[g.name] for g in groups()}
    assert document["ltv"] == {k: float(v) for k, v in plain.ltv().items()} | {"P": None, "ltv": None}
    assert document["crr"] == plain.crr()
    assert document["cohorts"] == plain.cohorts()
    late = [p for p in plain.people if plain.late(p)]
    abc = plain.abc()
    good = [p for p in late if p.purchases >= 2 and abc[p.name] != "C"]
    assert found.lateness.late.customers == len(late)
    assert found.lateness.good.customers == len(good)
    assert found.lateness.good.revenue == sum(r.amount for p in good for r in p.rows if p.last - 365 < r.day <= p.last)
    assert sum(found.lateness.bins) == sum(bool(p.gaps) for p in plain.people)
    assert sum(found.lateness.bins[4:]) == sum(bool(p.gaps) for p in late)
    return found


def test_cdnow_both_ways() -> None:
    found = agree(cdnow())
    assert found.people == 2357
    assert found.purchases == 6919


def test_cdnow_as_of_an_earlier_day_and_with_active_days_given() -> None:
    agree(cdnow(), as_of=day("1997-09-30"), active_days=60)


def test_cdnow_in_the_jalali_calendar() -> None:
    agree(cdnow(), calendar="jalali")


def test_complete_journey_both_ways() -> None:
    found = agree(complete_journey())
    assert found.people == 2469
    assert found.purchases == 155_848


def test_returns_and_unknown_customers_both_ways() -> None:
    receipts = [
        Receipt(
            None if n % 17 == 0 else f"{'bB Zä'[n % 5]}{n % 41}",
            20_000 + n * n % 700,
            (-1 if n % 7 == 0 else 1) * (n * 37 % 900),
            n % 7 != 0,
        )
        for n in range(1, 900)
    ]
    found = agree(receipts)
    assert found.anonymous.customers == sum(r.customer is None and r.sale for r in receipts)
    assert found.anonymous.revenue == sum(r.amount for r in receipts if r.customer is None)


def test_nothing_at_all() -> None:
    found = analyse(table([]), currency="USD")
    document = found.as_json()
    assert document["customers"] == document["purchases"] == document["revenue"] == 0
    assert document["from"] is document["to"] is document["as_of"] is None
    assert document["active_days"] == 365
    assert set(document["pareto"].values()) == {None}
    assert document["ltv"] == {"S": None, "C": None, "P": None, "T": None, "ltv": None}
    assert document["crr"] == document["cohorts"] == []
    assert rows(found) == []


def test_a_day_before_all_purchases_leaves_nothing() -> None:
    found = of(("a", "2026-03-01", 500), as_of="2026-02-01")
    assert (found.people, found.purchases, found.as_json()["as_of"]) == (0, 0, "2026-02-01")


def test_one_purchase() -> None:
    found = of(("ann", "2026-03-01", 1250))
    assert rows(found) == [
        {
            "customer_id": "ann",
            "purchases": 1,
            "revenue": Fraction(25, 2),
            "frequency": 0,
            "recency": 0,
            "T": 0,
            "monetary_value": 0.0,
            "first_day": date(2026, 3, 1),
            "last_day": date(2026, 3, 1),
            "r": 1,
            "f": 1,
            "m": 1,
            "abc": "A",
            "xyz": "N",
            "rung": "buyer",
            "lapsed": False,
        }
    ]
    document = found.as_json()
    assert document["pareto"] == {"top_15": 1.0, "top_20": 1.0, "top_25": 1.0, "half_of_revenue_from": 1.0}
    assert document["crr"] == []
    assert document["cohorts"] == [{"cohort": "2026-03", "size": 1, "shares": []}]
    assert document["ltv"] == {"S": 12.5, "C": 1.0, "P": None, "T": 1.0, "ltv": None}


def test_several_receipts_of_a_day_are_one_purchase_day_and_its_total() -> None:
    (row,) = rows(of(("a", "2026-01-01", 100), ("a", "2026-01-11", 200), ("a", "2026-01-11", 300)))
    assert (row["purchases"], row["frequency"], row["recency"]) == (3, 1, 10)
    assert row["monetary_value"] == 5.0
    assert row["rung"] == "client"


def test_a_return_lowers_its_own_day_and_is_no_purchase() -> None:
    found = of(
        ("a", "2026-01-01", 1000), ("a", "2026-01-11", 800), ("a", "2026-01-11", -300), ("a", "2026-02-01", -200)
    )
    (row,) = rows(found)
    assert (row["purchases"], row["revenue"], row["frequency"]) == (2, 13, 1)
    assert row["monetary_value"] == 5.0
    assert row["last_day"] == date(2026, 1, 11)
    assert row["T"] == 31
    assert found.as_json()["to"] == "2026-02-01"


def test_who_only_gave_back_is_no_customer_but_lowers_the_shops_revenue() -> None:
    found = of(("a", "2026-01-01", 1000), ("b", "2026-01-02", -400))
    assert [row["customer_id"] for row in rows(found)] == ["a"]
    assert (found.revenue, found.known_revenue) == (600, 1000)
    assert sum(part.customers for _rung, part in found.ladder.rungs) == found.people == 1


def test_more_given_back_than_bought() -> None:
    found = of(("a", "2026-01-01", 100), ("a", "2026-01-02", -300), ("b", "2026-01-03", 50))
    assert {row["customer_id"]: row["abc"] for row in rows(found)} == {"a": "C", "b": "C"}
    assert set(found.as_json()["pareto"].values()) == {None}


def test_sales_without_a_customer_count_for_the_shop_alone() -> None:
    found = of((None, "2026-01-01", 700), ("a", "2026-01-02", 300), (None, "2026-01-03", -100))
    document = found.as_json()
    assert (document["customers"], document["purchases"], document["revenue"]) == (1, 2, 9.0)
    assert document["anonymous"] == {"purchases": 1, "revenue": 6.0}
    assert document["ltv"]["S"] == 3.0
    assert document["from"] == "2026-01-01"


def test_a_sale_of_nothing_is_a_purchase() -> None:
    found = of(("a", "2026-01-01", 0), ("a", "2026-01-05", 0))
    (row,) = rows(found)
    assert (row["purchases"], row["frequency"], row["abc"]) == (2, 1, "C")


def test_ties_are_settled_by_the_bytes_of_the_id() -> None:
    found = of(*((name, "2026-01-01", 100) for name in ("é", "a", "Z", "10", "9")))
    assert [(row["customer_id"], row["r"], row["m"]) for row in rows(found)] == [
        ("10", 1, 1),
        ("9", 2, 2),
        ("Z", 3, 3),
        ("a", 4, 4),
        ("é", 5, 5),
    ]


def test_pareto_rounds_the_number_of_customers_up() -> None:
    found = of(*((f"c{n}", "2026-01-01", 100) for n in range(11)))
    # ceil(1.65) = 2, ceil(2.2) = 3, ceil(2.75) = 3 of 11; half is 6 of 11
    assert found.pareto.share(15) == Fraction(2, 11)
    assert found.pareto.share(20) == found.pareto.share(25) == Fraction(3, 11)
    assert found.pareto.half_from == Fraction(6, 11)


def test_pareto_of_a_hundred_customers_takes_exactly_so_many() -> None:
    found = of(*((f"c{n:03d}", "2026-01-01", 100) for n in range(100)))
    assert [found.pareto.tops[p].customers for p in (1, 7, 15, 20, 25, 29, 58, 100)] == [1, 7, 15, 20, 25, 29, 58, 100]


def test_abc_looks_at_the_share_before_the_customer() -> None:
    found = of(("a", "2026-01-01", 8000), ("b", "2026-01-01", 1500), ("c", "2026-01-01", 500))
    # 0 before a, exactly 0.80 before b, exactly 0.95 before c
    assert [row["abc"] for row in rows(found)] == ["A", "B", "C"]


def test_xyz_at_its_exact_limits() -> None:
    steady = [("x", f"2026-0{m}-10", 100 if m % 2 else 300) for m in (1, 2, 3, 4)]  # 100 ÷ 200
    half = [("y", "2026-01-10", 400), ("y", "2026-02-10", 400)]  # 400 400 0 0: 200 ÷ 200
    fits = [("z", "2026-01-10", 401), ("z", "2026-02-10", 399), ("z", "2026-02-11", -1)]
    new = [("n", "2026-03-10", 400), ("n", "2026-04-10", 400)]
    assert {row["customer_id"]: row["xyz"] for row in rows(of(*steady, *half, *fits, *new))} == {
        "x": "X",
        "y": "Y",
        "z": "Z",
        "n": "N",
    }


def test_xyz_of_very_large_amounts_stays_exact() -> None:
    billion = 10**12
    large = [("x", f"2026-0{m}-10", (1 if m % 2 else 3) * billion) for m in (1, 2, 3, 4)]
    more = [("y", f"2026-0{m}-10", (1 if m % 2 else 3) * billion + (m == 4)) for m in (1, 2, 3, 4)]
    assert [row["xyz"] for row in rows(of(*large, *more))] == ["X", "Y"]


def test_active_days_between_their_limits() -> None:
    assert of(("a", "2026-01-01", 1), ("a", "2026-01-03", 1)).active_days == 30
    assert of(("a", "2024-01-01", 1), ("a", "2026-01-03", 1)).active_days == 365
    found = of(("a", "2026-01-01", 1), ("a", "2026-02-10", 1), ("a", "2026-04-12", 1))
    assert found.active_days == 59  # gaps 40 and 61: 40 + 0.9 × 21 = 58.9
    assert of(("a", "2026-01-01", 1), active_days=7).active_days == 7


def test_the_rungs_of_the_ladder() -> None:
    visits = ("2026-01-05", "2026-02-05", "2026-03-05", "2026-03-20")
    found = of(
        *(("regular", v, 100) for v in visits),
        *(("two months", v, 100) for v in ("2026-02-01", "2026-02-02", "2026-03-01", "2026-03-20")),
        *(("three days", v, 100) for v in visits[:3]),
        ("twice a day", "2026-03-20", 100),
        ("twice a day", "2026-03-20", 100),
        ("once", "2026-03-20", 100),
        ("long ago", "2025-01-01", 100),
        active_days=30,
    )
    assert {row["customer_id"]: (row["rung"], row["lapsed"]) for row in rows(found)} == {
        "long ago": ("buyer", True),
        "once": ("buyer", False),
        "regular": ("regular", False),
        "three days": ("client", False),
        "twice a day": ("client", False),
        "two months": ("client", False),
    }
    counts = [part.customers for _rung, part in found.ladder.rungs]
    assert (counts, found.ladder.lapsed.customers) == ([2, 3, 1, 0, 0], 1)


def test_own_rhythm_gives_more_patience() -> None:
    visits = [("a", f"2025-{m:02d}-01", 100) for m in (1, 4, 7, 10)]  # gaps 90, 91, 92: median 91
    (on_time,) = rows(of(*visits, as_of="2026-04-01", active_days=30))  # 182 days
    (late,) = rows(of(*visits, as_of="2026-04-02", active_days=30))
    assert (on_time["rung"], on_time["lapsed"]) == ("regular", False)
    assert (late["rung"], late["lapsed"]) == ("client", True)


def test_ltv_by_hand() -> None:
    found = of(("a", "2026-01-31", 1000), ("a", "2026-03-01", 2000), ("b", "2026-02-01", 600), margin=Fraction(1, 4))
    # S = 36 ÷ 3, lives 3 + 1, C = 3 ÷ 4, T = 4 ÷ 2, P = ¼
    assert found.as_json()["ltv"] == {"S": 12.0, "C": 0.75, "P": 0.25, "T": 2.0, "ltv": 4.5}
    assert found.ltv.mean_receipt * found.ltv.receipts_a_month * found.ltv.life == Fraction(found.revenue, 2)


def test_margin_from_the_receipts_whose_cost_is_known() -> None:
    found = of(("a", "2026-01-01", 1000, 600), ("a", "2026-01-02", 5000), ("b", "2026-01-03", 500, 400))
    assert found.ltv.margin == Fraction(1500 - 1000, 1500)
    assert found.ltv.margin_from == "costs"
    assert found.ltv.value == Fraction(6500, 2) / 3


def test_crr_by_hand() -> None:
    found = of(
        ("a", "2026-01-01", 1),
        ("b", "2026-01-02", 1),
        ("b", "2026-02-20", 1),
        ("c", "2026-02-10", 1),
        ("c", "2026-04-30", 1),
        as_of="2026-05-30",
        active_days=30,
    )
    # the midnight before 1 February looks back to 2 January; before 1 March to 30 January; before 1 April to 2 March
    assert found.as_json()["crr"] == [
        {"period": "2026-01", "S": 0, "E": 1, "N": 2, "crr": None},
        {"period": "2026-02", "S": 1, "E": 2, "N": 1, "crr": 100.0},
        {"period": "2026-03", "S": 2, "E": 0, "N": 0, "crr": 0.0},
        {"period": "2026-04", "S": 0, "E": 1, "N": 0, "crr": None},
    ]


def test_cohorts_with_empty_months() -> None:
    found = of(
        ("a", "2026-01-05", 1),
        ("b", "2026-01-06", 1),
        ("a", "2026-03-01", 1),
        ("a", "2026-03-20", 1),
        ("c", "2026-03-20", 1),
        ("b", "2026-04-01", -1),
    )
    assert found.as_json()["cohorts"] == [
        {"cohort": "2026-01", "size": 2, "shares": [0.0, 0.5, 0.0]},
        {"cohort": "2026-03", "size": 1, "shares": [0.0]},
    ]


def test_months_of_the_jalali_calendar() -> None:
    # 1405-01 is 21 March to 20 April 2026
    found = of(("a", "2026-03-20", 1), ("b", "2026-03-21", 1), ("b", "2026-04-21", 1), calendar="jalali")
    document = found.as_json()
    assert [c["cohort"] for c in document["cohorts"]] == ["1404-12", "1405-01"]
    assert document["cohorts"][1]["shares"] == [1.0]
    assert [c["period"] for c in document["crr"]] == ["1404-12", "1405-01"]
    assert document["from"] == "2026-03-20"


def test_parquet_files_give_the_same_as_the_table(tmp_path: Path) -> None:
    receipts = cdnow()[:500]
    whole = table(receipts)
    parts = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    pq.write_table(whole.slice(0, 200), parts[0])
    pq.write_table(whole.slice(200), parts[1])
    assert analyse(parts, currency="USD").as_json() == analyse(whole, currency="USD").as_json()


def test_the_order_of_rows_says_nothing() -> None:
    receipts = cdnow()
    turned = analyse(table(receipts[::-1]), currency="USD")
    straight = analyse(table(receipts), currency="USD")
    assert turned.as_json() == straight.as_json()
    assert turned.standings.equals(straight.standings)


def test_currencies_without_decimals() -> None:
    found = analyse(table(bought(("a", "2026-01-01", 150_000), ("a", "2026-02-01", 50_000))), currency="IRR")
    assert found.as_json()["revenue"] == 200_000
    (row,) = rows(found)
    assert (row["revenue"], row["monetary_value"]) == (200_000, 50_000.0)


def test_every_class_has_a_named_group_and_every_group_can_be_reached() -> None:
    fifths = range(1, 6)
    reached = {group_of(r, f, m) for r in fifths for f in fifths for m in fifths}
    assert reached == {group.name for group in groups()}
    assert len(reached) == 11
    assert group_of(5, 5, 5) == "Champions"
    assert group_of(1, 1, 1) == "Lost"


@pytest.mark.parametrize("given", [{"margin": Fraction(3, 2)}, {"margin": Fraction(-1)}, {"active_days": 0}])
def test_answers_that_cannot_be(given: dict[str, Any]) -> None:
    with pytest.raises(Question):
        of(("a", "2026-01-01", 1), **given)


def test_standings_hold_what_lists_need() -> None:
    found = of(("a", "2026-01-01", 300), ("b", "2026-01-01", 100), ("b", "2026-01-11", 100), as_of="2026-02-11")
    assert isinstance(found.standings, pa.Table)
    by_id = {row["customer_id"]: row for row in found.standings.to_pylist()}
    assert (by_id["a"]["top_share"], by_id["b"]["top_share"]) == (50, 100)
    assert (by_id["b"]["since"], by_id["b"]["twice_median_gap"], by_id["b"]["late"]) == (31, 20, True)
    assert by_id["a"]["last_month"] == month_number(day_number(date(2026, 1, 1)))
    assert by_id["b"]["rfm_group"] == group_of(*(by_id["b"][k] for k in "rfm"))
