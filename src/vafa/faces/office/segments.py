"""Segments of the shop's own: written in rows or as text, counted while they are written, opened to their people."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from vafa.core import clock, figures
from vafa.core.calendar import local_day, to_date, zone
from vafa.core.errors import Refusal
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.faces.access import actor_of, staff_page
from vafa.faces.office import segment_form as form
from vafa.faces.office.customers import Echo, safe_cell
from vafa.know import queries as know
from vafa.loop import segments as loop
from vafa.measure import segment_growth as growth
from vafa.segment import actions
from vafa.segment import queries as segment
from vafa.segment.labels import RUNG_NAMES
from vafa.shop import actions as shop_actions
from vafa.shop import queries as shop

PAGE = 50
LATELY = 30  # days
BEGIN = "purchases >= 2 AND late"  # a definition to begin with


@require_GET
@staff_page("segment.see")
def new(request: HttpRequest) -> HttpResponse:
    """An editor with a definition to begin with, or with the one that the address names."""
    return _editor(request, form.of_text(request.GET.get("definition", "")[:4000] or BEGIN))


@require_GET
@staff_page("segment.see")
def show(request: HttpRequest, code: str) -> HttpResponse:
    """One segment: its definition, who entered of late and why, who left, how it grew."""
    found = segment.segment(code)
    return _editor(request, form.of_text(found.definition, code=found.code, name=found.name))


@require_POST
@staff_page("segment.see")
def asked(request: HttpRequest) -> HttpResponse:
    """The editor as it is being filled, counted; nothing is kept."""
    return _editor(request, form.of_post(request.POST), changed=True)


@require_POST
@staff_page("segment.edit")
def save(request: HttpRequest) -> HttpResponse:
    """Keep what the editor says."""
    told = form.of_post(request.POST)
    try:
        made = loop.define(told.name, told.text, code=told.code or None, actor=actor_of(request), now=clock.now())
    except Refusal as refusal:
        return _editor(request, told, changed=True, refusal=refusal, status=422)
    messages.success(request, _("Saved."))
    return redirect("office:segment-of", code=made.code)


@require_POST
@staff_page("segment.edit")
def copy(request: HttpRequest, code: str) -> HttpResponse:
    """A copy that keeps those who are in it now, named by the day."""
    told = {"name": segment.segment(code).name[:50], "day": figures.day(shop.today())}
    made = actions.copy(code, name=_("%(name)s, %(day)s") % told, actor=actor_of(request), now=clock.now())
    messages.success(request, _("This copy keeps the people who are in it now."))
    return redirect("office:segment-of", code=made.code)


@require_POST
@staff_page("segment.edit")
def remove(request: HttpRequest, code: str) -> HttpResponse:
    loop.remove(code, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The segment is gone."))
    return redirect("office:segment")


@require_POST
@staff_page("segment.refresh")
def refresh(request: HttpRequest, code: str) -> HttpResponse:
    """Count it now instead of in the coming night."""
    loop.refresh(code, actor=actor_of(request), now=clock.now())
    return redirect("office:segment-of", code=code)


def _editor(
    request: HttpRequest, told: form.Told, changed: bool = False, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """``changed``: it may differ from what is kept."""
    found = segment.segment(told.code) if told.code else None
    asked, fault = told.asked, told.fault or refusal
    context: dict[str, Any] = {
        "room": "segment",
        "made": found,
        "told": told,
        "rows": told.shown_rows(),
        "columns": form.choices(told.catalogue),
        "adds": [(key, _(word)) for key, word in form.JOINED.items()],
        "fault": fault,
        "changed": changed or found is None,
    }
    if asked is not None:
        counted = asked.counted()
        context |= {
            "people": counted.people,
            "of": counted.of,
            "says": _says(counted),
            "sentence": asked.sentence,
            "steps": form.steps(asked, counted),
        }
    if found is not None and not changed:
        context |= _kept(found, asked)
    elif asked is not None:
        context |= {"some": _people([(pk, None) for pk in asked.some()], asked)}
    page = "office/segment_editor.html" if request.htmx else "office/segment_one.html"  # type: ignore[attr-defined]  # django-htmx sets it
    return render(request, page, context, status=status)


def _says(counted: segment.Counted) -> str:
    told = {
        "n": figures.number(counted.people),
        "share": figures.percent(counted.people / max(1, counted.of)),
        "worth": figures.money(counted.worth, shop.club().currency, whole=True),
    }
    text = ngettext(
        "<em>%(n)s customer</em> belongs here now: %(share)s of all, worth %(worth)s a year.",
        "<em>%(n)s customers</em> belong here now: %(share)s of all, worth %(worth)s a year.",
        counted.people,
    )
    return text % told


def _kept(found: Any, asked: loop.Asked | None) -> dict[str, Any]:
    """What is known of a segment besides its definition."""
    today, calendar = shop.today(), shop.club().calendar
    left, gone = segment.gone(found, today - LATELY)
    days = growth.days(local_day(found.made_at, zone(shop.club().time_zone)), today, calendar)
    sizes = segment.sizes(found, days)
    kept = {
        "entered": _people(list(segment.entered(found)), asked),
        "left": left,
        "lately": figures.number(LATELY),
        "gone": _people(list(gone), None),
    }
    if len(days) > 1:
        label = growth.finding(sizes)
        spec = {theme: growth.line(days, sizes, theme=theme) for theme in ("light", "dark")}
        rows = [(figures.day(day), figures.number(size)) for day, size in zip(days, sizes, strict=True)]
        kept["growth"] = {"label": label, "spec": spec, "rows": rows[::-1], "head": [_("End of day"), _("People")]}
    return kept


def _people(rows: list[tuple[int, int | None]], asked: loop.Asked | None) -> list[dict[str, Any]]:
    ids = [pk for pk, _day in rows]
    known, why = know.customers(ids), asked.why(ids) if asked else {}
    return [{"customer": known[pk], "day": day, "why": why.get(pk, "")} for pk, day in rows if pk in known]


@require_GET
@staff_page("customer.see")
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Who is in a segment, fifty a page, the most valuable first."""
    found, start = segment.segment(code), request.GET.get("from", "")
    begin = int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 0
    rows = list(segment.best_members(found)[begin : begin + PAGE])
    standings = segment.standings(row.customer_id for row in rows)
    try:
        asked = loop.Asked(found.definition) if found.live else None
    except Refusal:
        asked = None
    shown = _people([(row.customer_id, row.entered_day) for row in rows], asked)
    for row in shown:
        row["standing"] = standings.get(row["customer"].pk)
        row["rung"] = _(RUNG_NAMES[row["standing"].rung]) if row["standing"] else ""
    total = segment.members(found).count()
    context = {
        "room": "segment",
        "made": found,
        "rows": shown,
        "total": total,
        "start": begin + 1,
        "end": begin + len(rows),
        "next": begin + PAGE if begin + PAGE < total else None,
        "previous": max(0, begin - PAGE) if begin else None,
    }
    return render(request, "office/segment_people.html", context)


@require_GET
@staff_page("customer.see")
def export(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """Who is in a segment, as CSV."""
    found = segment.segment(code)
    shop_actions.audit(
        "segment.exported", actor=actor_of(request), now=clock.now(), subject=f"segment:{code}", rows=found.people
    )
    answer = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="segment.csv"'
    return answer


def _csv(found: Any) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + str(writer.writerow(["customer_id", "customer_name", "entered"]))
    rows = segment.members(found).values_list("customer_id", "entered_day").iterator(2000)
    for part in batched(rows, 2000):
        known = know.customers(pk for pk, _day in part)
        for pk, day in part:
            if pk in known:
                cells = [known[pk].code, known[pk].name, to_date(day).isoformat()]
                yield str(writer.writerow([safe_cell(cell) for cell in cells]))


def listed() -> list[dict[str, Any]]:
    """All segments, for the page of the room."""
    words = {True: _("Live, counted each night"), False: _("A copy: it keeps its people")}
    return [{"one": one, "when": words[one.live]} for one in segment.segments()]
