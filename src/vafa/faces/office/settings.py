"""Settings: the choices of the shop, its people, its keys, and what was done."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from vafa.core import clock, money
from vafa.core.errors import Refusal
from vafa.core.identity import plain_digits
from vafa.core.words import LANGUAGES, gettext_noop
from vafa.core.words import gettext as _
from vafa.faces.access import actor_of, staff_page
from vafa.shop import access, actions, queries

TEXTS = ("name", "tagline", "currency", "time_zone", "calendar", "language", "region")
WEEK = (
    gettext_noop("Monday"),
    gettext_noop("Tuesday"),
    gettext_noop("Wednesday"),
    gettext_noop("Thursday"),
    gettext_noop("Friday"),
    gettext_noop("Saturday"),
    gettext_noop("Sunday"),
)


@require_http_methods(["GET", "POST"])
@staff_page("office.see")
def page(request: HttpRequest) -> HttpResponse:
    """One form; a refusal stands above it and nothing is changed."""
    actor = actor_of(request)
    refusal = None
    if request.method == "POST":
        try:
            actions.change_settings(actor=actor, now=clock.now(), **_choices(request))
            messages.success(request, _("Saved."))
            return redirect("office:settings")
        except Refusal as told:
            refusal = told
    club = queries.club()
    context = {
        "room": "settings",
        "refusal": refusal,
        "form": club,
        "thank_you_over": money.to_major(club.thank_you_over, club.currency),
        "zones": sorted(available_timezones()),
        "language_choices": LANGUAGES.items(),
        "week": list(enumerate(_(day) for day in WEEK)),
        "staff": [(person, _(access.ROLE_NAMES[person.role])) for person in queries.staff_list()],
        "keys": queries.keys(),
        "trail": queries.audit_trail(30) if access.may(actor, "audit.see") else [],
    }
    return render(request, "office/settings.html", context, status=422 if refusal else 200)


def _choices(request: HttpRequest) -> dict[str, Any]:
    told = request.POST
    choices: dict[str, Any] = {name: told.get(name, "").strip() for name in TEXTS}
    choices["currency"] = choices["currency"].upper()
    choices["region"] = choices["region"].upper()
    choices["levels"] = told.get("levels", "").replace("\r\n", "\n").strip()[:1000]
    choices["toman"] = told.get("toman") == "1"
    if not choices["name"]:
        raise Refusal("no_name", gettext_noop("The shop needs a name."))
    for name in ("margin_percent", "active_days", "breakage_percent"):
        choices[name] = _whole(told.get(name, ""), optional=True)
    for name in ("holdout_percent", "week_start"):
        choices[name] = _whole(told.get(name, ""), optional=False)
    choices["thank_you_over"] = money.to_minor(told.get("thank_you_over", "") or "0", choices["currency"])
    return choices


def _whole(text: str, *, optional: bool) -> int | None:
    plain = plain_digits(text.strip())
    if not plain and optional:
        return None
    if not plain.isdigit() or len(plain) > 6:
        raise Refusal("bad_number", gettext_noop("“%(text)s” is not a whole number."), text=text[:20])
    return int(plain)
