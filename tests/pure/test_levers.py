"""What a little more of average purchase, frequency and staying would bring, and what a forecast costs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from plain_metrics import bought as sold
from plain_metrics import table

from vafa import lab
from vafa.core import figures
from vafa.measure import finding
from vafa.segment.analysis import analyse
from vafa.segment.levers import levers
from vafa.segment.predicting import predict

SHOP = (("a", "2026-01-05", 1000), ("a", "2026-03-05", 2000), ("b", "2026-02-05", 600))


def test_three_levers_by_hand() -> None:
    """S 12, C 0.75, T 2, P ¼: 4.50 a customer."""
    found = levers(receipt=Fraction(1200), often=Fraction(3, 4), life=Fraction(2), margin=Fraction(1, 4))
    assert found.now == 450
    assert found.receipt == found.often == Fraction("472.5")
    assert found.life == 450 / Fraction(95, 100)
    assert found.all == 450 * Fraction(105, 100) ** 2 / Fraction(95, 100)
    with pytest.raises(ValueError, match="share from 0"):
        levers(receipt=1, often=1, life=1, up=1)


def test_the_report_s_table_says_them_in_profit_or_in_sales() -> None:
    with figures.shown():
        told = finding.levers_table(analyse(table(sold(*SHOP)), currency="USD", margin=Fraction(1, 4)))
        assert told is not None
        assert told[2] == [
            ["as it is", "$4.50", ""],
            ["average purchase 5\u00a0% larger", "$4.72", "+$0.22"],
            ["purchases 5\u00a0% more often", "$4.72", "+$0.22"],
            ["5\u00a0% fewer leave", "$4.74", "+$0.24"],
            ["all three", "$5.22", "+$0.72"],
        ]
        in_sales = finding.levers_table(analyse(table(sold(*SHOP)), currency="USD"))
        assert in_sales is not None
        assert (in_sales[1][1], in_sales[2][0][1]) == ("sales of a customer", "$18.00")
        assert finding.levers_table(analyse(table([]), currency="USD")) is None


def test_the_lab_pulls_levers_on_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    rows = "\n".join(f"{who},{day},{amount / 100}" for who, day, amount in SHOP)
    path.write_text(f"customer_id,date,amount\n{rows}\n")
    found = lab.levers(lab.read(path, currency="USD"), up=0.1, margin=0.25)
    assert found is not None
    assert (found.now, found.often, found.life) == (450, 495, 500)


def test_programme_and_discount_come_off_the_forecast_value() -> None:
    """Of 100 sold 40 are left, 10 go back; at 10 % a year what comes evenly over it is worth .1 ÷ 1.1 ÷ ln 1.1."""
    receipts = table(sold(*((n, f"2026-0{m}-0{k + 1}", 500) for k, n in enumerate("abcd") for m in (1, 3, 5))))
    plain = predict(receipts, currency="USD").value
    less = predict(
        receipts, currency="USD", margin=Fraction(2, 5), programme_cost=Fraction(1, 10), discount_rate=0.1
    ).value
    assert plain is not None
    assert less is not None
    factor = 0.3 * (0.1 / 1.1) / 0.09531017980432493
    for one, other in ((plain.value, less.value), (plain.low, less.low), (plain.high, less.high)):
        assert other.tolist() == pytest.approx((one * factor).tolist())
