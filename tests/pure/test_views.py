"""The customer base in five views, on Complete Journey and by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from vafa.core.calendar import day_number, month_number
from vafa.core.frame import RECEIPTS
from vafa.know.reading import Reading, read_sales
from vafa.know.reading import receipts as roll_up
from vafa.segment.views import Share, people, views

TOLD = [  # Ada is there from the start, Ben a year, Clara comes and goes, Dora gives back, Emil left
    ("ada", "2024-01-10", 100), ("ada", "2025-02-10", 300), ("ada", "2025-12-01", 500),
    ("ben", "2024-06-01", 800), ("ben", "2025-06-01", 200),
    ("clara", "2023-06-01", 50), ("clara", "2025-07-01", 70),
    ("dora", "2025-03-01", 900), ("dora", "2025-04-01", -400), ("dora", "2025-05-05", 10),
    ("emil", "2024-03-01", 60), (None, "2025-03-01", 5_000),
]  # fmt: skip


def table(told: list[tuple[str | None, str, int]]) -> pa.Table:
    rows = []
    for n, (who, text, amount) in enumerate(told):
        day = day_number(date.fromisoformat(text))
        rows.append((who, str(n), day * 86_400_000_000, day, month_number(day), int(amount >= 0), amount, None))
    columns = zip(*rows, strict=True) if rows else [()] * len(RECEIPTS)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, RECEIPTS, strict=True)], schema=RECEIPTS)


def test_two_years_side_by_side_by_hand() -> None:
    found = views(table(TOLD), calendar="gregorian", as_of=day_number(date(2025, 12, 31)))
    assert found.ways == {
        "came": Share(1, 2, 510, 0, 0),
        "back": Share(1, 1, 70, 0, 0),
        "up": Share(1, 2, 800, 1, 100),
        "down": Share(1, 1, 200, 1, 800),
        "lost": Share(1, 0, 0, 1, 60),
        "gone": Share(),
    }
    assert [(tenth.customers, tenth.revenue) for tenth in found.tenths] == [(1, 800), (1, 510), (1, 200), (1, 70)]
    assert found.year == Share(4, 6, 1580, 2, 900)
    lost = people(table(TOLD), calendar="gregorian", as_of=found.as_of, way="lost")
    assert lost["customer_id"].to_pylist() == ["emil"]
    best = people(table(TOLD), calendar="gregorian", as_of=found.as_of, tenth=1)
    assert best["customer_id"].to_pylist() == ["ada"]


def test_newcomers_are_told_of_up_to_the_last_whole_month() -> None:
    found = views(table(TOLD), calendar="gregorian", as_of=day_number(date(2025, 5, 20)))
    dora = next(cohort for cohort in found.cohorts if cohort.month == 2025 * 12 + 2)
    assert (dora.size, dora.customers, dora.purchases, dora.revenue) == (1, (1, 0), (1, 0), (900, -400))
    assert (dora.worth(2), dora.worth(3), dora.kept(1), dora.kept(2)) == (Fraction(500), None, Fraction(0), None)


@pytest.mark.parametrize("told", [[], [("ada", "2025-01-01", -5)], [(None, "2025-01-01", 5)]])
def test_nobody_is_no_view_and_no_fault(told: list[Any]) -> None:
    found = views(table(told), calendar="gregorian")
    assert (found.tenths, found.cohorts, found.year) == ((), (), Share())
    assert set(found.ways.values()) == {Share()}


@pytest.mark.parametrize("calendar", ["gregorian", "jalali"])
def test_a_plain_loop_says_the_same_of_the_complete_journey(complete_journey: Path, calendar: str) -> None:
    sales = read_sales(complete_journey, Reading())
    table = roll_up(sales.lines, calendar)
    found = views(table, calendar=calendar, days=120)
    assert found.as_of is not None
    first: dict[str, int] = {}
    now: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    worth: dict[tuple[int, int], int] = defaultdict(int)
    rows = table.select(["customer_id", "day", "month", "amount"]).to_pylist()
    for row in sorted(rows, key=lambda one: one["day"]):
        who = row["customer_id"]
        first.setdefault(who, row["day"])
        if row["day"] > found.as_of - 240:
            at = 0 if row["day"] > found.as_of - 120 else 2
            now[who][at] += 1
            now[who][at + 1] += row["amount"]
        worth[month_number(first[who], calendar), row["month"]] += row["amount"]
    order = sorted((who for who in now if now[who][0]), key=lambda who: (-now[who][1], who))
    sizes = [len(order) // 10 + (n < len(order) % 10) for n in range(10)]
    assert [tenth.customers for tenth in found.tenths] == sizes
    assert found.tenths[0].revenue == sum(now[who][1] for who in order[: sizes[0]])
    came = [who for who in order if found.as_of - first[who] < 120]
    assert found.ways["came"][:3] == (len(came), *(sum(now[who][n] for who in came) for n in (0, 1)))
    lost = [who for who, (a, _b, c, _d) in now.items() if not a and c]
    assert found.ways["lost"] == Share(len(lost), 0, 0, *(sum(now[who][n] for who in lost) for n in (2, 3)))
    assert len(found.cohorts) == found.whole
    for cohort in found.cohorts:
        assert cohort.revenue == tuple(worth[cohort.month, cohort.month + n] for n in range(len(cohort.revenue)))
