"""The terms of the running programme or of the draft, as members will read them, and their leaflet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core.words import PAPERS, direction, language, speaking
from vafa.faces.access import staff_page
from vafa.reward import promise, queries


@require_GET
@staff_page("programme.see")
def page(request: HttpRequest) -> HttpResponse:
    """All conditions in plain words, in any language that papers come in."""
    draft, spoken = _draft(request), _language(request)
    version = promise.version(draft=draft)
    with speaking(spoken):
        context = {
            "room": "reward",
            "name": promise.name(version),
            "chapters": promise.chapters(version),
            "line": promise.edition(version).line,
            "towards": direction(),
            "code": spoken,
            "papers": PAPERS.items(),
            "of": "draft" if draft else "",
        }
    return render(request, "office/terms.html", context)


@require_GET
@staff_page("programme.see")
def pdf(request: HttpRequest) -> HttpResponse:
    """The leaflet, of a draft too."""
    spoken = _language(request)
    response = HttpResponse(promise.pdf(promise.version(draft=_draft(request)), spoken), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="terms-{spoken}.pdf"'
    return response


def _draft(request: HttpRequest) -> bool:
    """Whether the draft is asked for; where nothing runs there is nothing else."""
    return request.GET.get("of") == "draft" or queries.running() is None


def _language(request: HttpRequest) -> str:
    code = request.GET.get("lang", "")
    return code if code in PAPERS else language()
