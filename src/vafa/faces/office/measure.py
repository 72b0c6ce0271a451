"""Measure: how retention, value and the ladder moved, month by month."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.faces.access import staff_page
from vafa.measure import charts, finding, trusting
from vafa.measure import queries as measure


@require_GET
@staff_page("measure.see")
def page(request: HttpRequest) -> HttpResponse:
    """The charts of the customer base over time, each with its table behind it."""
    newest = measure.newest()
    if newest is None or not newest.figures["people"]:
        return render(request, "office/nothing_yet.html", {"room": "measure"})
    analysis = measure.analysis_of(newest)
    context = {
        "room": "measure",
        "day": newest.day,
        "says": finding.headline(analysis),
        "charts": [
            _chart("retention", *finding.retention(analysis), charts.crr_line, analysis, _retention(analysis)),
            _chart("cohorts", *finding.cohorts(analysis), charts.cohort_map, analysis, _cohorts(analysis)),
        ],
        "ahead": _ahead(newest),
        "months": _months(measure.series()),
    }
    return render(request, "office/measure.html", context)


def _ahead(newest: Any) -> dict[str, Any] | None:
    """The trust card: what is expected of a quarter, and how far that can be trusted."""
    outlook = measure.outlook(newest)
    if outlook is None:
        return None
    return {"title": trusting.title(outlook), "says": trusting.sentences(outlook)}


def _chart(name: str, title: str, definition: str, draw: Any, analysis: Any, table: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "title": title,
        "definition": definition,
        "spec": {theme: draw(analysis, theme=theme) for theme in ("light", "dark")},
        "table": table,
    }


def _retention(analysis: Any) -> dict[str, Any]:
    return {
        "head": [_("Month"), "S", "E", "N", _("kept")],
        "rows": [
            [
                figures.month(row.month, year=True),
                figures.number(row.start),
                figures.number(row.end),
                figures.number(row.new),
                "–" if row.rate is None else figures.percent(float(row.rate) / 100, 1),
            ]
            for row in analysis.crr
        ],
    }


def _cohorts(analysis: Any) -> dict[str, Any]:
    return {
        "head": [_("First bought in"), _("people"), _("bought again in each later month")],
        "rows": [
            [
                figures.month(cohort.month, year=True),
                figures.number(cohort.size),
                " · ".join(figures.percent(float(share)) for share in cohort.shares),
            ]
            for cohort in analysis.cohorts
        ],
    }


def _months(series: list[tuple[int, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {
            "day": day,
            "active": found["active"],
            "regular": sum(found["ladder"][rung] for rung in ("regular", "adherent", "advocate")),
            "loyal": found["loyal_share"],
            "owed": found["owed"],
            "late": found["late"]["good"],
        }
        for day, found in reversed(series)
    ]
