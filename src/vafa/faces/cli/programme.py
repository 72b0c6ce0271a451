"""``vafa programme``: check a programme's document, say its rules, write its terms."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from vafa.core import figures
from vafa.core.words import gettext, language, speaking
from vafa.faces.cli import giving
from vafa.faces.cli import reading_options as options
from vafa.faces.cli.simulate import read_programme
from vafa.reward import engine, programme, terms

Document = Annotated[Path, typer.Argument(metavar="PROGRAMME.toml", help="The programme: a TOML document.")]
Lang = Annotated[str, typer.Option(help="Language of the texts: en or fa.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="A loyalty programme as a document.", no_args_is_help=True)
    for command in (check, explain, full_terms):
        group.command("terms" if command is full_terms else command.__name__)(command)
    app.add_typer(group, name="programme")


def _plan(path: Path, currency: str | None, calendar: str | None) -> engine.Plan:
    made = programme.load(read_programme(path))
    return engine.compile(made, calendar=calendar or "gregorian", currency=(currency or "USD").upper())


def check(
    document: Document, currency: options.Currency = None, calendar: options.Calendar = None, lang: Lang = "en"
) -> None:
    """Say whether the document is a programme; if not, the line and the remedy."""
    with options.speaking_plainly(), speaking(giving.language(lang)):
        plan = _plan(document, currency, calendar)
        made = plan.programme
        told = {
            "name": made.name or document.stem,
            "rules": figures.number(len(made.earns)),
            "rewards": figures.number(len(made.rewards)),
            "tiers": figures.number(len(made.tiers)),
        }
        typer.echo(gettext("%(name)s is in order: rules %(rules)s, rewards %(rewards)s, tiers %(tiers)s.") % told)


def explain(
    document: Document, currency: options.Currency = None, calendar: options.Calendar = None, lang: Lang = "en"
) -> None:
    """The rules as sentences."""
    with options.speaking_plainly(), speaking(giving.language(lang)), _shown(currency, calendar):
        for section in terms.sentences(_plan(document, currency, calendar)):
            typer.echo(f"{section.title}: {section.text}")


def full_terms(
    document: Document, currency: options.Currency = None, calendar: options.Calendar = None, lang: Lang = "en"
) -> None:
    """All conditions in plain words, made from the document."""
    with options.speaking_plainly(), speaking(giving.language(lang)), _shown(currency, calendar):
        plan = _plan(document, currency, calendar)
        typer.echo(f"{plan.programme.name}\n\n{terms.text(plan)}" if plan.programme.name else terms.text(plan))


def _shown(currency: str | None, calendar: str | None) -> contextlib.AbstractContextManager[None]:
    return figures.shown(
        calendar=calendar or "gregorian", toman=(currency or "").upper() == "IRR" and language() == "fa"
    )
