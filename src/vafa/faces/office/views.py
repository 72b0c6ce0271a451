"""Measure: the customer base in five views, each with the people behind its numbers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core import figures
from vafa.core.errors import NotFound
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.faces.access import staff_page
from vafa.know import queries as know
from vafa.measure import queries as measure
from vafa.measure import views as viewing
from vafa.segment import queries as segment
from vafa.segment.labels import WAY_NAMES
from vafa.segment.views import AGES, Newcomers, Views

SPAN_NAMES = {365: gettext_noop("A year"), 182: gettext_noop("Half a year"), 91: gettext_noop("A quarter")}
COHORTS = 12
PAGE = 50


@require_GET
@staff_page("measure.see")
def page(request: HttpRequest) -> HttpResponse:
    """One span, two spans, one month's newcomers, months of newcomers side by side, all of them."""
    newest = measure.newest()
    if newest is None or not newest.figures["people"]:
        return render(request, "office/nothing_yet.html", {"room": "measure"})
    days = _days(request, newest)
    found = viewing.of(newest, days)
    cohort = _chosen(request, found)
    context = {
        "room": "measure",
        "day": newest.day,
        "days": days,
        "spans": [(span, _(SPAN_NAMES[span]), span == days) for span in viewing.SPANS],
        "year": found.year,
        "differ": {"says": viewing.differ(found), "rows": _tenths(found)},
        "changed": {"says": viewing.changed(found), "rows": _ways(found)},
        "goes_on": _drawn("goes-on", viewing.goes_on(cohort), cohort, viewing.cohort_line, _months(cohort)),
        "cohort": cohort,
        "compared": {"says": viewing.compared(found), "rows": _cohorts(found), "ages": AGES},
        "consists": _drawn("layers", viewing.consists(found), found, viewing.layers, _layers(found)),
    }
    return render(request, "office/views.html", context)


def _days(request: HttpRequest, newest: Any) -> int:
    text = request.GET.get("days", "")
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) in SPAN_NAMES:
        return int(text)
    return viewing.usual_span(newest.figures["first_day"], newest.day)


def _chosen(request: HttpRequest, found: Views) -> Newcomers | None:
    """The month of newcomers that was asked for, else the largest that is half a year old, else the oldest."""
    text = request.GET.get("cohort", "")
    asked = [cohort for cohort in found.cohorts if str(cohort.month) == text]
    old = [cohort for cohort in viewing.newcomers(found) if len(cohort.revenue) > 6] or list(found.cohorts[:1])
    return asked[0] if asked else max(old, key=lambda cohort: cohort.size, default=None)


def _drawn(name: str, says: str, what: Any, draw: Any, table: dict[str, Any]) -> dict[str, Any]:
    spec = None if what is None else {theme: draw(what, theme=theme) for theme in ("light", "dark")}
    return {"id": name, "says": says, "spec": spec, "table": table}


def _tenths(found: Views) -> list[dict[str, Any]]:
    all_of_it = max(found.year.revenue, 1)
    return [
        {
            "part": n,
            "people": tenth.customers,
            "share": max(0, tenth.revenue) / all_of_it,
            "often": figures.number(tenth.purchases / tenth.customers, 1),
            "receipt": round(tenth.revenue / tenth.purchases) if tenth.purchases else 0,
        }
        for n, tenth in enumerate(found.tenths, 1)
        if tenth.customers
    ]


def _ways(found: Views) -> list[dict[str, Any]]:
    most = max([share.revenue for share in found.ways.values()] + [1])
    return [
        {
            "way": way,
            "name": _(WAY_NAMES[way]),
            "people": share.customers,
            "before": share.revenue_before,
            "now": share.revenue,
            "share": max(0, share.revenue) / most,
        }
        for way, share in found.ways.items()
        if share.customers
    ]


def _months(cohort: Newcomers | None) -> dict[str, Any]:
    rows = []
    if cohort:
        rows = [
            [
                figures.month(cohort.month + n, year=True),
                figures.number(customers),
                figures.percent(customers / cohort.size),
                figures.number(purchases),
            ]
            for n, (customers, purchases) in enumerate(zip(cohort.customers, cohort.purchases, strict=True))
        ]
    return {"head": [_("Month"), _("people"), _("Share"), _("Purchases")], "rows": rows}


def _cohorts(found: Views) -> list[dict[str, Any]]:
    return [
        {
            "month": cohort.month,
            "name": figures.month(cohort.month, year=True),
            "people": cohort.size,
            "worth": [None if (w := cohort.worth(months)) is None else round(w) for months in AGES],
            "again": None if (share := cohort.kept(1)) is None else float(share),
        }
        for cohort in found.cohorts[: -COHORTS - 1 : -1]
    ]


def _layers(found: Views) -> dict[str, Any]:
    spans = [viewing.span_name(span) for span in viewing.groups(found)]
    rows = viewing.by_group(found)
    first = found.cohorts[0].month if found.cohorts else 0
    months = range(len(rows[0])) if rows else range(0)
    shares = [
        [figures.month(first + n, year=True)]
        + [figures.percent(row[n] / max(1, sum(each[n] for each in rows))) for row in rows]
        for n in months
    ]
    return {"head": [_("Month"), *spans], "rows": shares[::-1][:24]}


@require_GET
@staff_page("customer.see")
def people(request: HttpRequest) -> HttpResponse:
    """Who stands behind a tenth of the buyers or behind a way from one span to the next."""
    newest = measure.newest()
    tenth, way = request.GET.get("tenth", ""), request.GET.get("way", "")
    asked: dict[str, Any] = {"way": way} if way in WAY_NAMES else {}
    if not asked and tenth in {str(n) for n in range(1, 11)}:
        asked = {"tenth": int(tenth)}
    if newest is None or not asked:
        raise NotFound("no_figure", gettext_noop("There is no such figure."))
    days = _days(request, newest)
    table = segment.people_of_view(newest.day, days, segment.basis(), **asked)
    shown = table.slice(0, PAGE).to_pylist()
    what = _(WAY_NAMES[way]) if way in WAY_NAMES else _("Tenth %(n)s of the buyers") % {"n": figures.number(int(tenth))}
    context = {
        "room": "measure",
        "title": what,
        "count": table.num_rows,
        "rows": know.with_cards(shown),
        "more": table.num_rows - len(shown),
        "days": days,
    }
    return render(request, "office/views_people.html", context)
