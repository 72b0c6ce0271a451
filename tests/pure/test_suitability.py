"""Is a club right? A café, a furniture shop, a shop that opened last month, and one that sells without names."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pyarrow as pa
import pytest

from vafa.core.calendar import day_number, month_number
from vafa.core.frame import RECEIPTS
from vafa.segment.analysis import Analysis, analyse

BEGINS = day_number(date(2025, 1, 1))
Told = list[tuple[str | None, int, int]]  # customer, days after the beginning, minor units


def found(told: Told, margin: Fraction | None = None) -> Analysis:
    rows = [
        (who, str(n), day * 86_400_000_000, day, month_number(day), 1, amount, None)
        for n, (who, later, amount) in enumerate(told)
        for day in [BEGINS + later]
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(RECEIPTS)
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, RECEIPTS, strict=True)], schema=RECEIPTS)
    return analyse(table, currency="USD", margin=margin)


def cafe(guests: int = 150, weeks: int = 30) -> Told:
    return [(f"c{n}", 7 * week + n % 7, 500) for n in range(guests) for week in range(weeks)]


def furniture(buyers: int = 150) -> Told:
    """Everybody buys once; every tenth comes back after half a year."""
    once: Told = [(f"f{n}", 2 * n, 90_000) for n in range(buyers)]
    return once + [(f"f{n}", 2 * n + 180, 40_000) for n in range(0, buyers, 10)]


def test_a_cafe_with_weekly_guests_is_right_for_a_club() -> None:
    said = found(cafe(), Fraction(6, 10)).suitability
    assert said.verdict == "yes"
    assert [reason.way for reason in said.reasons] == ["for"] * 5
    assert said.reasons[0].text == "100\xa0% of customers bought more than once."
    assert said.reasons[1].text == "Who buys here buys 4.3 times a month while they are customers."
    assert said.reasons[-1].text == "The margin is 60\xa0%; what a club gives back comes out of it."


def test_where_hardly_anybody_comes_back_the_answer_is_no() -> None:
    said = found(furniture()).suitability
    assert said.verdict == "no"
    assert said.reasons[0] == ("against", "10\xa0% of customers bought more than once.")


def test_what_opened_lately_can_not_be_told() -> None:
    said = found(cafe(guests=40, weeks=4)).suitability
    assert said.verdict == "unsure"
    assert [reason.text for reason in said.reasons[:2]] == [
        "There are sales of 28 days only; it takes 180 to see who comes back.",
        "40 customers are known; it takes 100 to tell.",
    ]


@pytest.mark.parametrize(
    ("more", "margin", "says"),
    [
        ([], Fraction(5, 100), "The margin is 5\xa0%; what a club gives back comes out of it."),
        ([(None, 3, 5_000_000)], None, "69\xa0% of sales have no customer: ask for a name or card first."),
    ],
)
def test_a_thin_margin_or_sales_without_names_leave_it_open(more: Told, margin: Fraction | None, says: str) -> None:
    said = found(cafe() + more, margin).suitability
    assert said.verdict == "unsure"
    assert ("against", says) in said.reasons


def test_nobody_is_no_shop_to_judge() -> None:
    assert found([]).suitability.verdict == "unsure"
