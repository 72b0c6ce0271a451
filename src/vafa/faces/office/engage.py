"""Engage: the letters of the morning, previewed, approved, put into the outbox by the worker."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from vafa.core import clock, figures
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.engage import actions, queries
from vafa.engage.channels import CHANNELS
from vafa.engage.recipes import RECIPES
from vafa.faces.access import actor_of, staff_page
from vafa.know import queries as know
from vafa.shop import queries as shop


@require_GET
@staff_page("engage.see")
def page(request: HttpRequest) -> HttpResponse:
    """What waits for a signature, what was approved, what went out, who was held out."""
    waiting = queries.waiting()
    counts, on = queries.counts(), queries.switched_on()
    people = know.customers({m.customer_id for m in waiting})
    approved = queries.letters(["approved", "sending"])
    n = len(waiting)
    context = {
        "room": "engage",
        "says": ngettext(
            "<em>%(n)s letter</em> waits for your signature.", "<em>%(n)s letters</em> wait for your signature.", n
        )
        % {"n": figures.number(n)}
        if n
        else _("Nothing waits for your signature."),
        "waiting": [
            (kind, _(RECIPES[kind].TITLE), [(m, people.get(m.customer_id)) for m in waiting if m.recipe == kind])
            for kind in RECIPES
            if any(m.recipe == kind for m in waiting)
        ],
        "all_ids": [m.pk for m in waiting],
        "approved": approved,
        "sent": _with_people(queries.letters(["sent"], 20)),
        "recipes": [_recipe(kind, counts.get(kind, {}), kind in on) for kind in RECIPES],
        "channel": CHANNELS["file_outbox"].explain(CHANNELS["file_outbox"].Params()),
        "holdout": figures.percent(shop.club().holdout_percent / 100),
    }
    return render(request, "office/engage.html", context)


def _with_people(letters: list[Any]) -> list[tuple[Any, Any]]:
    people = know.customers({m.customer_id for m in letters})
    return [(m, people.get(m.customer_id)) for m in letters]


def _recipe(kind: str, counts: dict[str, int], on: bool) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": _(RECIPES[kind].TITLE),
        "explain": RECIPES[kind].explain(queries.params(kind)),
        "on": on,
        "sent": counts.get("sent", 0),
        "held_out": counts.get("held_out", 0),
    }


@require_GET
@staff_page("engage.see")
def letter(request: HttpRequest, message_id: int) -> HttpResponse:
    """One letter as it will be read."""
    message = queries.message(message_id)
    person = know.customers([message.customer_id]).get(message.customer_id)
    context = {"room": "engage", "message": message, "customer": person, "paragraphs": message.body.split("\n\n")}
    return render(request, "office/letter.html", context)


@require_POST
@staff_page("engage.approve")
def approve(request: HttpRequest) -> HttpResponse:
    """Sign letters; the worker sends them within seconds."""
    ids = [int(text) for text in request.POST.getlist("letter") if text.isdigit()]
    count = actions.approve(ids, actor=actor_of(request), now=clock.now())
    told = ngettext("%(n)s letter signed.", "%(n)s letters signed.", count) % {"n": figures.number(count)}
    messages.success(request, told)
    return redirect("office:engage")


@require_POST
@staff_page("engage.approve")
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take signatures back, as long as the letters have not gone out."""
    ids = [int(text) for text in request.POST.getlist("letter") if text.isdigit()]
    count = actions.unapprove(ids, actor=actor_of(request), now=clock.now())
    told = ngettext("%(n)s signature taken back.", "%(n)s signatures taken back.", count)
    messages.success(request, told % {"n": figures.number(count)})
    return redirect("office:engage")


@require_POST
@staff_page("engage.approve")
def drop(request: HttpRequest, message_id: int) -> HttpResponse:
    """Not this one."""
    actions.drop(message_id, actor=actor_of(request), now=clock.now())
    return redirect("office:engage")


@require_POST
@staff_page("engage.settings")
def switch(request: HttpRequest, kind: str) -> HttpResponse:
    """Switch a recipe on or off."""
    on = request.POST.get("on") == "1"
    actions.switch(kind, on=on, actor=actor_of(request), now=clock.now())
    return redirect("office:engage")
