"""Reward: the programme as members read it, what it would have cost on the shop's own history, its launch."""

from __future__ import annotations

import time
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
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
from vafa.faces.office import drawing
from vafa.faces.office.versions import step_to, told
from vafa.know import mirror
from vafa.know import queries as know
from vafa.measure import comparing, trial, whatif
from vafa.reward import actions, editing, programme, queries, terms
from vafa.reward.corrections import waiting
from vafa.shop import queries as shop

SLIDERS = 6
SLIDING = {  # the numbers that are worth sliding, and what stands before them
    "per": gettext_noop("for every"),
    "every": gettext_noop("for each full"),
    "crosses": gettext_noop("from"),
    "price": gettext_noop("price"),
    "amount": gettext_noop("worth"),
    "reach": gettext_noop("from"),
    "by_tier": gettext_noop("rate"),
    "max": gettext_noop("at most"),
}
SAMPLE = 200  # customers that the quick back-test walks
REDEMPTIONS = (  # what is assumed of members; as they really did where the history knows it
    ("auto", gettext_noop("by everybody, as soon as they can be")),
    ("0.75", gettext_noop("by three of four members")),
    ("0.5", gettext_noop("by half of the members")),
    ("0.25", gettext_noop("by one of four members")),
    ("none", gettext_noop("by nobody")),
)


@require_GET
@staff_page("programme.see")
def page(request: HttpRequest) -> HttpResponse:
    """A version that is asked for, else the draft, else the running programme, else the gallery."""
    running, draft = queries.running(), queries.draft()
    version = asked_version(request) or draft or running
    if version is None:
        return redirect("office:gallery")
    context = context_of(version.text) | {
        "room": "reward",
        "running": running,
        "draft": draft,
        "shown": version,
        "members": queries.members_count(),
        "corrections": len(waiting()),
        "planned": queries.planned(),
        "versions": [told(one) for one in queries.versions()],
        "state": queries.state(version),
    }
    return render(request, "office/programme.html", context)


def asked_version(request: HttpRequest) -> Any:
    """The version whose number is asked for, if any."""
    number = request.GET.get("version", "")
    return queries.version(int(number)) if number.isdecimal() and len(number) < 9 else None


def context_of(text: str) -> dict[str, Any]:
    """What the page of a programme's rules shows: its sentences, the numbers that can be slid, what it changes."""
    club = shop.club()
    plan = queries.compiled(text, club.calendar, club.currency)
    sections = terms.sentences(plan)
    return {
        "text": text,
        "name": _(plan.programme.name),
        "sections": sections,
        "sliders": _sliders(text, sections),
        "step": step_to(text),
        "redemptions": [(kind, _(words)) for kind, words in REDEMPTIONS],
    }


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
        context = context_of(editing.with_value(text, request.POST.get("key", ""), request.POST.get("value", "")))
    except Refusal as refusal:
        response = render(request, "parts/refusal.html", {"refusal": refusal})
        return retarget(reswap(response, "innerHTML"), "#value-editor")
    return trigger_client_event(
        render(request, "office/programme_changed.html", context), "programme-changed", after="swap"
    )


@require_POST
@staff_page("programme.see")
def back_test(request: HttpRequest) -> HttpResponse:
    """What the text would have cost on the shop's history: quickly on a sample, or on all of it."""
    text, whole = request.POST.get("text", ""), request.POST.get("whole") == "1"
    try:
        programme.load(text)
        files = tuple(mirror.refresh(shop.club().calendar))
        began, asked = time.perf_counter(), _asked(request)
        found = _simulated(text, files, None if whole else SAMPLE, asked)
        held = queries.running()
        compared = None
        if held is not None and held.text != text:
            compared = comparing.compare(found, _simulated(held.text, files, None if whole else SAMPLE, asked))
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
        "capped": any(earn.cap for earn in found.programme.earns),
        "compared": compared,
        "against": _beside(compared) if compared else None,
        "held": held,
        "owed": drawing.owed(found, compared.other if compared else None),
        "owed_says": trial.owed(found),
    }
    return render(request, "office/back_test.html", context)


def _beside(compared: comparing.Comparison) -> dict[str, Any]:
    """The other programme beside this one: who gets more and less, with the reasons; the figures of both."""
    people = max(compared.more + compared.same + compared.less, 1)
    currency = compared.ours.currency
    shares = [round(100 * count / people, 2) for count in (compared.more, compared.same)]
    heads, rows = comparing.table(compared)
    month_heads, months = comparing.month_table(compared)
    return {
        "headline": comparing.headline(compared),
        "bar": [
            (0, shares[0], "step-5"),
            (shares[0], shares[1], "step-2"),
            (sum(shares), 100 - sum(shares), "chart-2"),
        ],
        "ends": [
            (title, [(one, comparing.signed(one.difference, currency)) for one in people])
            for title, people in ((_("Gain most"), compared.gains), (_("Lose most"), compared.losses))
        ],
        "heads": heads,
        "rows": rows,
        "month_heads": month_heads,
        "months": months,
    }


@require_POST
@staff_page("programme.see")
def caps(request: HttpRequest) -> HttpResponse:
    """What each cap of the text does: the same programme without it, on the same history."""
    text, whole = request.POST.get("text", ""), request.POST.get("whole") == "1"
    try:
        files = tuple(mirror.refresh(shop.club().calendar))
        asked, sample = _asked(request), None if whole else SAMPLE
        found = _simulated(text, files, sample, asked)
        effects = comparing.caps(found, lambda made: _walked(made, files, sample, asked))
    except Refusal as refusal:
        return render(request, "parts/refusal.html", {"refusal": refusal})
    return render(
        request, "office/caps.html", {"sentences": [comparing.cap_sentence(effect, found) for effect in effects]}
    )


class Asked(NamedTuple):
    """What a back-test's answer depends on beside the text and the history; the verdict is said in words."""

    currency: str
    calendar: str
    time_zone: str
    margin_percent: int | None
    redemption: str
    language: str
    besides: tuple[int, ...]  # how many birthdays and events are known
    brought: tuple[tuple[str, str, datetime, int], ...]


def _asked(request: HttpRequest) -> Asked:
    club, taken = shop.club(), request.POST.get("redemption", "auto")
    known = {kind for kind, _words in REDEMPTIONS}
    besides = (know.besides(), tuple(queries.brought()))
    redemption = taken if taken in known else "auto"
    return Asked(club.currency, club.calendar, club.time_zone, club.margin_percent, redemption, language(), *besides)


@lru_cache(maxsize=16)
def _simulated(text: str, files: tuple[Path, ...], sample: int | None, asked: Asked) -> Any:
    return _walked(programme.load(text), files, sample, asked)


def _walked(made: programme.Programme, files: tuple[Path, ...], sample: int | None, asked: Asked) -> whatif.BackTest:
    return whatif.simulate(
        made,
        mirror.as_lines(files, sample=sample, brought=asked.brought),
        calendar=asked.calendar,
        currency=asked.currency,
        time_zone=asked.time_zone,
        redemption=whatif.redemption_of(asked.redemption),
        margin=None if asked.margin_percent is None else Fraction(asked.margin_percent, 100),
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
