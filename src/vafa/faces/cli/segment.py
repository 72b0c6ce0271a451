"""``vafa segment …``: segments of the shop from the command line."""

from __future__ import annotations

import csv
import json
import sys
from typing import Annotated, Any

import typer

from vafa.core import clock, figures
from vafa.core.calendar import to_date
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.faces.cli import reading_options as options
from vafa.faces.cli.database import actor, start

Code = Annotated[str, typer.Argument(help="The segment's code, as “vafa segment list” shows it.")]
Definition = Annotated[str, typer.Argument(help="Such as: purchases >= 4 AND NOT lapsed")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


def register(app: typer.Typer) -> None:
    segment = typer.Typer(help="Groups of customers, defined by what is known of them.", no_args_is_help=True)
    for name, command in (
        ("list", show),
        ("columns", columns),
        ("count", count),
        ("save", save),
        ("members", members),
        ("refresh", refresh),
        ("copy", copy),
        ("remove", remove),
    ):
        segment.command(name)(command)
    app.add_typer(segment, name="segment")


def show(as_json: Json = False) -> None:
    """All segments, with how many people are in each."""
    with options.speaking_plainly():
        start()
        from vafa.segment import queries

        _tell([queries.document(one) for one in queries.segments()], as_json, "segments", ("segment", "people", "name"))


def columns(as_json: Json = False) -> None:
    """What a definition can ask for."""
    with options.speaking_plainly():
        start()
        from vafa.loop.columns import catalogue

        rows = [
            {"column": c.name, "kind": c.kind, "title": _(c.title), "choices": list(c.choices)}
            for c in catalogue().values()
        ]
        _tell(rows, as_json, "columns", ("column", "kind", "title"))


def count(definition: Definition, as_json: Json = False) -> None:
    """How many customers a definition finds; keeps nothing."""
    with options.speaking_plainly():
        start()
        from vafa.loop.segments import Asked

        asked = Asked(definition)
        found = asked.counted()
        steps = [{"says": asked.teller.sentence(part), "people": left} for part, left in found.steps]
        if as_json:
            typer.echo(json.dumps({"people": found.people, "of": found.of, "steps": steps}, ensure_ascii=False))
            return
        typer.echo(asked.sentence, err=True)
        for step in steps:
            typer.echo(f"{step['people']}\t{step['says']}")


def save(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    definition: Definition,
    code: Annotated[str | None, typer.Option(help="The segment to change. None: a new one is made.")] = None,
) -> None:
    """Make a live segment, or change one; its members are counted at once."""
    with options.speaking_plainly():
        start()
        from vafa.loop import segments

        _said(segments.define(name, definition, code=code, actor=actor(), now=clock.now()))


def members(code: Code) -> None:
    """Who is in a segment, as CSV: customer_id and the day on which they entered."""
    with options.speaking_plainly():
        start()
        from vafa.know import queries as know
        from vafa.segment import queries

        rows = list(queries.members(queries.segment(code)).values_list("customer_id", "entered_day"))
        codes = know.codes_of(pk for pk, _day in rows)
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("customer_id", "entered"))
        writer.writerows((codes[pk], to_date(day).isoformat()) for pk, day in rows)


def refresh(code: Annotated[str | None, typer.Argument(help="Left out: all of them.")] = None) -> None:
    """Count segments now instead of in the coming night."""
    with options.speaking_plainly():
        start()
        from vafa.loop import segments

        for change in segments.refresh(code, actor=actor(), now=clock.now()):
            told = {"entered": figures.number(change.entered), "left": figures.number(change.left)}
            moved = _("%(entered)s entered, %(left)s left") % told
            typer.echo(f"{change.segment.code}\t{change.segment.people}\t{change.segment.fault or moved}")


def copy(code: Code, name: Annotated[str, typer.Argument(help="What the copy is called.")]) -> None:
    """A copy that keeps those who are members now."""
    with options.speaking_plainly():
        start()
        from vafa.segment import actions

        _said(actions.copy(code, name=name, actor=actor(), now=clock.now()))


def remove(code: Code) -> None:
    """Take a segment away with its history; refused where another is defined by it."""
    with options.speaking_plainly():
        start()
        from vafa.loop import segments

        segments.remove(code, actor=actor(), now=clock.now())


def _said(one: Any) -> None:
    told = {"code": one.code, "count": figures.number(one.people)}
    words = ngettext("%(code)s: %(count)s customer.", "%(code)s: %(count)s customers.", one.people)
    typer.echo(words % told, err=True)


def _tell(rows: list[dict[str, Any]], as_json: bool, what: str, shown: tuple[str, ...]) -> None:
    if as_json:
        typer.echo(json.dumps({what: rows}, ensure_ascii=False))
        return
    for row in rows:
        typer.echo("\t".join(str(row[name]) for name in shown))
