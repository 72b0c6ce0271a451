"""The REST face: what integrators speak. One file a resource."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from vafa import __version__
from vafa.core import clock
from vafa.core.errors import Refusal, Unauthenticated
from vafa.faces.api import corrections, events, members, purchases, redemptions, segments, vouchers
from vafa.faces.api.problems import problem, refused
from vafa.shop import queries as shop


class Key(HttpBearer):
    """``Authorization: Bearer vafa_…``; the key's scopes decide what may be done."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        key, actor = shop.key_actor(token, request.key)  # type: ignore[attr-defined]  # the site's middleware read it
        if key.last_used_at is None or (clock.now() - key.last_used_at).total_seconds() > 60:
            type(key).objects.filter(pk=key.pk).update(last_used_at=clock.now())
        request.actor = actor  # type: ignore[attr-defined]  # not of Django
        return actor


api = NinjaAPI(
    title="Vafa",
    version=__version__,
    description="Purchases, members, balances and rewards of one shop's club. Money is a decimal string; "
    "errors are problem documents (RFC 9457) with `code` and `hint`.",
    auth=Key(),
    urls_namespace="api",
)


@api.exception_handler(Refusal)
def on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return refused(refusal)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    pointers = [
        {"pointer": "/" + "/".join(str(part) for part in e["loc"][1:] if part != "payload"), "detail": e["msg"]}
        for e in error.errors
    ]
    where = pointers[0] if pointers else {"pointer": "", "detail": "unreadable"}
    return problem(
        422, "bad_body", f"{where['pointer'] or 'The body'}: {where['detail']}.", "See the schema.", errors=pointers
    )


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return problem(400, "bad_body", "The body is no readable JSON.", "Send one JSON object in UTF-8.")
    return problem(error.status_code, "refused", str(error), "")


@api.exception_handler(AuthenticationError)
def on_no_key(request: HttpRequest, error: Exception) -> HttpResponse:
    return refused(
        Unauthenticated("no_key", "A key is missing.", "Send “Authorization: Bearer …” with a key of this shop.")
    )


api.add_router("", purchases.router)
api.add_router("", members.router)
api.add_router("", events.router)
api.add_router("", redemptions.router)
api.add_router("", vouchers.router)
api.add_router("", corrections.router)
api.add_router("", segments.router)
