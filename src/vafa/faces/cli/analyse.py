"""``vafa analyse``: what a file of sales tells about the customers, without a database."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console
from rich.table import Table

from vafa.core import figures
from vafa.core.calendar import day_number, month_number, month_start
from vafa.core.errors import Question, Refusal
from vafa.core.identity import plain_digits
from vafa.core.words import LANGUAGES, ngettext, speaking
from vafa.core.words import gettext as tr
from vafa.core.words import gettext_noop as _
from vafa.faces.cli import reading_options as options
from vafa.know import reading as know
from vafa.measure import finding
from vafa.segment.analysis import Analysis, analyse, check

FAULTS_SHOWN = 20
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})$")
_SHARE = re.compile(r"\d{0,9}[.\u066b]?\d{1,12}$")


def register(app: typer.Typer) -> None:
    app.command("analyse")(analyse_file)


def analyse_file(
    file: Annotated[Path, typer.Argument(help="A file of sales: CSV, Excel or Parquet.")],
    preset: options.Preset = None,
    mapping: options.Map = None,
    time_zone: options.TimeZone = None,
    currency: options.Currency = None,
    date_order: options.DateOrder = None,
    calendar: options.Calendar = None,
    as_of: Annotated[str | None, typer.Option(help="Look from this day; later rows are left out.")] = None,
    active_days: Annotated[int | None, typer.Option(help="Days after a purchase in which one is active.")] = None,
    margin: Annotated[str | None, typer.Option(help="Your margin as a share of sales, 0 to 1.")] = None,
    engine: Annotated[str, typer.Option(help="duckdb.")] = "duckdb",
    json: Annotated[bool, typer.Option("--json", help="One document on standard output.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a report that opens in any browser.")] = None,
    customers: Annotated[Path | None, typer.Option(help="Write one row a customer (.parquet or .csv).")] = None,
    lang: Annotated[str, typer.Option(help="Language of the texts: en or fa.")] = "en",
) -> None:
    """Analyse a file of sales: who brings the sales, who stays, who is late."""
    with options.speaking_plainly(), speaking(_language(lang)):
        _engine(engine)
        reading = options.reading(preset, mapping, time_zone, currency, date_order, calendar)
        day = None if as_of is None else _day(as_of, calendar)
        share = None if margin is None else _margin(margin)
        check(active_days=active_days, margin=share)
        write_customers = None if customers is None else _writer(customers)
        sales = know.read_sales(file, reading, as_of=day)
        found = analyse(
            know.receipts(sales.lines, sales.calendar),
            currency=sales.currency,
            calendar=sales.calendar,
            as_of=day,
            active_days=active_days,
            margin=share,
        )
        if html is not None:
            _write(html, lambda path: path.write_text(_report(found, file, len(sales.faults)), "utf-8"))
        if customers is not None and write_customers is not None:
            table = found.customers
            _write(customers, lambda path: write_customers(table, path))
        if json:
            options.print_json(found.as_json())
        else:
            _say(found)
        _tell_faults(sales.faults)
    if sales.faults:
        raise typer.Exit(3)


def _language(code: str) -> str:
    if code in LANGUAGES:
        return code
    raise Question("bad_language", _("There is no language “%(name)s”."), _("Use en or fa."), name=code[:20])


def _engine(name: str) -> None:
    if name != "duckdb":
        raise Question(
            "bad_engine", _("The engine “%(name)s” can't be used here."), _("Use --engine duckdb."), name=name[:20]
        )


def _day(text: str, calendar: str | None) -> int:
    """The day that ``--as-of`` names: ISO, or the same in the Jalali calendar with ``--calendar jalali``."""
    parts = _DAY.match(plain_digits(text.strip()))
    try:
        if not parts:
            raise ValueError(text)
        year, month, of_month = (int(part) for part in parts.groups())
        if calendar == "jalali" and year < 1700:
            day = month_start(year * 12 + month - 1, "jalali") + of_month - 1
            if not 1 <= month <= 12 or of_month < 1 or month_number(day, "jalali") != year * 12 + month - 1:
                raise ValueError(text)
            return day
        return day_number(date(year, month, of_month))
    except ValueError:
        raise Question(
            "bad_as_of", _("--as-of “%(text)s” is not a day."), _("Write it like 2026-11-22."), text=text[:40]
        ) from None


def _margin(text: str) -> Fraction:
    plain = plain_digits(text.strip())
    if not _SHARE.match(plain):
        raise Question(
            "bad_margin",
            _("--margin “%(text)s” is not a share."),
            _("Give a number from 0 to 1, such as 0.3."),
            text=text[:40],
        )
    return Fraction(plain.replace("\u066b", "."))


def _writer(path: Path) -> Callable[[pa.Table, Path], None]:
    """What writes the table of customers, by the ending of the file's name."""
    import pyarrow.csv
    import pyarrow.parquet

    writers: dict[str, Callable[[pa.Table, Path], None]] = {
        ".parquet": pyarrow.parquet.write_table,
        ".csv": pyarrow.csv.write_csv,
    }
    if path.suffix.lower() not in writers:
        raise Question(
            "bad_customers_file",
            _("--customers can't write “%(name)s”."),
            _("Give a name that ends in .parquet or .csv."),
            name=path.name[:80],
        )
    return writers[path.suffix.lower()]


def _write(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the place first, so that no half file is ever left there."""
    fresh = path.with_name(path.name + ".part")
    try:
        write(fresh)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise Refusal(
            "cannot_write",
            _("“%(path)s” can't be written (%(why)s)."),
            _("Choose another place."),
            path=str(path),
            why=os.strerror(error.errno) if error.errno else type(error).__name__,
        ) from None


def _report(found: Analysis, file: Path, left_out: int) -> str:
    from vafa.measure.reports import REPORTS, customer_base  # Altair takes half a second to load

    text: str = REPORTS[customer_base.KIND].render(found, customer_base.Params(source=file.name, left_out=left_out))
    return text


def _say(found: Analysis) -> None:
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
        acts = finding.acts(found)
        if acts:
            console.print(tr("What to do first"), style="bold")
        for number, (act, why) in enumerate(acts, 1):
            console.print(f"{figures.number(number)}. {act}: {why}")


def _tell_faults(faults: list[know.Fault]) -> None:
    for fault in faults[:FAULTS_SHOWN]:
        typer.echo(fault.message, err=True)
    more = len(faults) - FAULTS_SHOWN
    if more > 0:
        words = ngettext("… and %(count)s more fault.", "… and %(count)s more faults.", more)
        typer.echo(words % {"count": figures.number(more)}, err=True)
