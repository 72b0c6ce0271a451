"""``vafa liability``: what the shop owes its members, and how that came about."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.core.words import speaking
from vafa.faces.cli import giving
from vafa.faces.cli import reading_options as options
from vafa.faces.cli.database import start

if TYPE_CHECKING:
    from vafa.measure.owing import Owing


WIDTH = 200  # of a table at most; narrow terminals wrap it rather than cut its figures


def register(app: typer.Typer) -> None:
    app.command("liability")(liability)


def liability(
    since: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD; else twelve months back.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day, YYYY-MM-DD; else today.")] = "",
    json: Annotated[bool, typer.Option("--json", help="One document on standard output.")] = False,
    lang: Annotated[str, typer.Option(help="Language of the texts: en or fa.")] = "en",
) -> None:
    """What is owed to members: movement by unit, forecast, deferred revenue. Exit 1 where it does not reconcile."""
    with options.speaking_plainly(), speaking(giving.language(lang)):
        start()
        from vafa.measure import liability_report, liability_table, owing
        from vafa.shop import queries

        club = queries.club()
        first = giving.day_of(since, "--from", club.calendar) if since else None
        last = giving.day_of(until, "--until", club.calendar) if until else None
        if first is not None and first > (queries.today() if last is None else last):
            raise options.Usage("bad_span", "--from is after --until.")
        account = owing.read(since=first, until=last)
        with figures.shown(calendar=club.calendar, toman=club.toman):
            if json:
                options.print_json(liability_table.document(account))
            else:
                _say(account)
            for found in account.differences:
                typer.echo(liability_report.difference(found), err=True)
    if account.differences:
        raise typer.Exit(1)


def _say(account: Owing) -> None:
    """The account in sentences and tables on standard output."""
    from vafa.measure import finding
    from vafa.measure import liability_report as report

    console = Console(file=sys.stdout, highlight=False, markup=False, width=WIDTH)
    console.print(finding.plain(report.headline(account)), style="bold", soft_wrap=True)
    for figure in report.figures_of(account):
        console.print(f"{figure.label}: {figure.value} ({figure.beside})", soft_wrap=True)
    for told in report.movement_tables(account):
        console.print()
        console.print(told.name, style="bold")
        console.print(_table(told.head, [*told.rows, told.whole]))
    if account.splits:
        revenue = report.revenue_table(account)
        console.print()
        console.print(_("As revenue (IFRS 15)"), style="bold")
        console.print(_table(revenue.head, revenue.rows))


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table
