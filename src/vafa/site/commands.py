"""Commands that put the whole together: demo, serve, worker, upgrade, doctor, backup, restore."""

from __future__ import annotations

import os
import sys
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from vafa.core import collector
from vafa.core.errors import Refusal
from vafa.faces.cli.database import start
from vafa.faces.cli.reading_options import speaking_plainly
from vafa.site import configuration, copies, serving

HOST = "127.0.0.1"
MOST_PROCESSES = 4  # that serve; each holds some 200 MB


def register(app: typer.Typer) -> None:
    for command in (demo, serve, worker, upgrade, doctor, backup, restore):
        app.command(command.__name__)(command)


def demo(
    port: Annotated[int, typer.Option(help="Where to serve.")] = 8000,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the link.")] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load the shop and stop.")] = False,
) -> None:
    """A full shop on a year of real sales data, served with the worker beside it."""
    from vafa.site import demo as the_demo

    with speaking_plainly():
        the_demo.prepare_home(configuration.home())
        loaded = configuration.home() / "demo-loaded"
        with ThreadPoolExecutor(1) as beside, collector.paused():
            sales = None if loaded.exists() else beside.submit(the_demo.read)  # while Django starts
            start(needs_shop=False)
            from django.core.management import call_command

            from vafa.shop import queries

            call_command("migrate", verbosity=0, interactive=False)
            if sales and queries.is_set_up():
                raise Refusal(
                    "half_a_demo",
                    "The demo in %(home)s was cut off while it loaded.",
                    "Delete that folder and start again.",
                    home=configuration.home(),
                )
            if sales:
                the_demo.load(sales.result, the_demo.say_to_stderr)
                loaded.touch()
        if no_serve:
            return
        _serve(HOST, port, with_worker=True, browser=not no_browser, link=lambda: the_demo.owner_link(HOST, port))


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = HOST,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="The worker runs elsewhere.")] = False,
) -> None:
    """Serve the shop, with the worker beside it."""
    with speaking_plainly():
        start()
        _serve(host, port, with_worker=not no_worker)


def _serve(host: str, port: int, *, with_worker: bool, browser: bool = False, link: object = None) -> None:
    from django.db import connection

    from vafa.site import checks

    if faults := list(checks.faults(host)):
        raise Refusal("unsafe_settings", " ".join(faults))

    def ready() -> None:
        way_in = link() if callable(link) else ""
        print(f"READY http://{host}:{port}/ {way_in}".rstrip(), flush=True)
        if browser and sys.stdout.isatty():
            webbrowser.open(str(way_in))

    cores = min(os.cpu_count() or 1, MOST_PROCESSES)
    processes = cores if connection.vendor == "postgresql" else 1  # SQLite has one writer at a time anyway
    raise typer.Exit(serving.run(host, port, worker=with_worker, processes=processes, ready=ready))


def worker(once: Annotated[bool, typer.Option("--once", help="Do what waits, then stop.")] = False) -> None:
    """Do what waits and what is due: reactions, letters, the morning's figures."""
    with speaking_plainly():
        start()
        from vafa.site import work

        if once:
            typer.echo(f"{work.turn()} done.", err=True)
        else:
            work.run()


def upgrade(no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing.")] = False) -> None:
    """Back up, bring the tables up to date, check the ledger."""
    del no_input  # it never asks
    with speaking_plainly():
        start()
        from django.core.management import call_command

        from vafa.ledger import verify
        from vafa.reward import verify as reward

        path = copies.backup(configuration.home() / "backups" / copies.name_for_now())
        typer.echo(f"Backed up to {path}.", err=True)
        call_command("migrate", verbosity=0, interactive=False)
        findings = [*verify.findings(), *reward.findings()]
        for finding in findings:
            typer.echo(finding)
        if findings:
            raise Refusal("ledger_findings", "The ledger has %(n)s findings after the upgrade.", n=len(findings))
        typer.echo("Up to date; the ledger is whole.", err=True)


def doctor() -> None:
    """Show every setting with its origin, and whether what the shop needs is there."""
    with speaking_plainly():
        typer.echo(f"VAFA_HOME = {configuration.home()}")
        for name, value in configuration.read().items():
            shown = "…" if name == "smtp_url" and value.value else value.value
            typer.echo(f"{name} = {shown}  ({value.origin})")
        start(needs_shop=False)
        from vafa.site import checks, examination

        faults = [*checks.faults(HOST), *examination.faults()]
        for fault in faults:
            typer.echo(fault)
        typer.echo("All is well." if not faults else f"{len(faults)} things to mend.", err=True)
    if faults:
        raise typer.Exit(1)


def backup(file: Path) -> None:
    """Copy the whole database into one file, while it runs."""
    with speaking_plainly():
        start()
        typer.echo(f"Backed up to {copies.backup(file)}.", err=True)


def restore(file: Path) -> None:
    """Put a copy made by “vafa backup” in place of the database. What is there now is kept beside it."""
    with speaking_plainly():
        start(needs_shop=False)
        typer.echo(f"Restored; what was there is in {copies.restore(file)}.", err=True)
