"""The analyst's face: frames in, frames out, no database and no Django.

``read`` takes a file or a frame; every other function takes what it gives. Tables come back as Arrow
(``.to_pandas()``, ``polars.from_arrow(…)``, ``duckdb.from_arrow(…)``). Names are those of the literature.

>>> import pyarrow as pa
>>> from vafa import lab
>>> days = ["2026-01-05", "2026-01-15", "2026-02-14", "2026-01-20"]
>>> bought = pa.table({"customer_id": list("aaab"), "at": days, "amount": [100.0, 70.0, 50.0, 30.0]})
>>> sales = lab.read(bought)
>>> lab.analyse(sales).ladder.client.customers
1
>>> month = [f"2026-01-{day:02}" for day in range(1, 31)]
>>> lines = {"customer_id": ["a"] * 60 + ["b"] * 30, "at": month * 3, "amount": [1.0] * 60 + [3.0] * 30}
>>> lines["product_id"] = ["tea"] * 30 + ["sugar"] * 30 + ["bread"] * 30
>>> groceries = lab.read(pa.table(lines | {"category": ["hot"] * 60 + ["baked"] * 30}))
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa

from vafa.core.calendar import day_number
from vafa.know.gathering import with_names
from vafa.know.reading import Reading, Sales, read_frame, read_sales
from vafa.know.reading import receipts as roll_up
from vafa.know.rollup import goods as goods_of
from vafa.measure import whatif
from vafa.reward import programme as programmes
from vafa.segment.analysis import Analysis, summary_columns
from vafa.segment.analysis import analyse as analyse_receipts
from vafa.segment.engines.translated import translated
from vafa.segment.levers import Levers
from vafa.segment.levers import levers as levers_of
from vafa.segment.methods import METHODS
from vafa.segment.predicting import Prediction, predict
from vafa.segment.running import Engine, compute, open_receipts, statement

__all__ = [
    *(
        "abc_xyz",
        "affinity",
        "analyse",
        "backtest",
        "charts",
        "clv",
        "cohorts",
        "customers",
        "ladder",
        "levers",
        "lookalikes",
        "pairs",
        "portrait",
        "products",
        "read",
        "receipts",
        "rfm",
    ),
    *("sql", "summary"),
]


def read(source: Any, **reading: object) -> Sales:
    """The sales in a file (its path), or in a frame: pandas, Polars, Arrow, a DuckDB relation, whatever hands its
    columns over by Arrow's C stream.

    Columns as in an activity file: ``customer_id, at, amount`` are enough; amounts in major units, times as they are.
    Keywords as in ``vafa analyse``: ``preset``, ``mapping``, ``time_zone``, ``currency``, ``date_order``, ``calendar``.
    ``.lines`` is an Arrow table of ``core.frame.LINES`` (amounts in minor units; purchase_id null where the source
    names no purchases and no products), ``.faults`` what was refused, with row, column and remedy. Raises BadFile, or a
    Question that one of the keywords answers.

    >>> lab.read(bought).lines["amount"].to_pylist()
    [10000, 7000, 5000, 3000]
    """
    told = Reading(**reading)  # type: ignore[arg-type]  # the dataclass checks the names
    if isinstance(source, str | Path):
        return read_sales(Path(source), told, named=False)
    return read_frame(source, told, named=False)


def receipts(sales: Sales) -> pa.Table:
    """One row a purchase: ``core.frame.RECEIPTS``, signed minor units, days since 1970-01-01, in order of time.

    >>> lab.receipts(sales).select(["customer_id", "day", "amount"]).slice(0, 1).to_pylist()
    [{'customer_id': 'a', 'day': 20458, 'amount': 10000}]
    """
    return roll_up(with_names(sales.lines), sales.calendar)


def analyse(
    sales: Sales,
    *,
    as_of: str | None = None,
    active_days: int | None = None,
    margin: float | None = None,
    engine: str = "duckdb",
) -> Analysis:
    """Every metric of docs/formulas.md at once. ``as_of``: an ISO day; ``margin``: 0–1; ``engine``: who counts
    (duckdb, spark, postgresql). ``.as_json()`` is the document of ``vafa analyse --json``.

    >>> lab.analyse(sales, margin=0.3).as_json()["ladder"]["buyer"]
    1
    """
    return analyse_receipts(
        roll_up(sales.lines, sales.calendar, ordered=False),
        currency=sales.currency,
        calendar=sales.calendar,
        as_of=None if as_of is None else _day(as_of),
        active_days=active_days,
        margin=None if margin is None else Fraction(str(margin)),
        engine=engine,
        goods=goods_of(sales.lines),
    )


def customers(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """The columns of ``vafa analyse --customers`` but the forecast: the summary, then ``r, f, m, abc, xyz, rung,
    lapsed``; one row a customer, in bytewise order of the id.

    >>> lab.customers(sales)["rung"].to_pylist()
    ['client', 'buyer']
    """
    return analyse(sales, as_of=as_of).customers


def summary(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``customer_id, purchases, revenue, frequency, recency, T, monetary_value, first_day, last_day``, one row a
    customer in bytewise order of the id; recency and T in days, money in major units.

    Names and meaning as in Fader, Hardie and Lee (2005) and in the packages that followed it: frequency is the
    number of purchase days after the first, monetary_value the mean of their totals (0 without any).

    >>> lab.summary(sales).select(["frequency", "recency", "T", "monetary_value"]).to_pylist()[0]
    {'frequency': 2, 'recency': 40, 'T': 40, 'monetary_value': 60.0}
    """
    return _table(sales, "summary", as_of, f"select {summary_columns(sales.currency)} from summary order by 1")


def rfm(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``customer_id, r, f, m``: classes 1–5 of last day, purchases and revenue (5 the latest, most, largest), ties by
    id; after Hughes (1994).

    >>> lab.rfm(sales).to_pylist()[0]
    {'customer_id': 'a', 'r': 2, 'f': 2, 'm': 2}
    """
    return _table(sales, "rfm", as_of)


def abc_xyz(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``customer_id, abc, xyz, top_share``: A brings the first 80 % of revenue, B the next 15 %; X, Y and Z by the
    spread of monthly revenue (½, 1), N too new to tell; top_share: among the first so many percent.

    >>> lab.abc_xyz(sales).to_pylist()[0]
    {'customer_id': 'a', 'abc': 'A', 'xyz': 'N', 'top_share': 50}
    """
    return _table(sales, "abc_xyz", as_of)


def ladder(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``customer_id, rung, lapsed (0/1), since, twice_median_gap, patience``, the last three in days.

    >>> lab.ladder(sales).select(["customer_id", "rung", "since"]).to_pylist()[1]
    {'customer_id': 'b', 'rung': 'buyer', 'since': 25}
    """
    return _table(sales, "ladder", as_of)


def cohorts(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``cohort, month, customers``: of those who first bought in the month ``cohort``, how many bought in ``month``.
    A month is year × 12 + month − 1.

    >>> lab.cohorts(sales).to_pylist()[0]
    {'cohort': 24312, 'month': 24312, 'customers': 2}
    """
    return _table(sales, "cohorts", as_of, "select * from cohorts order by cohort, month")


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

    >>> lab.clv(sales).fitted.model.name
    'BG/NBD'
    """
    return predict(
        roll_up(sales.lines, sales.calendar, ordered=False),
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
    value, minor units; in sales where no margin is known, None without any purchase. Formula: docs/formulas.md.

    >>> round(float(lab.levers(sales).often))
    13125
    """
    ltv = analyse(sales, as_of=as_of, active_days=active_days, margin=margin).ltv
    if ltv.mean_receipt is None or ltv.receipts_a_month is None or ltv.life is None:
        return None
    share = 1 if ltv.margin is None else ltv.margin
    return levers_of(
        receipt=ltv.mean_receipt, often=ltv.receipts_a_month, life=ltv.life, margin=share, up=Fraction(str(up))
    )


def products(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``product, category, brand, customers, baskets, amount, again_share, abc, xyz``, by sales (minor units), the
    largest first: products by volume and by the steadiness of their baskets. A basket: a customer's day.

    >>> lab.products(groceries).select(["product", "baskets", "abc"]).to_pylist()[0]
    {'product': 'bread', 'baskets': 30, 'abc': 'A'}
    """
    return _table(sales, "products", as_of, "select * from products order by amount desc, product")


def pairs(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``product, other, together, baskets, other_baskets, all_baskets, share, lift, least_lift, place``: what is taken
    together more often than chance gives (lift of Brin et al. 1997, with its lower end), the surest first.

    >>> lab.pairs(groceries).select(["product", "other", "lift"]).to_pylist()[0]
    {'product': 'sugar', 'other': 'tea', 'lift': 2.0}
    """
    return _table(sales, "pairs", as_of, "select * from pairs order by least_lift desc, product, other")


def affinity(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``customer_id, kind, name, days, of_days, share, shop_share, lift, place, fan``: categories and brands that
    customers lean to; ``fan`` 1 is who takes a name most often.

    >>> lab.affinity(groceries).select(["customer_id", "name", "days"]).to_pylist()
    [{'customer_id': 'a', 'name': 'hot', 'days': 30}, {'customer_id': 'b', 'name': 'baked', 'days': 30}]
    """
    return _table(sales, "affinity", as_of, "select * from affinity order by customer_id, kind, place")


def portrait(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``trait, value, best_customers, other_customers, best_share, other_share, lift, z``: on which share of their days
    the best fifth of customers take something, come on a weekday or buy so much, beside all others; ``z`` standard
    errors (Welch 1947).

    >>> lab.portrait(groceries).num_rows  # of ten customers at least
    0
    """
    return _table(sales, "portrait", as_of, "select * from portrait order by z desc, trait, value")


def lookalikes(sales: Sales, *, as_of: str | None = None) -> pa.Table:
    """``customer_id, alike, of_marks, of_days``: who isn't among the best fifth, but shows so many of the portrait's
    surest traits as often as the best do.

    >>> lab.lookalikes(groceries).num_rows
    0
    """
    return _table(sales, "lookalikes", as_of, "select * from lookalikes order by alike desc, of_days desc, customer_id")


def charts(found: Analysis, *, theme: str = "light") -> dict[str, Any]:
    """``pareto, ladder, lateness, crr, cohorts``: the report's charts as Altair objects, to show, save or change.

    >>> sorted(lab.charts(lab.analyse(sales)))
    ['cohorts', 'crr', 'ladder', 'lateness', 'pareto']
    """
    import altair  # takes half a second to load

    from vafa.measure import charts as drawn

    specs: dict[str, Any] = {
        "pareto": drawn.pareto_curve(found, theme=theme),  # type: ignore[arg-type]  # told wrongly, it has no colours
        "ladder": drawn.ladder_skirt(found, theme=theme),  # type: ignore[arg-type]
        "lateness": drawn.lateness_histogram(found, theme=theme),  # type: ignore[arg-type]
        "crr": drawn.crr_line(found, theme=theme),  # type: ignore[arg-type]
        "cohorts": drawn.cohort_map(found, theme=theme),  # type: ignore[arg-type]
    }
    for spec in specs.values():  # null is right for Vega-Lite, but not by its own schema
        spec["config"] = spec["config"] | {"background": "transparent"}
    return {name: altair.LayerChart.from_dict(spec) for name, spec in specs.items()}


def sql(kind: str, *, dialect: str = "duckdb", **places: object) -> str:
    """The SQL of a method in a dialect of sqlglot (duckdb, postgres, sqlite, spark, bigquery, snowflake …), with its
    parameters filled in. It reads ``receipts``, ``months`` and the tables of the methods it needs.

    >>> print(lab.sql("rfm", dialect="postgres")[:40])
    SELECT customer_id, CAST(NTILE(5) OVER (
    """
    text, values = statement(METHODS[kind].__file__, METHODS[kind].Params(**places))
    return translated(text, dialect, values)


def backtest(programme: str | Path, sales: Sales, *, as_of: str | None = None) -> whatif.BackTest:
    """What a programme (a TOML file) would have cost on these sales; ``.ledger`` holds every movement."""
    return whatif.simulate(
        programmes.load(Path(programme).read_text("utf-8")),
        with_names(sales.lines),
        calendar=sales.calendar,
        currency=sales.currency,
        time_zone=sales.time_zone,
        as_of=None if as_of is None else _day(as_of),
    )


def _table(sales: Sales, kind: str, as_of: str | None, query: str = "") -> pa.Table:
    """What a method gives, after the methods that it needs, as they need it."""
    day = None if as_of is None else _day(as_of)
    bought = roll_up(sales.lines, sales.calendar, ordered=False)
    engine, day = open_receipts(bought, calendar=sales.calendar, as_of=day, goods=goods_of(sales.lines))
    try:
        compute(engine, METHODS, kind, day)
        return _arrow(engine, query or f"select * from {kind} order by customer_id")
    finally:
        engine.close()


def _arrow(engine: Engine, query: str) -> pa.Table:
    return engine.sql(query).to_arrow_table()


def _day(text: str) -> int:
    return day_number(date.fromisoformat(text))
