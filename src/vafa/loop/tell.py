"""An event's one way: record → accrue → journal, in one transaction. Birthdays go it too, on their day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import batched
from typing import NamedTuple
from zoneinfo import ZoneInfo

from vafa.core.calendar import local_day, midnight, month_number, next_birthday
from vafa.core.errors import Conflict, Refusal
from vafa.core.records import Happened, Happening
from vafa.core.words import gettext_noop as _
from vafa.events.actions import emit
from vafa.events.kinds import EventsTold
from vafa.know import queries as know
from vafa.know import telling
from vafa.loop.again import until_settled
from vafa.reward import actions as reward
from vafa.reward import queries as reward_queries
from vafa.reward import receipts
from vafa.reward.history import HAPPENING
from vafa.reward.referral import ADVOCATE, BIRTHDAY, NEWCOMER
from vafa.shop import queries as shop
from vafa.shop.access import SYSTEM, Actor

TOGETHER = 500
OURS = frozenset({BIRTHDAY, ADVOCATE, NEWCOMER})  # nobody sends these


class Receipt(NamedTuple):
    """What one event brought about."""

    told: Happened
    fresh: bool  # False: it stood already, nothing changed
    points: receipts.Outcome


def tell(happenings: Sequence[Happening], *, actor: Actor, now: datetime) -> telling.Told:
    """Record a batch; conflicts are reported, never written."""
    return until_settled(reward.programme_kept()(lambda: _tell(happenings, actor=actor, now=now)))


def _tell(happenings: Sequence[Happening], *, actor: Actor, now: datetime) -> telling.Told:
    told = telling.tell(happenings, actor=actor, now=now)
    if told.new:
        reward.accrue((), (), told.new, actor=actor, now=now)
        ids = [one.id for one in told.new]
        emit(EventsTold(min(ids), max(ids), len(ids)), now=now)
    return told


def tell_one(
    customer_id: str, event: str, *, key: str, source: str, at: datetime | None, actor: Actor, now: datetime
) -> Receipt:
    """Record one event of a customer and tell what it brought; other content under its key is a Conflict."""
    if event in OURS:
        raise Refusal(
            "our_event",
            _("“%(event)s” is never sent: the club sees it by itself."),
            _("Give the birthday on the card, or who brought them when they join."),
            event=event,
        )
    know.customer(customer_id)
    before = know.happening(source, key) if at is None else None
    zone = ZoneInfo(shop.club().time_zone)
    moment = before.at if before else at or now
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    one = Happening(source, key, customer_id, event, moment, local_day(moment, zone))

    def act() -> Receipt:
        told = _tell([one], actor=actor, now=now)
        if told.conflicts:
            raise Conflict(
                "event_differs",
                _("Event “%(key)s” is recorded already with other content; nothing was changed."),
                _("Use a new event_id."),
                key=key[:80],
            )
        stands = (told.new or told.unchanged)[0]
        points = receipts.outcome(receipts.Recorded(stands.id, stands.customer_id, one.day, HAPPENING))
        return Receipt(stands, bool(told.new), points)

    return until_settled(reward.programme_kept()(act))


def birthdays(today: int, *, now: datetime) -> int:
    """Tell of the members' birthdays since the last round, each on its day; how many there were.

    A year has one: a birthday that is corrected on the card brings no second one.
    """
    version = reward_queries.running()
    if version is None or BIRTHDAY not in reward_queries.plan(version).events:
        return 0
    first = version.starts_day or 0 if version.birthdays_day is None else version.birthdays_day + 1
    count = 0
    for part in batched(_birthdays(first, today), TOGETHER):
        count += len(tell(part, actor=SYSTEM, now=now).new)
    reward.birthdays_told(version, today)
    return count


def _birthdays(first: int, last: int) -> Iterator[Happening]:
    club, joined = shop.club(), reward_queries.joined_days()
    zone = ZoneInfo(club.time_zone)
    born: list[tuple[int, str, date]] = know.birthdays_of(joined)
    for pk, code, birthday in born:
        day = next_birthday(birthday, max(first, joined[pk]), club.calendar)
        while day <= last:
            year = month_number(day, club.calendar) // 12
            yield Happening("birthday", f"{code}:{year}", code, BIRTHDAY, midnight(day, zone), day)
            day = next_birthday(birthday, day + 1, club.calendar)
