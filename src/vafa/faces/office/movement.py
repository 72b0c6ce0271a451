"""Measure: who climbed and who fell on the ladder, and what came before it; each number opens the people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core import figures
from vafa.core.errors import NotFound
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop, ngettext
from vafa.faces.access import staff_page
from vafa.know import queries as know
from vafa.measure import movement, movement_chart
from vafa.measure import queries as measure
from vafa.measure.movement import NEW, WAYS, Movement
from vafa.segment.labels import RUNG_MEANS, RUNG_NAMES

SPANS = {30: gettext_noop("30 days"), 91: gettext_noop("A quarter"), 365: gettext_noop("A year")}
USUAL = 91
PAGE = 50
WAY_NAMES = {"climbed": gettext_noop("Climbed"), "stayed": gettext_noop("Stayed"), "fell": gettext_noop("Fell")}


@require_GET
@staff_page("measure.see")
def page(request: HttpRequest) -> HttpResponse:
    """From which rung to which, within a month, a quarter or a year, and what came before it."""
    newest = measure.newest()
    if newest is None or not newest.figures["people"]:
        return render(request, "office/nothing_yet.html", {"room": "measure"})
    days = _days(request)
    found = movement.between(newest.day - days, newest.day, newest)
    context = {
        "room": "measure",
        "start": found.start,
        "end": found.end,
        "days": days,
        "spans": [(span, _(text), span == days) for span, text in SPANS.items()],
        "says": _says(found, days),
        "heads": [(rung, _(RUNG_NAMES[rung])) for rung in RUNG_NAMES],
        "rows": _rows(found),
        "chart": _chart(),
        "ways": [(way, _(WAY_NAMES[way]), found.moved(way)) for way in WAYS],
        "after": [
            {
                "what": _(movement.HAPPENED[one.what]),
                "shares": [one.share(way) for way in WAYS],
                "stands_out": one.stands_out,
            }
            for one in found.after
        ],
        "after_says": _after_says(found),
    }
    return render(request, "office/movement.html", context)


def _days(request: HttpRequest) -> int:
    text = request.GET.get("days", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 and int(text) in SPANS else USUAL


def _says(found: Movement, days: int) -> str:
    up, down = found.moved("climbed"), found.moved("fell")
    told = {"up": figures.number(up), "down": figures.number(down), "days": figures.number(days)}
    text = ngettext(
        '<em>%(up)s customer climbed</em> in %(days)s days, <em class="late">%(down)s fell</em>.',
        '<em>%(up)s customers climbed</em> in %(days)s days, <em class="late">%(down)s fell</em>.',
        up,
    )
    return text % told


def _rows(found: Movement) -> list[dict[str, Any]]:
    """One row a rung then, one cell a rung now."""
    names = {NEW: _("Had not bought yet")} | {rung: _(RUNG_NAMES[rung]) for rung in RUNG_NAMES}
    rows = []
    for was, name in names.items():
        counts = {rung: found.flows.get((was, rung), 0) for rung in RUNG_NAMES}
        ways = {rung: "came" if was == NEW else movement.way_of(was, rung) for rung in RUNG_NAMES}
        cells = [{"rung": rung, "people": counts[rung], "way": ways[rung]} for rung in RUNG_NAMES]
        if any(counts.values()):
            rows.append({"was": was, "name": name, "cells": cells, "all": sum(counts.values())})
    return rows


def _chart() -> dict[str, Any] | None:
    """Month by month; the first month of a shop, in which everybody comes, says nothing of movement."""
    months = [(day, told) for day, told in measure.series() if "month_moves" in told]
    if not months:
        return None
    bars = [(day, told["month_moves"]["climbed"], told["month_moves"]["fell"]) for day, told in months]
    return {
        "title": movement_chart.finding(bars),
        "spec": {theme: movement_chart.up_and_down(bars, theme=theme) for theme in ("light", "dark")},
        "head": [_("End of day"), _("First bought"), _("Climbed"), _("Fell"), _("Regulars")],
        "rows": [_month(day, told) for day, told in reversed(months)],
    }


def _month(day: int, told: dict[str, Any]) -> list[str]:
    moves = told["month_moves"]
    regulars = sum(told["ladder"][rung] for rung in ("regular", "adherent", "advocate"))
    counts = (moves["came"], moves["climbed"], moves["fell"], regulars)
    return [figures.day(day), *(figures.number(count) for count in counts)]


def _after_says(found: Movement) -> str:
    outstanding = [one for one in found.after if one.stands_out]
    if not outstanding:
        return _("Nothing stands out among those who climbed")
    first = max(outstanding, key=lambda one: (one.share("climbed") or 0) - (one.share("stayed") or 0))
    told = {
        "what": _(movement.HAPPENED[first.what]),
        "up": figures.percent(first.share("climbed") or 0),
        "stayed": figures.percent(first.share("stayed") or 0),
    }
    return _("Of those who climbed %(up)s %(what)s, of those who stayed %(stayed)s") % told


@require_GET
@staff_page("customer.see")
def people(request: HttpRequest) -> HttpResponse:
    """The people behind one number of the table."""
    newest = measure.newest()
    was, rung = request.GET.get("was", ""), request.GET.get("rung", "")
    if newest is None or rung not in RUNG_NAMES or (was != NEW and was not in RUNG_NAMES):
        raise NotFound("no_figure", gettext_noop("There is no such figure."))
    days = _days(request)
    table = movement.people(newest.day - days, newest.day, was=was, rung=rung)
    shown = table.slice(0, PAGE).to_pylist()
    rows = know.with_cards(shown)
    then = _("new") if was == NEW else _(RUNG_NAMES[was])
    told = {"n": figures.number(table.num_rows), "was": then, "now": _(RUNG_NAMES[rung])}
    text = ngettext(
        "<em>%(n)s customer</em>: %(was)s → %(now)s", "<em>%(n)s customers</em>: %(was)s → %(now)s", len(rows)
    )
    context = {
        "room": "measure",
        "title": text % told,
        "means": _(RUNG_MEANS[rung]),
        "rows": rows,
        "more": table.num_rows - len(shown),
        "days": days,
    }
    return render(request, "office/movement_people.html", context)
