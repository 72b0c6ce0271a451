"""What belongs to no face: choosing a language, coming in by a link."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from vafa.core import clock, words
from vafa.shop import actions


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and go back."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = redirect(back)
    if request.POST.get("language") in words.LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            request.POST["language"],
            max_age=365 * 86400,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_GET
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in by a one-time link."""
    person = actions.use_link(token, now=clock.now())
    if person is None:
        return render(request, "enter.html", status=404)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("/")
