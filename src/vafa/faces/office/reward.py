"""Reward: the programme as members read it, what it would have cost on the shop's own history, its launch."""

from __future__ import annotations

import time
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from vafa.core import clock
from vafa.core.errors import Refusal
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop, language
from vafa.faces.access import actor_of, staff_page
from vafa.know import mirror
from vafa.know import queries as know
from vafa.measure import whatif
from vafa.reward import actions, editing, programme, queries, terms
from vafa.shop import queries as shop

SLIDERS = 6
SLIDING = {  # the numbers that are worth sliding, and what stands before them
    "per": gettext_noop("for every"),
    "every": gettext_noop("for each full"),
    "price": gettext_noop("price"),
    "amount": gettext_noop("worth"),
    "reach": gettext_noop("from"),
    "by_tier": gettext_noop("rate"),
    "max": gettext_noop("at most"),
}
SAMPLE = 200  # customers that the quick back-test walks
GALLERY = (
    ("points", gettext_noop("Points for each purchase")),
    ("stamps", gettext_noop("Stamps that lead to gifts")),
    ("points_and_stamps", gettext_noop("Points and stamps, with a welcome")),
)


@require_GET
@staff_page("programme.see")
def page(request: HttpRequest) -> HttpResponse:
    """The draft where there is one, else the running programme, else the gallery."""
    running, draft = queries.running(), queries.draft()
    chosen = request.GET.get("from", "")
    version = draft or running
    text = _gallery(chosen) if chosen else version.text if version else ""
    if not text:
        return render(request, "office/programmes.html", {"room": "reward", "gallery": [(k, _(t)) for k, t in GALLERY]})
    context = _of(text) | {
        "room": "reward",
        "running": running,
        "draft": draft,
        "chosen": chosen,
        "shown": None if chosen else version,
        "gallery": [(k, _(t)) for k, t in GALLERY],
        "members": queries.members_count(),
    }
    return render(request, "office/programme.html", context)


def _of(text: str) -> dict[str, Any]:
    club = shop.club()
    plan = queries.compiled(text, club.calendar, club.currency)
    sections = terms.sentences(plan)
    return {"text": text, "name": plan.programme.name, "sections": sections, "sliders": _sliders(text, sections)}


def _sliders(text: str, sections: list[terms.Section]) -> list[dict[str, Any]]:
    """The first numbers of the rules, each with what it is called and between what it may be moved."""
    found: list[dict[str, Any]] = []
    for section in sections:
        for part in section.parts:
            word = next((SLIDING[name] for name in part.value.split(".")[2:] if name in SLIDING), None)
            if word and len(found) < SLIDERS:
                told = editing.value(text, part.value)
                if told.least and Decimal(told.text):
                    found.append({"title": f"{section.title}: {_(word)}", "shown": part.text, "of": told})
    return found


@require_POST
@staff_page("programme.draft")
def value(request: HttpRequest) -> HttpResponse:
    """The small form that changes one value of a sentence."""
    text, key = request.POST.get("text", ""), request.POST.get("key", "")
    try:
        told = editing.value(text, key)
    except Refusal as refusal:
        return render(request, "parts/refusal.html", {"refusal": refusal})
    return render(request, "office/programme_value.html", {"of": told})


@require_POST
@staff_page("programme.draft")
def change(request: HttpRequest) -> HttpResponse:
    """The rules with one value changed; nothing is saved."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        context = _of(editing.with_value(text, request.POST.get("key", ""), request.POST.get("value", "")))
    except Refusal as refusal:
        response = render(request, "parts/refusal.html", {"refusal": refusal})
        return retarget(reswap(response, "innerHTML"), "#value-editor")
    return trigger_client_event(
        render(request, "office/programme_changed.html", context), "programme-changed", after="swap"
    )


def _gallery(name: str) -> str:
    if name not in {kind for kind, _title in GALLERY}:
        raise Refusal("no_template", gettext_noop("There is no such ready programme."))
    return resources.files("vafa.reward").joinpath(f"gallery/{name}.toml").read_text("utf-8")


@require_POST
@staff_page("programme.see")
def back_test(request: HttpRequest) -> HttpResponse:
    """What the text would have cost on the shop's history: quickly on a sample, or on all of it."""
    text, whole = request.POST.get("text", ""), request.POST.get("whole") == "1"
    try:
        programme.load(text)
        files = tuple(mirror.refresh(shop.club().calendar))
        began = time.perf_counter()
        found = _simulated(text, files, None if whole else SAMPLE, _asked())
        seconds = time.perf_counter() - began
    except Refusal as refusal:
        return render(request, "parts/refusal.html", {"refusal": refusal})
    margin = shop.club().margin_percent
    context = {
        "found": found,
        "seconds": round(seconds, 1),
        "sample": not whole,
        "margin": None if margin is None else margin / 100,
        "verdict": found.verdict,
    }
    return render(request, "office/back_test.html", context)


class Asked(NamedTuple):
    """What a back-test's answer depends on beside the text and the history; the verdict is said in words."""

    currency: str
    calendar: str
    time_zone: str
    margin_percent: int | None
    language: str
    besides: tuple[int, ...]  # how many birthdays and events are known
    brought: tuple[tuple[str, str, datetime, int], ...]


def _asked() -> Asked:
    club = shop.club()
    besides = (know.besides(), tuple(queries.brought()))
    return Asked(club.currency, club.calendar, club.time_zone, club.margin_percent, language(), *besides)


@lru_cache(maxsize=16)
def _simulated(text: str, files: tuple[Path, ...], sample: int | None, asked: Asked) -> Any:
    return whatif.simulate(
        programme.load(text),
        mirror.as_lines(files, sample=sample, brought=asked.brought),
        calendar=asked.calendar,
        currency=asked.currency,
        time_zone=asked.time_zone,
        margin=None if asked.margin_percent is None else Fraction(asked.margin_percent, 100),
    )


@require_GET
@staff_page("programme.see")
def terms_page(request: HttpRequest) -> HttpResponse:
    """The whole terms in plain words, made from the document."""
    version = queries.draft() if request.GET.get("of") == "draft" else queries.running() or queries.draft()
    if version is None:
        raise Refusal("no_programme", gettext_noop("No programme is running."))
    plan = queries.plan(version)
    return render(
        request,
        "office/terms.html",
        {"room": "reward", "name": plan.programme.name, "paragraphs": terms.text(plan).split("\n\n")},
    )


@require_POST
@staff_page("programme.draft")
def draft(request: HttpRequest) -> HttpResponse:
    """Keep the text as the draft."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        actions.save_draft(text, actor=actor_of(request), now=clock.now())
    except Refusal as refusal:
        return render(request, "office/programme_refused.html", {"room": "reward", "refusal": refusal, "text": text})
    messages.success(request, _("Saved as a draft."))
    return redirect("office:reward")


@require_POST
@staff_page("programme.launch")
def launch(request: HttpRequest) -> HttpResponse:
    """Let the draft run from today on."""
    actions.launch(starts_day=shop.today(), actor=actor_of(request), now=clock.now())
    messages.success(request, _("The programme runs from today on."))
    return redirect("office:reward")
