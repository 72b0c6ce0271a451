"""Who asks, in which language, and what every page knows of the club."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils import translation

from vafa.core import figures, words
from vafa.core.errors import NotFound, Refusal
from vafa.core.remembered import remembering
from vafa.core.words import gettext as _
from vafa.faces.api.problems import problem
from vafa.shop import queries
from vafa.shop.access import SECOND_FACTOR_ROLES

_FREE = ("/accounts/", "/static/", "/livez", "/readyz", "/enter/", "/language", "/terms")
API = "/api/"


class ProgramMiddleware:
    """Programs have no session, no form and no page: what they ask goes straight to the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.answer: Any = convert_exception_to_response(_answer_program)

    def __call__(self, request: HttpRequest) -> Any:
        return (self.answer if request.path.startswith(API) else self.get_response)(request)


def _answer_program(request: Any) -> HttpResponse:
    if _holds_nul(request):
        return _no_text(request)
    with _reading(request):
        presented = request.headers.get("Authorization", "").partition(" ")[2]
        request.club, request.key = queries.club_and_key(presented)
        view = resolve(request.path_info)
        language = request.club.language if request.club else "en"
        with _speaking(request, language), figures.shown(*_as_shown(request.club)):
            response: HttpResponse = view.func(request, *view.args, **view.kwargs)
    response.headers.setdefault("Content-Language", language)
    if not response.streaming:
        response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


def _reading(request: HttpRequest) -> contextlib.AbstractContextManager[None]:
    return remembering() if request.method in ("GET", "HEAD") else contextlib.nullcontext()


@contextlib.contextmanager
def _speaking(request: Any, language: str) -> Iterator[None]:
    translation.activate(language)
    request.LANGUAGE_CODE = language
    with words.speaking(language):
        yield


def _as_shown(club: Any) -> tuple[Any, ...]:
    return (club.calendar, club.toman) if club else ()


class PersonMiddleware:
    """Sets ``request.actor``, speaks the person's language, asks owners for their second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _holds_nul(request):
            return _no_text(request)
        with _reading(request):
            return self._answer(request)

    def _answer(self, request: Any) -> HttpResponse:
        user = request.user
        request.club = queries.club_or_none()
        if user.is_authenticated:
            request.actor = queries.staff_actor(user)
        language = _language(request)
        with _speaking(request, language), figures.shown(*_as_shown(request.club)):
            if _needs_second_factor(request):
                return redirect("mfa_activate_totp")
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        response.headers.setdefault("Content-Language", language)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal on a page is a sentence on a page."""
        if not isinstance(exception, Refusal):
            return None
        template = "404.html" if isinstance(exception, NotFound) else "refused.html"
        part = "parts/refusal.html" if getattr(request, "htmx", False) else template
        return render(request, part, {"refusal": exception}, status=exception.status)


def _holds_nul(request: HttpRequest) -> bool:
    """A character that no database keeps as text, in an address or a form."""
    told = [request.path, *(value for values in request.GET.lists() for value in values[1])]
    if request.method == "POST" and not request.path.startswith(API):
        told += [value for values in request.POST.lists() for value in values[1]]
    return any("\0" in text for text in told)


def _no_text(request: HttpRequest) -> HttpResponse:
    what = _("The request holds a character that belongs to no text.")
    if request.path.startswith(API):
        return problem(400, "bad_text", what, "")
    return HttpResponse(what, status=400, content_type="text/plain; charset=utf-8")


def _language(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    own = getattr(request.user, "language", "") if request.user.is_authenticated else ""
    club = request.club  # type: ignore[attr-defined]  # not of Django
    for code in (chosen, own, club.language if club else "", "en"):
        if code in words.LANGUAGES:
            return code
    return "en"


def _needs_second_factor(request: HttpRequest) -> bool:
    user: Any = request.user
    return (
        user.is_authenticated
        and user.role in SECOND_FACTOR_ROLES
        and not settings.DEMO
        and not request.path.startswith(_FREE)
        and not is_mfa_enabled(user)
    )


def club(request: HttpRequest) -> dict[str, Any]:
    """What every template may ask: the club, the actor's acts, whether the data is a sample."""
    found = getattr(request, "club", None)
    actor = getattr(request, "actor", None)
    return {
        "club": found,
        "acts": actor.acts if actor else frozenset(),
        "languages": words.LANGUAGES.items(),
        "direction": words.direction(),
        "today": queries.today() if found else None,
        "demo": settings.DEMO,
    }
