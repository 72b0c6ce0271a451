"""Ready programmes: five trades and plain beginnings, each tried on the shop's history before anything is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core.words import gettext as _
from vafa.faces.access import staff_page
from vafa.faces.office.reward import context_of
from vafa.reward import gallery, queries
from vafa.shop import queries as shop


@require_GET
@staff_page("programme.see")
def page(request: HttpRequest) -> HttpResponse:
    """The cards."""
    context = {
        "room": "reward",
        "ready": [one._replace(title=_(one.title), what=_(one.what), why=_(one.why)) for one in gallery.READY],
        "simple": [(kind, _(title)) for kind, title in gallery.SIMPLE],
        "running": queries.running(),
        "scale": gallery.of_scale(shop.club().currency),
    }
    return render(request, "office/gallery.html", context)


@require_GET
@staff_page("programme.see")
def ready(request: HttpRequest, kind: str) -> HttpResponse:
    """One of them: its rules, and at once what it would have cost. Nothing is kept until it is saved as a draft."""
    currency = shop.club().currency
    text, told = gallery.text(kind, currency), gallery.ready(kind)
    context = context_of(text) | {
        "room": "reward",
        "ready": told._replace(title=_(told.title), what=_(told.what), why=_(told.why)) if told else None,
        "running": queries.running(),
        "draft": queries.draft(),
        "scale": gallery.of_scale(currency),
    }
    return render(request, "office/programme.html", context)
