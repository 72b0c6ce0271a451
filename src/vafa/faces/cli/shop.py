"""``vafa init``, ``vafa staff``, ``vafa key``: who runs the club."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from vafa.core import clock
from vafa.faces.cli.database import actor, start
from vafa.faces.cli.reading_options import speaking_plainly
from vafa.shop.access import SCOPES


def register(app: typer.Typer) -> None:
    app.command("init")(init)
    staff = typer.Typer(help="People of the staff.", no_args_is_help=True)
    staff.command("add")(staff_add)
    staff.command("reset")(staff_reset)
    app.add_typer(staff, name="staff")
    key = typer.Typer(help="Keys of the API.", no_args_is_help=True)
    key.command("create")(key_create)
    app.add_typer(key, name="key")


def init(
    name: Annotated[str, typer.Option(help="The shop's name.")] = "My shop",
    currency: Annotated[str, typer.Option(help="ISO 4217, such as USD or IRR.")] = "USD",
    time_zone: Annotated[str, typer.Option(help="Such as Asia/Tehran.")] = "UTC",
    region: Annotated[str, typer.Option(help="Country of phones without a code, such as IR.")] = "US",
    language: Annotated[str, typer.Option(help="en or fa.")] = "en",
    owner: Annotated[str, typer.Option(help="The owner's e-mail address.")] = "",
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing.")] = False,
) -> None:
    """Make the database and the shop, and a first way in for the owner."""
    with speaking_plainly():
        start(needs_shop=False)
        from django.core.management import call_command

        from vafa.shop import actions, queries

        if not no_input and sys.stdin.isatty() and not owner:
            owner = typer.prompt("The owner's e-mail address", err=True)
        call_command("migrate", verbosity=0, interactive=False)
        now, calendar = clock.now(), "jalali" if language == "fa" else "gregorian"
        if not queries.is_set_up():
            choices = {"currency": currency.upper(), "time_zone": time_zone, "region": region.upper()}
            actions.set_up(
                name=name,
                actor=actor(),
                now=now,
                language=language,
                calendar=calendar,
                toman=currency.upper() == "IRR",
                **choices,
            )
            typer.echo(f"The shop “{name}” is ready.", err=True)
        else:
            typer.echo("There is a shop here already; nothing was changed.", err=True)
        if owner:
            person = actions.add_staff(email=owner, name=owner.partition("@")[0], role="owner", actor=actor(), now=now)
            typer.echo(f"http://127.0.0.1:8000/enter/{actions.one_time_link(person, now=now)}")


def staff_add(
    email: str,
    role: Annotated[str, typer.Option(help="owner, manager, marketer, cashier or analyst.")],
    name: Annotated[str, typer.Option(help="As shown in the office.")] = "",
    branch: Annotated[str, typer.Option(help="Code of the branch where they work.")] = "",
) -> None:
    """Add a person and print the link by which they come in, once."""
    with speaking_plainly():
        start()
        from vafa.shop import actions

        now = clock.now()
        person = actions.add_staff(
            email=email, name=name or email.partition("@")[0], role=role, branch=branch, actor=actor(), now=now
        )
        typer.echo(f"http://127.0.0.1:8000/enter/{actions.one_time_link(person, now=now)}")


def staff_reset(email: str) -> None:
    """Print a new link for someone who lost password or second factor."""
    with speaking_plainly():
        start()
        from vafa.shop import actions

        token = actions.reset_staff(email=email, actor=actor(), now=clock.now())
        typer.echo(f"http://127.0.0.1:8000/enter/{token}")


def key_create(
    scope: Annotated[list[str], typer.Option(help="Such as purchases:write; all: " + ", ".join(SCOPES) + ".")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "key",
) -> None:
    """Make a key of the API and print it, this once."""
    with speaking_plainly():
        start()
        from vafa.shop import actions

        typer.echo(actions.create_key(name=name, scopes=scope, actor=actor(), now=clock.now()))
