"""The analyst's face: frames in, frames out, no database and no Django.

>>> from vafa import lab
>>> sales = lab.read("CDNOW_sample.txt")           # doctest: +SKIP
>>> lab.analyse(sales).ladder.regular.customers    # doctest: +SKIP
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

from vafa.core.calendar import day_number
from vafa.know.reading import Reading, Sales, read_sales
from vafa.know.reading import receipts as roll_up
from vafa.measure import whatif
from vafa.reward import programme as programmes
from vafa.segment.analysis import Analysis
from vafa.segment.analysis import analyse as analyse_receipts
from vafa.segment.levers import Levers
from vafa.segment.levers import levers as levers_of
from vafa.segment.predicting import Prediction, predict

__all__ = ["analyse", "backtest", "clv", "levers", "read", "receipts", "summary"]


def read(path: str | Path, **reading: object) -> Sales:
    """The sales in a file; keywords as in ``vafa analyse``: ``preset``, ``mapping``, ``time_zone``, ``currency``,
    ``date_order``, ``calendar``. ``.lines`` is an Arrow table of ``core.frame.LINES`` (amounts in minor units),
    ``.faults`` what was refused. Raises BadFile, or a Question that one of the keywords answers.
    """
    return read_sales(Path(path), Reading(**reading))  # type: ignore[arg-type]  # dataclass checks the names


def receipts(sales: Sales) -> pa.Table:
    """One row a purchase: ``core.frame.RECEIPTS``, signed minor units, days since 1970-01-01."""
    return roll_up(sales.lines, sales.calendar)


def analyse(
    sales: Sales, *, as_of: str | None = None, active_days: int | None = None, margin: float | None = None
) -> Analysis:
    """Every metric of docs/formulas.md at once. ``as_of``: an ISO day; ``margin``: 0–1."""
    return analyse_receipts(
        receipts(sales),
        currency=sales.currency,
        calendar=sales.calendar,
        as_of=None if as_of is None else _day(as_of),
        active_days=active_days,
        margin=None if margin is None else Fraction(str(margin)),
    )


def clv(
    sales: Sales,
    *,
    as_of: str | None = None,
    margin: float | None = None,
    programme_cost: float = 0.0,
    discount_rate: float = 0.0,
) -> Prediction:
    """What each customer will buy and be worth in the 90 and 365 days after ``as_of``, and when they are due.

    ``margin``, ``programme_cost``: shares of sales, what is left of them and what the programme gives back;
    ``discount_rate``: a year, 0.1 for 10 %.

    ``.fitted`` is BG/NBD (Fader, Hardie, Lee 2005) with its parameters per week and their standard errors;
    ``.year.blend.fits`` are the five models of the forecast; ``.marks`` say what speaks against it.
    """
    return predict(
        receipts(sales),
        currency=sales.currency,
        calendar=sales.calendar,
        as_of=None if as_of is None else _day(as_of),
        margin=None if margin is None else Fraction(str(margin)),
        programme_cost=Fraction(str(programme_cost)),
        discount_rate=discount_rate,
    )


def levers(
    sales: Sales,
    *,
    up: float = 0.05,
    as_of: str | None = None,
    active_days: int | None = None,
    margin: float | None = None,
) -> Levers | None:
    """What ``up`` more of average purchase, of frequency and of those who stay would make of a customer's lifetime
    value, minor units; in sales where no margin is known, None without any purchase. Formula: docs/formulas.md."""
    ltv = analyse(sales, as_of=as_of, active_days=active_days, margin=margin).ltv
    if ltv.mean_receipt is None or ltv.receipts_a_month is None or ltv.life is None:
        return None
    share = 1 if ltv.margin is None else ltv.margin
    return levers_of(
        receipt=ltv.mean_receipt, often=ltv.receipts_a_month, life=ltv.life, margin=share, up=Fraction(str(up))
    )


def summary(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``customer_id, frequency, recency, T, monetary_value, …`` one row a customer, days and major units.

    Names and meaning as in Fader, Hardie and Lee (2005) and in the packages that followed it.
    """
    return analyse(sales, as_of=as_of).customers


def backtest(programme: str | Path, sales: Sales, *, as_of: str | None = None) -> whatif.BackTest:
    """What a programme (a TOML file) would have cost on these sales; ``.ledger`` holds every movement."""
    return whatif.simulate(
        programmes.load(Path(programme).read_text("utf-8")),
        sales.lines,
        calendar=sales.calendar,
        currency=sales.currency,
        time_zone=sales.time_zone,
        as_of=None if as_of is None else _day(as_of),
    )


def _day(text: str) -> int:
    return day_number(date.fromisoformat(text))
