"""The terms of the running programme, for everybody, in each language that papers come in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET

from vafa.core.errors import NotFound
from vafa.core.words import PAPERS, gettext_noop, language, speaking
from vafa.reward import promise


@require_GET
def page(request: HttpRequest, code: str = "") -> HttpResponse:
    """The terms as a page: in the language of the address, else in the reader's."""
    version, spoken = promise.version(), _language(code)
    with speaking(spoken), translation.override(spoken):
        context = {
            "name": promise.name(version),
            "chapters": promise.chapters(version),
            "edition": promise.edition(version),
            "code": spoken,
            "papers": PAPERS.items(),
        }
        response = render(request, "portal/terms.html", context)
    response.headers["Content-Language"] = spoken
    return response


@require_GET
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The terms as a leaflet for print."""
    spoken = _language(code)
    response = HttpResponse(promise.pdf(promise.version(), spoken), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="terms-{spoken}.pdf"'
    response.headers["Content-Language"] = spoken
    return response


def _language(code: str) -> str:
    if code and code not in PAPERS:
        raise NotFound("no_such_paper", gettext_noop("The terms are not written in this language."))
    return code or language()
