"""``vafa import``, ``vafa launch``: data in, and a programme that counts them."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vafa.core import clock
from vafa.core.calendar import day_number, to_date
from vafa.core.errors import BadFile, Refusal
from vafa.faces.cli import reading_options as options
from vafa.faces.cli.database import actor, start
from vafa.faces.cli.programme import read_programme

EVENT_NAME = re.compile("[a-z][a-z0-9_]{0,39}$")


def register(app: typer.Typer) -> None:
    app.command("import")(bring_in)
    app.command("launch")(launch)
    app.command("event")(event)


def bring_in(
    file: Path,
    what: Annotated[
        str, typer.Option("--as", help="purchases, customers or statement; else what the columns show.")
    ] = "",
    preset: options.Preset = None,
    mapping: options.Map = None,
    time_zone: options.TimeZone = None,
    currency: options.Currency = None,
    date_order: options.DateOrder = None,
    calendar: options.Calendar = None,
    dry_run: Annotated[bool, typer.Option(help="Go the whole way, then take it back.")] = False,
    strict: Annotated[bool, typer.Option(help="Write nothing if any row is refused.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One document on standard output.")] = False,
) -> None:
    """Bring a file of sales or customers into the shop."""
    with options.speaking_plainly():
        start()
        if what not in {"", "purchases", "customers", "statement"}:
            raise options.Usage("bad_as", "--as is purchases, customers or statement.")
        reading = _with_club(options.reading(preset, mapping, time_zone, currency, date_order, calendar))
        document, faults = _bring(file, what, reading, dry_run=dry_run, strict=strict)
        document["errors"] = [fault._asdict() if hasattr(fault, "_asdict") else vars(fault) for fault in faults]
        if json:
            options.print_json(document)
        else:
            typer.echo(
                f"{document['new']} new, {document['unchanged']} unchanged, {document['updated']} updated, "
                f"{document['rejected']} refused." + (" Nothing was kept: a dry run." if dry_run else "")
            )
        for fault in faults[:20]:
            typer.echo(fault.message, err=True)
        if len(faults) > 20:
            typer.echo(f"… and {len(faults) - 20} more.", err=True)
    if faults:
        raise typer.Exit(3)


def _bring(file: Path, what: str, reading: Any, *, dry_run: bool, strict: bool) -> tuple[dict[str, Any], list[Any]]:
    """As ``what`` says; without it a known list of customers is one, anything else tells of purchases."""
    if what == "customers":
        return _customers(file, reading, dry_run=dry_run, strict=strict)
    try:
        return _purchases(file, reading, statement=what == "statement", dry_run=dry_run, strict=strict)
    except BadFile as fault:
        if fault.code != "list_of_customers" or what:
            raise
        return _customers(file, reading, dry_run=dry_run, strict=strict)


def _with_club(reading: Any) -> Any:
    """What the command does not tell is the club's."""
    from dataclasses import replace

    from vafa.shop import queries

    club = queries.club()
    return replace(
        reading,
        time_zone=reading.time_zone or club.time_zone,
        currency=reading.currency or club.currency,
    )


def _purchases(
    file: Path, reading: Any, *, statement: bool, dry_run: bool, strict: bool
) -> tuple[dict[str, Any], list[Any]]:
    from vafa.know.reading import read_sales
    from vafa.loop.imports import bring_in_sales
    from vafa.shop import queries

    sales = read_sales(file, reading)
    if statement and sales.preset not in ("bank_statement", "bank_csv"):
        raise Refusal(
            "no_statement",
            "“%(file)s” is no bank statement that is known.",
            "Give MT940, CAMT.053 or OFX, or name the columns of a CSV and leave --as out.",
            file=file.name,
        )
    if sales.currency != queries.club().currency:
        raise Refusal(
            "other_currency",
            "The file is in %(theirs)s, the shop's currency is %(ours)s.",
            "Convert it first.",
            theirs=sales.currency,
            ours=queries.club().currency,
        )
    total = len(set(sales.lines["purchase_id"].to_pylist())) if sys.stderr.isatty() else 0
    with progress_bar("Bringing in purchases", total) as step:
        dry = dry_run or bool(strict and sales.faults)
        counts = bring_in_sales(sales, file=file.name, actor=actor(), now=clock.now(), dry_run=dry, progress=step)
    document = {
        "file": str(file),
        "preset": sales.preset,
        "rows": sales.rows,
        "purchases": counts.purchases,
        "returns": counts.returns,
        "customers": len(counts.customers),
        "new": 0 if strict and sales.faults else counts.new,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "rejected": len(counts.faults),
    }
    return document, counts.faults


def _customers(file: Path, reading: Any, *, dry_run: bool, strict: bool) -> tuple[dict[str, Any], list[Any]]:
    from vafa.know.reading import read_customers
    from vafa.loop.imports import bring_in_customers

    told, faults, rows = read_customers(file, reading)
    dry = dry_run or bool(strict and faults)
    counts, more = bring_in_customers(told, actor=actor(), now=clock.now(), dry_run=dry)
    document = {"file": str(file), "preset": "customers", "rows": rows, "purchases": 0, "returns": 0}
    document |= {"customers": len(told), **counts, "rejected": len(faults) + len(more)}
    return document, [*faults, *more]


@contextlib.contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Counts on standard error while something long runs; silent where nobody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(what, total=total or None)
        yield lambda count: bar.advance(task, count)


def event(
    customer: Annotated[str, typer.Argument(help="The customer's number.")],
    name: Annotated[str, typer.Argument(help="Of the event, such as review.")],
    key: Annotated[str, typer.Option(help="Names it for ever: the same again changes nothing.")],
    at: Annotated[str, typer.Option(help="When it happened: 2026-11-23 or 2026-11-23T10:30. Default: now.")] = "",
) -> None:
    """Tell of something that a customer did besides buying, such as a review."""
    with options.speaking_plainly():
        start()
        from vafa.loop.tell import tell_one

        try:
            moment = datetime.fromisoformat(at) if at else None
        except ValueError:
            raise options.Usage("bad_at", "--at is a day or a moment, such as 2026-11-23T10:30.") from None
        if not EVENT_NAME.match(name):
            raise options.Usage("bad_event", "An event's name is small letters, digits and _.")
        receipt = tell_one(customer, name, key=key[:120], source="cli", at=moment, actor=actor(), now=clock.now())
        brought = "; ".join(why for _unit, _amount, why in receipt.points.moves)
        typer.echo(brought or "Recorded; it brought nothing.", err=True)


def launch(
    programme: Annotated[Path, typer.Argument(help="The programme: a TOML document, or gallery:NAME.")],
    begin: Annotated[str, typer.Option("--from", help="Its first day, YYYY-MM-DD; else today.")] = "",
) -> None:
    """Let a programme run from a day on. Where one runs already, this is its next version, from today or later."""
    with options.speaking_plainly():
        start()
        from django.db import transaction

        from vafa.reward import actions
        from vafa.shop import queries

        try:
            day = day_number(date.fromisoformat(begin)) if begin else queries.today()
        except ValueError:
            raise options.Usage("bad_day", "--from is a day such as 2026-11-23.") from None
        text = read_programme(programme, queries.club().currency)
        with transaction.atomic():
            actions.save_draft(text, actor=actor(), now=clock.now())
            version = actions.launch(starts_day=day, actor=actor(), now=clock.now())
        when = "is running" if day <= queries.today() else f"begins on {to_date(day)}"
        typer.echo(f"Version {version.number} {when}.", err=True)
