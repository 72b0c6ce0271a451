"""``vafa analyse``: what a file of sales tells about the customers, without a database."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from fractions import Fraction
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from vafa.core import figures
from vafa.core.errors import Question
from vafa.core.words import gettext, speaking
from vafa.core.words import gettext_noop as _
from vafa.faces.cli import giving
from vafa.faces.cli import reading_options as options
from vafa.know.parts import Receipts, read_receipts
from vafa.measure import finding, trusting
from vafa.segment.analysis import Analysis, analyse, check
from vafa.segment.assortment import Assortment, assortment
from vafa.segment.predicting import Prediction, predict


def register(app: typer.Typer) -> None:
    app.command("analyse")(analyse_file)


def analyse_file(
    file: Annotated[Path, typer.Argument(help="A file of sales: CSV, Excel or Parquet, or a folder of Parquet files.")],
    preset: options.Preset = None,
    mapping: options.Map = None,
    time_zone: options.TimeZone = None,
    currency: options.Currency = None,
    date_order: options.DateOrder = None,
    calendar: options.Calendar = None,
    as_of: Annotated[str | None, typer.Option(help="Look from this day; later rows are left out.")] = None,
    active_days: Annotated[int | None, typer.Option(help="Days after a purchase in which one is active.")] = None,
    margin: Annotated[str | None, typer.Option(help="Your margin as a share of sales, 0 to 1.")] = None,
    programme_cost: Annotated[
        str | None,
        typer.Option(help="What a programme gives back as a share of sales, 0 to 1; off the forecast value."),
    ] = None,
    discount_rate: Annotated[
        str | None, typer.Option(help="What money costs a year, such as 0.1; off the forecast value.")
    ] = None,
    engine: Annotated[str, typer.Option(help="Who counts: duckdb or spark.")] = "duckdb",
    json: Annotated[bool, typer.Option("--json", help="One document on standard output.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a report that opens in any browser.")] = None,
    customers: Annotated[Path | None, typer.Option(help="Write one row a customer (.parquet or .csv).")] = None,
    lang: Annotated[str, typer.Option(help="Language of the texts: en or fa.")] = "en",
) -> None:
    """Analyse a file of sales: who brings the sales, who stays, who is late."""
    with ExitStack() as stack:
        stack.enter_context(options.speaking_plainly())
        stack.enter_context(speaking(giving.language(lang)))
        _engine(engine)
        reading = options.reading(preset, mapping, time_zone, currency, date_order, calendar)
        day = None if as_of is None else giving.as_of_day(as_of, calendar)
        share = None if margin is None else giving.share(margin, "--margin")
        cost = Fraction(0) if programme_cost is None else giving.share(programme_cost, "--programme-cost")
        yearly = 0.0 if discount_rate is None else float(giving.share(discount_rate, "--discount-rate"))
        check(active_days=active_days, margin=share)
        write_customers = None if customers is None else giving.table_writer(customers, "--customers")
        room = stack.enter_context(TemporaryDirectory(prefix="vafa-"))
        sales = read_receipts(file, reading, as_of=day, room=Path(room))
        found = _found(sales, day, active_days, share, engine)
        ahead = _ahead(sales, found, cost, yearly)
        bought = _bought(sales, found, engine) if json or html is not None else None
        if html is not None:
            report = partial(_report, found, ahead, bought, file, len(sales.faults))
            giving.write(html, lambda path: path.write_text(report(), "utf-8"))
        if customers is not None and write_customers is not None:
            giving.write(customers, partial(write_customers, ahead.beside(found.customers)))
        if json:
            beside = {"clv": ahead.as_json() | {"words": _words(ahead)}}
            options.print_json(found.as_json() | beside | ({"products": bought.as_json()} if bought else {}))
        else:
            _say(found, ahead)
        giving.tell_faults(sales.faults)
    if sales.faults:
        raise typer.Exit(3)


def _found(sales: Receipts, day: int | None, active_days: int | None, margin: Fraction | None, engine: str) -> Analysis:
    return analyse(
        sales.source,
        currency=sales.currency,
        calendar=sales.calendar,
        as_of=day,
        active_days=active_days,
        margin=margin,
        engine=engine,
        goods=sales.goods,
    )


def _bought(sales: Receipts, found: Analysis, engine: str) -> Assortment | None:
    """What is bought, where products are told."""
    if sales.goods is None:
        return None
    return assortment(sales.source, sales.goods, calendar=found.calendar, as_of=found.as_of, engine=engine)


def _ahead(sales: Receipts, found: Analysis, cost: Fraction, yearly: float) -> Prediction:
    return predict(
        sales.source,
        currency=found.currency,
        calendar=found.calendar,
        as_of=found.as_of,
        margin=found.ltv.margin,
        programme_cost=cost,
        discount_rate=yearly,
    )


def _words(ahead: Prediction) -> list[str]:
    """How far the forecast of a year can be trusted."""
    return [said for outlook in ahead.outlooks[-1:] for said in trusting.sentences(outlook)]


def _engine(name: str) -> None:
    if name not in ("duckdb", "spark"):
        raise Question(
            "bad_engine",
            _("The engine “%(name)s” can't be used here."),
            _("Use --engine duckdb or --engine spark."),
            name=name[:20],
        )


def _report(found: Analysis, ahead: Prediction, bought: Assortment | None, file: Path, left_out: int) -> str:
    from vafa.measure.reports import REPORTS, customer_base  # Altair takes half a second to load

    params = customer_base.Params(source=file.name, left_out=left_out, ahead=ahead.outlooks, assortment=bought)
    text: str = REPORTS[customer_base.KIND].render(found, params)
    return text


def _say(found: Analysis, ahead: Prediction) -> None:
    """The analysis in sentences on standard output."""
    console = Console(file=sys.stdout, highlight=False, markup=False)
    with figures.shown(calendar=found.calendar):
        console.print(finding.plain(finding.headline(found)), style="bold")
        console.print(finding.span(found), style="dim")
        if not found.people:
            return
        table = Table(box=None, pad_edge=False, show_header=False)
        for figure in finding.five(found):
            table.add_row(figure.label, figure.value, figure.beside, style=None)
        console.print(table)
        for say in (finding.pareto, finding.ladder, finding.cohorts, finding.retention, finding.lateness):
            console.print(f"{say(found)[0]}.")
        console.print(finding.active_days(found))
        for outlook in ahead.outlooks[:1]:
            console.print(f"{trusting.title(outlook)}.", style="bold")
            for sentence in trusting.sentences(outlook):
                console.print(sentence)
        acts = finding.acts(found)
        if acts:
            console.print(gettext("What to do first"), style="bold")
        for number, (act, why) in enumerate(acts, 1):
            console.print(f"{figures.number(number)}. {act}: {why}")
