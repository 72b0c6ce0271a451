"""The same request twice has one effect and one answer; a dry run has no effect at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from vafa.core import clock
from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.events.actions import Claim, answer_each_once, digest
from vafa.faces.access import actor_of
from vafa.loop.again import rehearsed, until_settled


class MissingKey(Refusal):
    status = 400


def idempotency_key(request: HttpRequest) -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 200:
        raise MissingKey("bad_idempotency_key", _("An Idempotency-Key has at most 200 characters."))
    return key or None


def once(
    request: HttpRequest, what: str, key: str | None, content: Any, act: Callable[[], dict[str, Any]], dry_run: bool
) -> dict[str, Any]:
    """``act``'s answer, the first one for ever; rolled back where it is a dry run."""
    wanted = claim(request, what, key, content)
    if dry_run:
        return rehearsed(act)
    now = clock.now()
    return until_settled(lambda: answer_each_once([wanted], now=now, act=lambda _first: [act()])[0])


def claim(request: HttpRequest, what: str, key: str | None, content: Any) -> Claim:
    """What a request asks to be answered once; refused where it brings no key."""
    if key is None:
        raise MissingKey(
            "no_idempotency_key", _("An Idempotency-Key is missing."), _("Send a new one with each new request.")
        )
    return Claim(f"{actor_of(request).name.partition(' ')[0]}:{what}", key, digest(content))


def at_most_once(request: HttpRequest, what: str, content: Any, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """As ``once`` where the request brings a key; without one ``act`` itself must bear to be asked again."""
    key = idempotency_key(request)
    return once(request, what, key, content, act, False) if key else act()
