"""``vafa programme``: check a document, say its rules and terms, changes; ready ones; the shop's versions."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from vafa.core import clock, figures
from vafa.core.calendar import day_number, to_date
from vafa.core.errors import BadFile, NotFound
from vafa.core.words import gettext, language, speaking
from vafa.core.words import gettext_noop as _
from vafa.faces.cli import giving
from vafa.faces.cli import reading_options as options
from vafa.faces.cli.database import actor, start
from vafa.reward import changes, engine, gallery, leaflet, programme, terms

Document = Annotated[
    Path, typer.Argument(metavar="PROGRAMME.toml", help="The programme: a TOML document, or gallery:NAME.")
]
Lang = Annotated[str, typer.Option(help="Language of the texts: en, fa or hy.")]
LARGEST = 1_000_000  # bytes of a document


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="A loyalty programme as a document.", no_args_is_help=True)
    for command in (check, explain, full_terms, ready, diff, versions, export, withdraw):
        name = {"full_terms": "terms", "ready": "gallery"}.get(command.__name__, command.__name__)
        group.command(name)(command)
    app.add_typer(group, name="programme")


def read_programme(path: Path, currency: str | None) -> str:
    """The text of a programme's file, or of a ready one for ``currency``; a refusal where it can't be read."""
    if str(path).startswith(gallery.PREFIX):
        return gallery.text(str(path).removeprefix(gallery.PREFIX), (currency or "USD").upper())
    try:
        if path.stat().st_size > LARGEST:
            raise BadFile("programme_too_large", _("“%(path)s” is too large to be a programme."), path=path.name)
        return path.read_bytes().decode("utf-8-sig")  # line ends stay as they are
    except (OSError, UnicodeDecodeError):
        raise BadFile(
            "no_programme",
            _("“%(path)s” can't be read as a programme."),
            _("Give a TOML document in UTF-8."),
            path=str(path),
        ) from None


def _plan(path: Path, currency: str | None, calendar: str | None) -> engine.Plan:
    made = programme.load(read_programme(path, currency))
    return engine.compile(made, calendar=calendar or "gregorian", currency=(currency or "USD").upper())


def check(
    document: Document, currency: options.Currency = None, calendar: options.Calendar = None, lang: Lang = "en"
) -> None:
    """Say whether the document is a programme; if not, the line and the remedy."""
    with options.speaking_plainly(), speaking(giving.language(lang)):
        plan = _plan(document, currency, calendar)
        made = plan.programme
        told = {
            "name": gettext(made.name) or document.stem,
            "rules": figures.number(len(made.earns)),
            "rewards": figures.number(len(made.rewards)),
            "tiers": figures.number(len(made.tiers)),
        }
        typer.echo(gettext("%(name)s is in order: rules %(rules)s, rewards %(rewards)s, tiers %(tiers)s.") % told)


def explain(
    document: Document, currency: options.Currency = None, calendar: options.Calendar = None, lang: Lang = "en"
) -> None:
    """The rules as sentences."""
    with options.speaking_plainly(), speaking(giving.paper_language(lang)), _shown(currency, calendar):
        for section in terms.sentences(_plan(document, currency, calendar)):
            typer.echo(f"{section.title}: {section.text}")


def full_terms(
    document: Document,
    currency: options.Currency = None,
    calendar: options.Calendar = None,
    lang: Lang = "en",
    pdf: Annotated[Path | None, typer.Option(help="Write a leaflet for print.")] = None,
    club: Annotated[str, typer.Option(help="The club's name on the leaflet.")] = "",
    as_of: Annotated[str | None, typer.Option(help="The day that is printed; examples begin there.")] = None,
) -> None:
    """All conditions in plain words, with worked examples, made from the document."""
    with options.speaking_plainly(), speaking(giving.paper_language(lang)), _shown(currency, calendar):
        plan = _plan(document, currency, calendar)
        day = day_number(clock.now().date()) if as_of is None else giving.as_of_day(as_of, calendar)
        if pdf is not None:
            content = leaflet.pdf(plan, leaflet.Edition(club, day))
            giving.write(pdf, lambda path: path.write_bytes(content))
            return
        if plan.programme.name:
            typer.echo(gettext(plan.programme.name) + "\n")
        typer.echo(terms.text(plan, day))


def ready(lang: Lang = "en") -> None:
    """Ready programmes: their names, what they do and why; use one as gallery:NAME."""
    with options.speaking_plainly(), speaking(giving.language(lang)):
        for one in gallery.READY:
            typer.echo(f"{gallery.PREFIX}{one.kind}\n  {gettext(one.title)}: {gettext(one.what)}\n  {gettext(one.why)}")
        for kind, title in gallery.SIMPLE:
            typer.echo(f"{gallery.PREFIX}{kind}\n  {gettext(title)}.")


def diff(
    before: Annotated[Path, typer.Argument(metavar="BEFORE.toml", help="The programme until now.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER.toml", help="The programme that is to follow it.")],
    currency: options.Currency = None,
    calendar: options.Calendar = None,
    lang: Lang = "en",
) -> None:
    """What changes from one programme to another, in the sentences that members read, and what they take along."""
    with options.speaking_plainly(), speaking(giving.language(lang)), _shown(currency, calendar):
        then, now = (_plan(path, currency, calendar) for path in (before, after))
        found = changes.step(then.programme, now.programme, calendar=then.calendar, currency=then.currency)
        for change in found.changes:
            typer.echo(change.sentence)
        if not found.changes:
            typer.echo(gettext("Nothing changes."))
        elif found.carried:
            typer.echo("\n" + gettext("What members take along:"))
            for line in found.carried:
                typer.echo(f"- {line}")
        if found.refusal is not None:
            raise found.refusal


def versions(json: Annotated[bool, typer.Option("--json", help="One document on standard output.")] = False) -> None:
    """The shop's versions of its programme: number, state, first day."""
    with options.speaking_plainly():
        start()
        from vafa.reward import queries

        rows = [
            {
                "number": one.number,
                "state": queries.state(one),
                "from": None if one.starts_day is None else to_date(one.starts_day).isoformat(),
                "saved_at": one.saved_at.isoformat(),
                "saved_by": one.saved_by,
            }
            for one in queries.versions()
        ]
        if json:
            options.print_json(rows)
            return
        for row in rows:
            typer.echo(f"{row['number']:>4}  {row['state']:<10} {row['from'] or '':<11} {row['saved_by']}")


def export(
    number: Annotated[int | None, typer.Option("--version", help="Which one; else the one that runs.")] = None,
) -> None:
    """A version's document on standard output, byte for byte as it was saved."""
    with options.speaking_plainly():
        start()
        from vafa.reward import queries

        found = queries.running() if number is None else queries.version(number)
        if found is None:
            raise NotFound("no_programme", _("No programme is running."))
        sys.stdout.buffer.write(found.text.encode())


def withdraw(number: Annotated[int, typer.Argument(help="The version that was launched for a day to come.")]) -> None:
    """Take back a version before its first day."""
    with options.speaking_plainly():
        start()
        from vafa.reward import actions

        actions.withdraw(number, actor=actor(), now=clock.now())
        typer.echo(f"Version {number} is taken back.", err=True)


def _shown(currency: str | None, calendar: str | None) -> contextlib.AbstractContextManager[None]:
    return figures.shown(
        calendar=calendar or "gregorian", toman=(currency or "").upper() == "IRR" and language() == "fa"
    )
