"""``vafa verify-ledger``, ``vafa rebuild-ledger``: the proof that the ledger stands, and all that is made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer

from vafa.faces.cli import giving
from vafa.faces.cli import reading_options as options
from vafa.faces.cli.data import progress_bar
from vafa.faces.cli.database import actor, start


def register(app: typer.Typer) -> None:
    app.command("verify-ledger")(verify_ledger)
    app.command("rebuild-ledger")(rebuild_ledger)


def verify_ledger() -> None:
    """Check that the ledger is whole and says what the engine says of every member's history."""
    with options.speaking_plainly():
        start()
        wrong = _tell_findings()
    if wrong:
        raise typer.Exit(1)


def _tell_findings() -> int:
    from vafa.ledger import verify
    from vafa.reward import verify as reward

    findings = [*verify.findings(), *reward.findings()]
    for finding in findings:
        typer.echo(finding, err=False)
    typer.echo(f"{len(findings)} findings.", err=True)
    return len(findings)


def rebuild_ledger(
    as_of: Annotated[str, typer.Option("--as-of", help="YYYY-MM-DD: only tell what stood that evening.")] = "",
    out: Annotated[Path | None, typer.Option(help="With --as-of: every lot and debt, .parquet or .csv.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One document on standard output.")] = False,
) -> None:
    """Make anew what is kept beside the entries (lots, tiers, standings), then verify. Exit 1 at findings."""
    with options.speaking_plainly():
        start()
        if out is not None and not as_of:
            raise options.Usage("out_needs_a_day", "--out goes with --as-of.")
        document = _as_of(as_of, out) if as_of else _rebuild()
        if json:
            options.print_json(document)
        else:
            for name, value in document.items():
                typer.echo(f"{name}: {value}")
    if document.get("findings"):
        raise typer.Exit(1)


def _rebuild() -> dict[str, Any]:
    from vafa.ledger import verify
    from vafa.loop import rebuild
    from vafa.reward import queries, rebuilding
    from vafa.reward import verify as reward

    with progress_bar("Walking members", queries.members_count()) as step:
        mended = rebuild.rebuild(actor=actor(), progress=step)
    return {
        "members": mended.members,
        "lots": mended.lots,
        "positions": mended.positions,
        "tiers": mended.tiers,
        "digest": rebuilding.digest(),
        "findings": [*verify.findings(), *reward.findings()],
    }


def _as_of(text: str, out: Path | None) -> dict[str, Any]:
    from vafa.reward import rebuilding
    from vafa.shop import queries

    told = rebuilding.as_of(giving.as_of_day(text, queries.club().calendar))
    if out is not None:
        table = pa.table({name: [row[name] for row in told.rows] for name in rebuilding.COLUMNS})
        writer = giving.table_writer(out, "--out")
        giving.write(out, lambda path: writer(table, path))
    return told.document()
