"""Writing the journal, and answering the same request the same way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from vafa.core.bulk import a_document, execute_rows, insert, instant
from vafa.core.errors import Conflict
from vafa.core.words import gettext_noop as _
from vafa.events.kinds import Happened
from vafa.events.models import Answer, Schedule


def emit(happened: Happened, *, now: datetime) -> None:
    """Write an event, inside the transaction in which it happened."""
    row = (happened.KIND, instant(connection, now), a_document(connection, happened.payload()), 0, "")
    insert(connection, "events_event", ["kind", "at", "payload", "attempts", "error"], [row])


def plan_job(name: str, next_at: datetime) -> None:
    """A recurring job runs next at ``next_at``."""
    Schedule.objects.update_or_create(name=name, defaults={"next_at": next_at})


def digest(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


class Claim(NamedTuple):
    """A request that gets one answer for ever: who asks, by which key, a digest of what for."""

    source: str
    key: str
    digest: str


def answer_once(
    *, source: str, key: str, content: Any, now: datetime, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Do ``act`` once for (source, key) and return its answer ever after.

    Of parallel callers with one key the first acts, the others wait and get its answer. The same
    key with other ``content`` is a Conflict. Where ``act`` refuses, the key stays free.
    """
    with transaction.atomic():
        return answer_each_once([Claim(source, key, digest(content))], now=now, act=lambda _first: [act()])[0]


def answer_each_once(
    claims: Sequence[Claim], *, now: datetime, act: Callable[[Sequence[int]], Sequence[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """The same for many claims, inside the caller's transaction: ``act`` gets the places of those that are new."""
    places: dict[tuple[str, str], int] = {}
    for place, claim in enumerate(claims):
        places.setdefault(claim[:2], place)
    at = instant(connection, now)
    sql = (
        "INSERT INTO events_answer (source, key, digest, answer, at) VALUES {} "
        "ON CONFLICT DO NOTHING RETURNING id, source, key"
    )
    rows = execute_rows(connection, sql, [(*claims[places[name]], None, at) for name in sorted(places)])
    fresh = {places[source, key]: pk for pk, source, key in rows}
    first = sorted(fresh)
    answers = dict(zip(first, act(first) if first else (), strict=True))
    sql = (
        "WITH told (id, answer) AS (VALUES {}) "
        "UPDATE events_answer SET answer = told.answer FROM told WHERE events_answer.id = told.id"
    )
    execute_rows(connection, sql, [(fresh[place], a_document(connection, told)) for place, told in answers.items()])
    known = {claims[place][:2]: (claims[place].digest, answer) for place, answer in answers.items()} | _kept(
        name for name, place in places.items() if place not in fresh
    )
    return [_same(claim, *known[claim[:2]]) for claim in claims]


def _kept(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    """Digest and answer of what was answered before."""
    keys: dict[str, list[str]] = {}
    for source, key in names:
        keys.setdefault(source, []).append(key)
    return {
        (source, one.key): (one.digest, dict(one.answer or {}))
        for source, wanted in keys.items()
        for one in Answer.objects.filter(source=source, key__in=wanted)
    }


def _same(claim: Claim, digest: str, answer: dict[str, Any]) -> dict[str, Any]:
    if claim.digest != digest:
        raise Conflict(
            "key_reused",
            _("The key “%(key)s” was used before for something else; nothing was changed."),
            _("Send the first content again, or use a new key."),
            key=claim.key[:80],
        )
    return answer
