"""Know: cards that are probably one person's, side by side, to be made one or left two."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from vafa.core import clock, figures
from vafa.core.words import gettext as _
from vafa.faces.access import actor_of, staff_page
from vafa.know import duplicates
from vafa.know.merging import UNDO_FOR
from vafa.loop import merge as merging
from vafa.shop import queries as shop

PAGE = 20


@require_GET
@staff_page("customer.merge")
def page(request: HttpRequest) -> HttpResponse:
    """Proposals with what speaks for them, and the latest merges, which can be undone."""
    total = duplicates.count()
    told = request.GET.get("from", "0")
    start = int(told) if told.isascii() and told.isdigit() and len(told) < 9 else 0
    start = start - start % PAGE if start < total else 0
    context = {
        "room": "know",
        "total": total,
        "rows": [_row(one) for one in duplicates.proposals(start, PAGE)],
        "next": start + PAGE if start + PAGE < total else None,
        "previous": max(0, start - PAGE) if start else None,
        "merges": duplicates.merges(clock.now() - UNDO_FOR),
    }
    return render(request, "office/duplicates.html", context)


def _row(one: duplicates.Proposal) -> dict[str, Any]:
    why = [_(duplicates.WHY[reason]) for reason in one.reasons]
    return {"id": one.id, "why": why, "sides": [_side(one.kept), _side(one.gone)]}


def _side(mine: duplicates.Side) -> dict[str, Any]:
    currency = shop.club().currency
    return {
        "customer": mine.customer,
        "phones": mine.phones,
        "emails": mine.emails,
        "purchases": mine.purchases,
        "revenue": figures.money(mine.revenue, currency, whole=True),
        "last_day": mine.last_day,
    }


@require_POST
@staff_page("customer.merge")
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """One person: the card ``keep`` takes the other. Without it: two people."""
    row, kept = duplicates.proposal(number), request.POST.get("keep", "")
    codes = {row.first.code: row.second.code, row.second.code: row.first.code}
    if kept in codes:
        merging.merge(kept, codes[kept], actor=actor_of(request), now=clock.now())
        messages.success(request, _("The two cards are one now; below it can be undone."))
    else:
        duplicates.refuse(number, actor=actor_of(request), now=clock.now())
        messages.success(request, _("They stay two people, and are not proposed again."))
    return redirect("office:duplicates")


@require_POST
@staff_page("customer.merge")
def part(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Undo a merge: two cards again, each with what was told of it."""
    merging.part(merge_id, actor=actor_of(request), now=clock.now())
    messages.success(request, _("They are two cards again."))
    return redirect("office:duplicates")


@require_POST
@staff_page("customer.merge")
def look(request: HttpRequest) -> HttpResponse:
    """Look through all cards now, instead of next morning."""
    duplicates.look(now=clock.now())
    return redirect("office:duplicates")
