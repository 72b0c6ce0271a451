"""Pages for staff: signed in, and allowed to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from vafa.shop import queries as shop
from vafa.shop.access import Actor, require

View = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> Actor:
    """Who asks: a member of staff by the site's middleware, a program by its key."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # not of Django
    return actor


def club_of(request: HttpRequest) -> Any:
    """The club, as the site's middleware read it; NotFound where none is set up."""
    found = request.club  # type: ignore[attr-defined]  # not of Django
    return found or shop.club()


def staff_page(act: str) -> Callable[[View], View]:
    """The page is for people who may ``act``."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            require(actor_of(request), act)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate
