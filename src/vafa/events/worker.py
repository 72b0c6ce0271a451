"""The loop that hands committed events on and runs what is due.

It is handed its tables by ``site``: what to do for each kind of event, and which jobs recur.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from vafa.core import clock
from vafa.events.models import Event, Schedule

log = logging.getLogger(__name__)

Reaction = Callable[[dict[str, Any], datetime], None]
Job = Callable[[datetime], datetime]  # does its work and says when it wants to run next
MOST_ATTEMPTS = 8
BATCH = 50


def turn(reactions: Mapping[str, tuple[Reaction, ...]], jobs: Mapping[str, Job]) -> int:
    """Do all that waits now; returns how many events and jobs were worked off."""
    done = 0
    while worked := _events(reactions):
        done += worked
    return done + _due_jobs(jobs)


def _events(reactions: Mapping[str, tuple[Reaction, ...]]) -> int:
    now = clock.now()
    waiting = Event.objects.filter(handled_at=None, attempts__lt=MOST_ATTEMPTS).exclude(not_before__gt=now)
    ids = list(waiting.order_by("id").values_list("id", flat=True)[:BATCH])
    return sum(_handle(event_id, reactions, now) for event_id in ids)


def _handle(event_id: int, reactions: Mapping[str, tuple[Reaction, ...]], now: datetime) -> int:
    try:
        with transaction.atomic():
            event = Event.objects.select_for_update(skip_locked=True).filter(id=event_id, handled_at=None).first()
            if event is None:
                return 0
            for react in reactions.get(event.kind, ()):
                react(event.payload, now)
            event.handled_at = now
            event.save(update_fields=["handled_at"])
        return 1
    except Exception as error:
        log.exception("event %s failed", event_id)
        failed = Event.objects.get(id=event_id)
        failed.attempts += 1
        failed.error = f"{type(error).__name__}: {error}"[:2000]
        failed.not_before = now + timedelta(seconds=5 * 4**failed.attempts)
        failed.save(update_fields=["attempts", "error", "not_before"])
        return 0


def _due_jobs(jobs: Mapping[str, Job]) -> int:
    now = clock.now()
    done = 0
    for name, job in jobs.items():
        schedule, _made = Schedule.objects.get_or_create(name=name, defaults={"next_at": now})
        set_back = schedule.last_at is not None and schedule.last_at > now  # the clock of sample data begins anew
        if schedule.next_at > now and not set_back:
            continue
        # claimed first: of two workers one moves the time on and runs the job
        claimed = Schedule.objects.filter(id=schedule.id, next_at=schedule.next_at)
        if not claimed.update(next_at=now + timedelta(minutes=10)):
            continue
        try:
            next_at, error = job(now), ""
            done += 1
        except Exception as failure:
            log.exception("job %s failed", name)
            next_at, error = now + timedelta(minutes=10), f"{type(failure).__name__}: {failure}"[:2000]
        Schedule.objects.filter(id=schedule.id).update(next_at=next_at, last_at=now, error=error)
    return done
