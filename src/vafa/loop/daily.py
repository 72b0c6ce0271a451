"""What comes round every day: birthdays, expiries, where customers stand, the day's figures, the morning's letters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from vafa.core.calendar import local_day, midnight, month_number, month_start
from vafa.engage import actions as engage
from vafa.engage import queries as engage_queries
from vafa.events.worker import Job
from vafa.know import duplicates
from vafa.loop import segments, tell
from vafa.measure import actions as measure
from vafa.reward import actions as reward
from vafa.reward import bringing, holding
from vafa.segment import actions as segment
from vafa.segment import queries as segment_queries
from vafa.segment.analysis import Analysis
from vafa.segment.predicting import Prediction
from vafa.shop import queries as shop
from vafa.shop.access import SYSTEM

MORNING_HOUR = 6


def every_morning(now: datetime) -> datetime:
    """The morning's round; returns when the next one is due."""
    zone = ZoneInfo(shop.club().time_zone)
    today = local_day(now, zone)
    tell.birthdays(today, now=now)
    bringing.give_due(now=now)
    reward.expire(today, actor=SYSTEM, now=now)
    figures_as_of(today - 1, now=now)
    duplicates.look(now=now)
    on = engage_queries.switched_on()
    if "birthday" in on:
        engage.prepare_birthdays(today, now=now)
    if "thank_you" in on:
        engage.prepare_thanks(today, now=now)
    hour = timedelta(hours=MORNING_HOUR)
    upcoming = midnight(today, zone) + hour
    return upcoming if upcoming > now else midnight(today + 1, zone) + hour


def figures_as_of(day: int, *, now: datetime) -> None:
    """Where everybody stands at the end of ``day``, kept for lists and cards, and the day's figures."""
    holding.release(now=now)  # the club's whole debt is summed from the ledger
    [owed] = measure.owed_on(day)
    basis = segment_queries.basis()
    looked = _looked_at(basis, day)
    ahead = segment_queries.ahead(looked[0], basis)
    segment.keep(looked[0], ahead)
    segments.refresh(now=now)
    _keep(looked, day, owed, ahead, now=now)


Looked = tuple[Analysis, dict[str, str], dict[str, str]]


def _looked_at(on: segment_queries.Basis, day: int) -> Looked:
    """The analysis as of a day, and where everybody stood a quarter before and at the end of the month before."""
    last_month = month_start(month_number(day, on.calendar), on.calendar) - 1
    earlier = [segment_queries.rungs(then, on) for then in (day - measure.MOVED_DAYS, last_month)]
    return segment_queries.analysis(day, on), earlier[0], earlier[1]


def _keep(looked: Looked, day: int, owed: dict[str, Any], ahead: Prediction | None = None, *, now: datetime) -> None:
    analysis, before, last_month = looked
    measure.snapshot(analysis, day, before=before, last_month=last_month, owed=owed, ahead=ahead, now=now)


def figures_of_past(days: Iterable[int], *, now: datetime) -> Iterator[int]:
    """The figures as they were at the end of each of ``days``; where everybody stands today is left alone."""
    days = list(days)
    look = partial(_looked_at, segment_queries.basis())
    with ThreadPoolExecutor(2) as pool:  # DuckDB works outside Python's lock
        looked, owed = pool.map(look, days), measure.owed_on(*days) if days else []
        for day, found, owes in zip(days, looked, owed, strict=True):
            _keep(found, day, owes, now=now)
            yield day


def letters(now: datetime) -> datetime:
    """Send what was approved; look again in a moment."""
    engage.send_approved(now=now)
    return now + timedelta(seconds=2)


def holds(now: datetime) -> datetime:
    """Book the holds that are over, so that the ledger is not long behind what everybody sees."""
    holding.release(now=now)
    return now + timedelta(seconds=30)


JOBS: dict[str, Job] = {"morning": every_morning, "letters": letters, "holds": holds}
