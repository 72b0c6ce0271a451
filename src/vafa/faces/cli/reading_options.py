"""The options with which every command reads a file, and how a command says that it can't."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.know.reading import Reading

Preset = Annotated[
    str | None,
    typer.Option(help="What kind of file it is, such as generic; seen from the columns if left out.", metavar="NAME"),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="Which column is which: COLUMN=field. May come several times.", metavar="SOURCE=TARGET"),
]
TimeZone = Annotated[
    str | None,
    typer.Option(help="Zone of the times and days, such as Asia/Tehran; as written if left out.", metavar="ZONE"),
]
Currency = Annotated[str | None, typer.Option(help="Currency of the amounts, such as USD or IRR.", metavar="CODE")]
DateOrder = Annotated[str | None, typer.Option(help="dmy, mdy or ymd, where the dates don't show it.", metavar="ORDER")]
Calendar = Annotated[str | None, typer.Option(help="gregorian or jalali: how months are counted.", metavar="NAME")]


class Usage(Refusal):
    """The command was called in a way that means nothing."""

    exit_code = 2


def reading(
    preset: str | None,
    mapping: list[str] | None,
    time_zone: str | None,
    currency: str | None,
    date_order: str | None,
    calendar: str | None,
) -> Reading:
    """The options as the reader takes them; a Usage where one can't be understood."""
    pairs: dict[str, str] = {}
    for pair in mapping or ():
        source, sign, target = (part.strip() for part in pair.rpartition("="))
        if not (source and sign and target):
            raise Usage("bad_map", _("--map “%(pair)s” is not understood."), _("Write COLUMN=field."), pair=pair[:80])
        if pairs.get(source, target) != target:
            raise Usage("map_twice", _("--map names the column “%(source)s” twice."), source=source[:60])
        pairs[source] = target
    return Reading(
        preset=preset or None,
        mapping=pairs,
        time_zone=time_zone or None,
        currency=currency.strip().upper() if currency else None,
        date_order=date_order.lower() if date_order else None,
        calendar=calendar.lower() if calendar else None,
    )


@contextlib.contextmanager
def speaking_plainly() -> Iterator[None]:
    """A refusal within becomes a sentence on standard error and the exit code of its kind."""
    try:
        yield
    except Refusal as refusal:
        typer.echo(str(refusal), err=True)
        raise typer.Exit(refusal.exit_code) from None


def print_json(document: Any) -> None:
    """One document on standard output, in UTF-8 whatever the terminal."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    sys.stdout.flush()
    if hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(text.encode() + b"\n")
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write(text + "\n")
