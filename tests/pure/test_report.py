"""The report on paper: one file that needs nothing else, in both languages, and honest about what is missing."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from vafa.core.calendar import day_number, month_number
from vafa.core.frame import RECEIPTS
from vafa.core.words import speaking
from vafa.know.reading import Reading, read_sales
from vafa.know.reading import receipts as roll_up
from vafa.know.rollup import goods
from vafa.measure import charts, finding
from vafa.measure.drawing import ON_STEPS, STEPS
from vafa.measure.reports import REPORTS, customer_base
from vafa.segment.analysis import Analysis, analyse
from vafa.segment.assortment import assortment


def shop(*rows: tuple[str, str, int], **given: Any) -> Analysis:
    receipts = []
    for n, (customer, text, amount) in enumerate(rows):
        when = day_number(date.fromisoformat(text))
        at = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
        receipts.append((customer, str(n), at, when, month_number(when), int(amount >= 0), amount, None))
    columns = zip(*receipts, strict=True) if receipts else [()] * len(RECEIPTS)
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, RECEIPTS, strict=True)], schema=RECEIPTS)
    return analyse(table, currency="USD", **given)


def some(**given: Any) -> Analysis:
    visits = [(f"c{n}", f"2026-0{m}-{n + 10}", 1000 * n) for n in range(1, 9) for m in range(1, 2 + n % 5)]
    return shop(*visits, ("once", "2026-06-30", 500), **given)


def visible(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.S)))


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("found", [some(), some(margin=Fraction(3, 10)), shop(), shop(("a", "2026-01-01", -5))])
def test_the_report_needs_nothing_but_itself(found: Analysis, language: str) -> None:
    with speaking(language):
        html = REPORTS["customer_base"].render(found, customer_base.Params("sales.csv", 2, date(2026, 11, 22)))
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}">' in html
    assert html.count("<h1>") == 1
    outside = re.findall(r'(?:src|href)="[^"#]|url\((?!data:)|@import|<script|<link', html)
    assert outside == []
    assert "%(" not in html
    assert len(html) < 400_000


def test_the_last_sheet_says_whether_a_club_is_right_and_how_customers_buy(complete_journey: Path) -> None:
    sales = read_sales(complete_journey, Reading())
    receipts, bought = roll_up(sales.lines, sales.calendar), goods(sales.lines)
    assert bought is not None
    found = analyse(receipts, currency="USD", goods=bought)
    told = assortment(receipts, bought, calendar="gregorian", as_of=None)
    text = visible(customer_base.render(found, customer_base.Params(assortment=told)))
    last = text.partition("page 2 of 3")[2].replace("\u00a0", " ")
    assert "A club is right for this shop" in last
    assert "99 % of customers bought more than once. speaks for it" in last
    assert "Loyal: Show them what is new first, ask for their opinion, thank them. 916" in last
    assert "10 products or more at a time 51 % 35 %" in last
    assert "In what the best differ" not in visible(customer_base.render(some()))


def test_names_of_files_are_only_text() -> None:
    html = customer_base.render(some(), customer_base.Params(source='<img src=x onerror="alert(1)">.csv'))
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_figures_carry_their_formulas_with_own_numbers() -> None:
    found = shop(("a", "2026-01-31", 1000), ("a", "2026-03-01", 2000), ("b", "2026-02-01", 600), margin=Fraction(1, 4))
    by_label = {figure.label: figure for figure in finding.five(found)}
    value = by_label["Lifetime value"]
    assert value.value == "$4.50"
    assert value.definition == "$12 × 0.75 a month × 25\u00a0% × 2.0 months"
    assert by_label["Bought once"].value == "50\u00a0%"
    assert by_label["Bought once"].definition == "1 ÷ 2"


def test_what_is_missing_is_said_not_shown_as_nothing() -> None:
    found = shop(("a", "2026-01-31", 1000))
    by_label = {figure.label: figure for figure in finding.five(found)}
    assert (by_label["Lifetime value"].value, by_label["Lifetime value"].beside) == (
        "–",
        "needs your margin or your costs",
    )
    assert by_label["Kept (CRR)"].value == "–"


def test_the_headline_tells_the_case() -> None:
    found = shop(*((f"c{n}", "2026-01-01", 8000 if n == 0 else 500) for n in range(5)))
    assert finding.plain(finding.headline(found)) == (
        "Your top 20\u00a0% of customers bring 80\u00a0% of sales. "
        "No good customer is later than usual; 100\u00a0% bought only once."
    )
    assert finding.headline(shop()) == "No purchases of known customers yet."


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "fa")])
def test_charts_are_drawn_in_both_themes_and_directions(theme: Any, language: str) -> None:
    with speaking(language):
        for chart in (
            charts.pareto_curve,
            charts.ladder_skirt,
            charts.lateness_histogram,
            charts.crr_line,
            charts.cohort_map,
        ):
            for found in (some(), shop()):
                assert charts.svg(chart(found, theme=theme)).startswith("<svg")


def test_ranks_start_on_the_reading_side_and_time_runs_left_to_right() -> None:
    def domain(spec: dict[str, Any]) -> list[int]:
        found: list[int] = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
        return found

    assert domain(charts.pareto_curve(some())) == [0, 480]
    with speaking("fa"):
        assert domain(charts.pareto_curve(some())) == [480, 0]
        assert domain(charts.crr_line(some())) == [0, 404]


def test_text_on_a_step_can_be_read() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for theme, steps in STEPS.items():
        for step in (0, 1, 2, 4):  # the cohort map leaves the fourth out
            a, b = sorted((light(steps[step]), light(ON_STEPS[theme][step])))
            assert (b + 0.05) / (a + 0.05) >= 4.5, (theme, step)
