"""The terms of the running programme or of another version, as members will read them, and their leaflet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core.words import PAPERS, direction, language, speaking
from vafa.faces.access import staff_page
from vafa.faces.office.reward import asked_version
from vafa.reward import promise, queries


@require_GET
@staff_page("programme.see")
def page(request: HttpRequest) -> HttpResponse:
    """All conditions in plain words, in any language that papers come in."""
    version, spoken = _version(request), _language(request)
    with speaking(spoken):
        context = {
            "room": "reward",
            "name": promise.name(version),
            "chapters": promise.chapters(version),
            "line": promise.edition(version).line,
            "towards": direction(),
            "code": spoken,
            "papers": PAPERS.items(),
            "version": version,
            "public": version == queries.running(),
        }
    return render(request, "office/terms.html", context)


@require_GET
@staff_page("programme.see")
def pdf(request: HttpRequest) -> HttpResponse:
    """The leaflet, of any version."""
    spoken = _language(request)
    response = HttpResponse(promise.pdf(_version(request), spoken), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="terms-{spoken}.pdf"'
    return response


def _version(request: HttpRequest) -> Any:
    """The version that is asked for, else the running one; where none runs, the draft."""
    return asked_version(request) or queries.running() or promise.version(draft=True)


def _language(request: HttpRequest) -> str:
    code = request.GET.get("lang", "")
    return code if code in PAPERS else language()
