"""The programme's versions: what a draft changes, launching it from a day on, taking it back, texts out and in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from vafa.core import clock, figures
from vafa.core.calendar import day_number, to_date
from vafa.core.errors import Refusal
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.faces.access import actor_of, staff_page
from vafa.reward import actions, changes, programme, queries
from vafa.shop import queries as shop

LARGEST = 1_000_000  # bytes of a programme's text


def step_to(text: str) -> changes.Step | None:
    """What ``text`` would change in the programme that runs; None where none runs, or it is the same."""
    held = queries.running()
    if held is None or held.text == text:
        return None
    club = shop.club()
    return changes.step(
        queries.plan(held).programme, programme.load(text), calendar=club.calendar, currency=club.currency
    )


def told(version: Any) -> dict[str, Any]:
    """A version as the list shows it."""
    words = {
        "draft": _("draft"),
        "running": _("running"),
        "planned": _("planned"),
        "ended": _("ended"),
        "withdrawn": _("taken back"),
    }
    state = queries.state(version)
    return {
        "number": version.number,
        "state": state,
        "said": words[state],
        "from": version.starts_day,
        "by": version.saved_by.partition(" ")[2] or version.saved_by,
    }


@require_GET
@staff_page("programme.launch")
def launch_page(request: HttpRequest) -> HttpResponse:
    """From which day the draft shall run, and what that changes for the members."""
    draft, today = queries.draft(), shop.today()
    if draft is None:
        return render(request, "office/programme_launch.html", {"room": "reward"})
    context = {
        "room": "reward",
        "draft": draft,
        "name": queries.plan(draft).programme.name,
        "step": step_to(draft.text),
        "running": queries.running(),
        "planned": queries.planned(),
        "members": queries.members_count(),
        "earliest": to_date(today).isoformat(),
        "wanted": to_date(today + 1).isoformat(),
    }
    return render(request, "office/programme_launch.html", context)


@require_POST
@staff_page("programme.launch")
def launch(request: HttpRequest) -> HttpResponse:
    """Let the draft run: the first programme from today on, a further version from the day that was chosen."""
    day = shop.today()
    if queries.running() is not None:
        day = _day(request.POST.get("from", ""))
        if request.POST.get("read") != "1":
            raise Refusal(
                "not_confirmed",
                gettext_noop("Nothing was launched: it wasn't confirmed that the changes were read."),
                gettext_noop("Read what changes, then tick the box."),
            )
    version = actions.launch(starts_day=day, actor=actor_of(request), now=clock.now())
    told = {"number": figures.number(version.number), "day": figures.day(day)}
    if day <= shop.today():
        messages.success(request, _("The programme runs from today on."))
    else:
        messages.success(request, _("Version %(number)s begins on %(day)s.") % told)
    return redirect("office:reward")


def _day(text: str) -> int:
    try:
        return day_number(date.fromisoformat(text.strip()))
    except ValueError:
        raise Refusal(
            "bad_from", gettext_noop("“%(text)s” is no day."), gettext_noop("Write it as 2026-12-01."), text=text[:20]
        ) from None


@require_POST
@staff_page("programme.launch")
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take back a version before its first day."""
    actions.withdraw(number, actor=actor_of(request), now=clock.now())
    messages.success(request, _("Version %(number)s is taken back.") % {"number": figures.number(number)})
    return redirect("office:reward")


@require_GET
@staff_page("programme.see")
def export(request: HttpRequest, number: int) -> HttpResponse:
    """The text of a version, byte for byte as it was saved."""
    version = queries.version(number)
    answer = HttpResponse(version.text.encode(), content_type="application/toml")
    answer["Content-Disposition"] = f'attachment; filename="programme-{version.number}.toml"'
    return answer


@require_POST
@staff_page("programme.draft")
def bring(request: HttpRequest) -> HttpResponse:
    """Keep a text from a file as the draft, unchanged."""
    try:
        file = request.FILES.get("file")
    except TooManyFilesSent:
        file = None
    if file is None or (file.size or 0) > LARGEST:
        raise Refusal(
            "no_programme", gettext_noop("There is no programme in this file."), gettext_noop("Choose a TOML document.")
        )
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(
            "no_text",
            gettext_noop("This file is no text in UTF-8."),
            gettext_noop("Save it as UTF-8, or export it anew."),
        ) from None
    actions.save_draft(text, actor=actor_of(request), now=clock.now())
    messages.success(request, _("Saved as a draft."))
    return redirect("office:reward")
