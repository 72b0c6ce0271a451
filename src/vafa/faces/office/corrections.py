"""Corrections by hand: asked for on a customer's card, decided here by a second person where they are large."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from vafa.core import clock
from vafa.core.words import gettext as _
from vafa.faces.access import actor_of, staff_page
from vafa.know import queries as know
from vafa.loop import adjust as correcting
from vafa.reward import corrections, queries
from vafa.reward.adjusting import Wish, person


def form_of(member: bool) -> dict[str, Any] | None:
    """What the form on a customer's card offers; None: there is no wallet to correct."""
    plan = queries.running_plan()
    if plan is None or not member:
        return None
    return {
        "acts": [(act, _(words)) for act, words in corrections.ACTS.items()],
        "units": [(unit.id, _(unit.name)) for unit in plan.programme.units],
        "reasons": [(reason, _(words)) for reason, words in corrections.REASONS.items()],
        "key": uuid4().hex,  # the same form sent twice is one correction
    }


@require_POST
@staff_page("units.adjust")
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Correct a wallet, or ask a second person to agree."""
    told, actor = request.POST, actor_of(request)
    units = told.get("units", "")
    wish = Wish(
        told.get("act", ""),
        told.get("unit", "")[:40],
        int(units) if units.isascii() and units.isdigit() and len(units) < 16 else 0,
        told.get("reason", ""),
        told.get("note", ""),
        told.get("owed") == "1",
    )
    key = f"{person(actor.name)}:{told.get('key', '')[:40]}"
    made = correcting.adjust(know.customer(code).pk, wish, key=key, actor=actor, now=clock.now())
    if made.status == made.MADE:
        messages.success(request, _("The wallet is corrected."))
    else:
        messages.success(request, _("This is over the limit: it waits until somebody else agrees."))
    return redirect("office:customer", code=code)


@require_GET
@staff_page("units.adjust")
def page(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what was done lately."""
    mine = person(actor_of(request).name)
    return render(
        request,
        "office/corrections.html",
        {
            "room": "reward",
            "waiting": [_told(one) | {"mine": person(one.asked_by) == mine} for one in corrections.waiting()],
            "latest": [_told(one) for one in corrections.latest()],
        },
    )


def _told(one: Any) -> dict[str, Any]:
    plan = queries.plan_on(one.asked_day)
    assert plan is not None
    return {
        "number": one.pk,
        "customer": know.customers([one.member.customer_id])[one.member.customer_id],
        "what": corrections.wish(plan, one),
        "why": _(corrections.REASONS[one.reason]),
        "note": one.note,
        "by": corrections.name(one.asked_by),
        "decided_by": corrections.name(one.decided_by),
        "day": one.asked_day,
        "state": _(corrections.STATES[one.status]),
    }


@require_POST
@staff_page("units.approve")
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Agree, or not."""
    approve = request.POST.get("approve") == "1"
    correcting.decide(number, approve=approve, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The wallet is corrected.") if approve else _("Refused; nothing was changed."))
    return redirect("office:corrections")
