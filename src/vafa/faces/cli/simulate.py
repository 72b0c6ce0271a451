"""``vafa simulate``: what a programme would have cost on a file of sales, without a database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from vafa.core import figures
from vafa.core.words import gettext, language, speaking
from vafa.faces.cli import giving
from vafa.faces.cli import reading_options as options
from vafa.faces.cli.programme import read_programme
from vafa.know import reading as know
from vafa.measure import comparing, trial, whatif
from vafa.measure.backtest import BackTest
from vafa.reward.programme import Programme, load


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def simulate(
    programme: Annotated[Path, typer.Argument(help="The programme: a TOML document, or gallery:NAME.")],
    file: Annotated[Path, typer.Argument(help="A file of sales: CSV, Excel or Parquet.")],
    preset: options.Preset = None,
    mapping: options.Map = None,
    time_zone: options.TimeZone = None,
    currency: options.Currency = None,
    date_order: options.DateOrder = None,
    calendar: options.Calendar = None,
    as_of: Annotated[str | None, typer.Option(help="The walk ends on this day; later rows are left out.")] = None,
    redemption: Annotated[str, typer.Option(help="auto, none, or the share of members who take rewards.")] = "auto",
    margin: Annotated[str | None, typer.Option(help="Your margin as a share of sales, 0 to 1.")] = None,
    breakage: Annotated[str, typer.Option(help="Share of what is owed that is never used, 0 to 1.")] = "0",
    json: Annotated[bool, typer.Option("--json", help="One document on standard output.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a report that opens in any browser.")] = None,
    ledger: Annotated[Path | None, typer.Option(help="Write every movement (.parquet or .csv).")] = None,
    against: Annotated[Path | None, typer.Option(help="Another programme, set beside it on the same sales.")] = None,
    caps: Annotated[bool, typer.Option("--caps", help="Say of each cap what it would give without it.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the texts: en or fa.")] = "en",
) -> None:
    """Try a programme on the sales of the past: its cost, what it owes, whom it reaches, a verdict."""
    with options.speaking_plainly(), speaking(giving.language(lang)):
        _programmes(programme, against, currency)  # what is wrong with them is told before a long file is read
        taken = whatif.redemption_of(redemption)
        shares = (None if margin is None else giving.share(margin, "--margin"), giving.share(breakage, "--breakage"))
        reading = options.reading(preset, mapping, time_zone, currency, date_order, calendar)
        day = None if as_of is None else giving.as_of_day(as_of, calendar)
        write_ledger = None if ledger is None else giving.table_writer(ledger, "--ledger")
        sales = know.read_sales(file, reading, as_of=day)
        rules, others = _programmes(programme, against, sales.currency)  # ready ones come in the file's currency
        walk = partial(
            whatif.simulate,
            lines=sales.lines,
            calendar=sales.calendar,
            currency=sales.currency,
            time_zone=sales.time_zone,
            as_of=day,
            redemption=taken,
            margin=shares[0],
            breakage=shares[1],
        )
        found = walk(rules)
        compared = None if others is None else comparing.compare(found, walk(others))
        effects = comparing.caps(found, walk) if caps else []
        if html is not None:
            giving.write(html, lambda path: path.write_text(_report(found, file, len(sales.faults)), "utf-8"))
        if ledger is not None and write_ledger is not None:
            table = found.ledger
            giving.write(ledger, lambda path: write_ledger(table, path))
        if json:
            document = found.as_json() | (compared.as_json() if compared else {})
            options.print_json(document | ({"caps": [e.as_json(found.currency) for e in effects]} if caps else {}))
        else:
            _say(found)
            _say_beside(found, compared, effects, against.stem if against else "")
        giving.tell_faults(sales.faults)
    if sales.faults:
        raise typer.Exit(3)


def _programmes(programme: Path, against: Path | None, currency: str | None) -> tuple[Programme, Programme | None]:
    rules = load(read_programme(programme, currency))
    return rules, None if against is None else load(read_programme(against, currency))


def _report(found: BackTest, file: Path, left_out: int) -> str:
    from vafa.measure import trial_report  # Altair takes half a second to load

    return trial_report.render(found, source=file.name, left_out=left_out)


def _say(found: BackTest) -> None:
    """The back-test in sentences on standard output."""
    console = Console(file=sys.stdout, highlight=False, markup=False)
    toman = found.currency == "IRR" and language() == "fa"
    with figures.shown(calendar=found.calendar, toman=toman):
        console.print(trial.headline(found), style="bold")
        console.print(trial.span(found), style="dim")
        table = Table(box=None, pad_edge=False, show_header=False)
        for label, value, beside in trial.figures_of(found):
            table.add_row(label, value, beside)
        console.print(table)
        for name, count in trial.units(found):
            console.print(f"{name}: {count}")
        console.print(gettext("Launch it") if found.verdict.launch else gettext("Do not launch it"), style="bold")
        for reason in found.verdict.reasons:
            console.print(f"- {reason}")


def _say_beside(
    found: BackTest, compared: comparing.Comparison | None, effects: Sequence[comparing.CapEffect], other: str
) -> None:
    """The other programme and the caps in sentences on standard output."""
    console = Console(file=sys.stdout, highlight=False, markup=False)
    with figures.shown(calendar=found.calendar, toman=found.currency == "IRR" and language() == "fa"):
        for effect in effects:
            console.print(f"- {comparing.cap_sentence(effect, found)}")
        if compared is None:
            return
        console.print()
        console.print(comparing.headline(compared, compared.other.programme.name or other), style="bold")
        for label, count in comparing.counts(compared):
            console.print(f"{label}: {count}")
        for heads, rows in (comparing.table(compared), comparing.month_table(compared)):
            table = Table(*heads, box=None, pad_edge=False)
            for row in rows:
                table.add_row(*row)
            console.print(table)
        for one in (*compared.gains, *compared.losses):
            console.print(f"{one.customer_id}: {comparing.signed(one.difference, found.currency)} ({one.why})")
