"""The command line: ``vafa …``. Data goes to standard output, everything else to standard error."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from vafa import __version__

app = typer.Typer(
    name="vafa",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Turns a shop's one-time buyers into loyal customers.",
)
COMMANDS = ("analyse", "simulate", "segment", "programme", "shop", "data", "ledger", "liability", "voucher")


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vafa {__version__}")
        raise typer.Exit


@app.callback()
def _vafa(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    del version  # told already


for _name in COMMANDS:
    import_module(f"vafa.faces.cli.{_name}").register(app)


def main() -> None:
    app(prog_name="vafa")
