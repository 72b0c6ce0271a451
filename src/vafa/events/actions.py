"""Writing the journal, and answering the same request the same way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from vafa.core.bulk import instant
from vafa.core.errors import Conflict
from vafa.core.words import gettext_noop as _
from vafa.events.kinds import Happened
from vafa.events.models import Answer, Event, Schedule


def emit(happened: Happened, *, now: datetime) -> None:
    """Write an event, inside the transaction in which it happened."""
    Event.objects.create(kind=happened.KIND, at=now, payload=happened.payload())


def plan_job(name: str, next_at: datetime) -> None:
    """A recurring job runs next at ``next_at``."""
    Schedule.objects.update_or_create(name=name, defaults={"next_at": next_at})


def digest(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


def answer_once(
    *, source: str, key: str, content: Any, now: datetime, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Do ``act`` once for (source, key) and return its answer ever after.

    Of parallel callers with one key the first acts, the others wait and get its answer. The same
    key with other ``content`` is a Conflict. Where ``act`` refuses, the key stays free.
    """
    wanted = digest(content)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO events_answer (source, key, digest, answer, at) VALUES (%s, %s, %s, NULL, %s) "
                "ON CONFLICT DO NOTHING",
                [source, key, wanted, instant(connection, now)],
            )
            first = cursor.rowcount == 1
        kept = Answer.objects.select_for_update().get(source=source, key=key)
        if kept.digest != wanted:
            raise Conflict(
                "key_reused",
                _("The key “%(key)s” was used before for something else; nothing was changed."),
                _("Send the first content again, or use a new key."),
                key=key[:80],
            )
        if first:
            kept.answer = act()
            kept.save(update_fields=["answer"])
        return dict(kept.answer or {})
