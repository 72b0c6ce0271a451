"""The overview: sentences that say what is the case, the figures that prove them, what to do about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core import figures
from vafa.core.errors import NotFound
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop, ngettext
from vafa.engage import queries as engage
from vafa.faces.access import staff_page
from vafa.faces.office import definitions, drawing
from vafa.know import queries as know
from vafa.measure import queries as measure
from vafa.segment.labels import RUNG_MEANS, RUNG_NAMES
from vafa.shop import queries as shop

RUNGS = ("advocate", "adherent", "regular", "client", "buyer")
STEPS = dict(zip(RUNGS, (5, 4, 3, 2, 1), strict=True))


@require_GET
@staff_page("office.see")
def page(request: HttpRequest) -> HttpResponse:
    """Two findings, five figures, the ladder, the day's tasks; a first run where there is nothing yet."""
    newest = measure.newest()
    if newest is None or not newest.figures["people"]:
        return render(request, "office/first_run.html", {"room": "overview", "counts": know.counts()})
    found = newest.figures
    series = measure.series()
    context = {
        "room": "overview",
        "day": newest.day,
        "found": found,
        "pareto": drawing.pareto(found),
        "lateness": drawing.lateness(found),
        "figures": definitions.five(found, series),
        "ladder": _ladder(found),
        "ladder_says": _ladder_says(found),
        "tasks": _tasks(found),
    }
    return render(request, "office/overview.html", context)


def _ladder(found: dict[str, Any]) -> list[dict[str, Any]]:
    most = max(1, *found["ladder"].values())
    return [
        {
            "rung": rung,
            "name": _(RUNG_NAMES[rung]),
            "means": _(RUNG_MEANS[rung]),
            "people": found["ladder"][rung],
            "share": found["ladder"][rung] / most,
            "step": STEPS[rung],
            "moves": found["moves"].get(rung),
            "unknown": rung in ("adherent", "advocate") and not found["ladder"][rung],
        }
        for rung in RUNGS
    ]


def _ladder_says(found: dict[str, Any]) -> str:
    moves = found["moves"].get("regular")
    if not moves:
        return _("Where your customers stand")
    told = {
        "up": figures.number(moves[0]),
        "down": figures.number(moves[1]),
        "days": figures.number(found["moved_days"]),
    }
    return _("%(up)s became regulars in %(days)s days, %(down)s stopped being one") % told


def _tasks(found: dict[str, Any]) -> list[dict[str, str]]:
    waiting: dict[str, int] = {}
    for message in engage.waiting():
        waiting[message.recipe] = waiting.get(message.recipe, 0) + 1
    tasks = []
    if n := waiting.get("thank_you"):
        over = figures.money(shop.club().thank_you_over, shop.club().currency, whole=True)
        tasks.append(
            {
                "icon": "mail",
                "what": ngettext("%(n)s thank-you letter", "%(n)s thank-you letters", n) % {"n": figures.number(n)},
                "more": _("for purchases over %(amount)s; written, waiting for your signature") % {"amount": over},
                "act": _("Sign"),
                "to": "engage",
            }
        )
    if n := waiting.get("birthday"):
        tasks.append(
            {
                "icon": "cake",
                "what": ngettext("%(n)s birthday", "%(n)s birthdays", n) % {"n": figures.number(n)},
                "more": _("in the next two weeks; letters are ready"),
                "act": _("Look"),
                "to": "engage",
            }
        )
    if n := found["late"]["good"]:
        tasks.append(
            {
                "icon": "clock-exclamation",
                "late": "late",
                "what": ngettext("%(n)s good customer", "%(n)s good customers", n) % {"n": figures.number(n)},
                "more": _("went past twice their usual gap"),
                "act": _("See"),
                "to": "late",
            }
        )
    return tasks


@require_GET
@staff_page("office.see")
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """The panel of one figure: what it is, its formula with own numbers, who makes it up."""
    newest = measure.newest()
    told = definitions.panel(name, newest.figures) if newest else None
    if told is None:
        raise NotFound("no_figure", gettext_noop("There is no such figure."))
    return render(request, "office/figure.html", {"panel": told})
