"""Joining the club: the card, the consent, the membership."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from vafa.core.calendar import local_day
from vafa.core.records import Person
from vafa.events.actions import emit
from vafa.events.kinds import MemberJoined
from vafa.know import actions as know
from vafa.know import queries as know_queries
from vafa.loop.again import until_settled
from vafa.reward import actions as reward
from vafa.reward import bringing
from vafa.shop import queries as shop
from vafa.shop.access import Actor

if TYPE_CHECKING:
    from vafa.know.models import Customer


def join(
    person: Person,
    *,
    actor: Actor,
    now: datetime,
    joined_at: datetime | None = None,
    consents: Sequence[tuple[str, str]] = (),
    brought_by: str | None = None,
) -> Customer:
    """Enrol one person; ``consents`` are (purpose, channel) pairs that they said yes to.

    ``brought_by``: the number of the member who brought them.
    """
    club = shop.club()
    at = joined_at or now
    day = local_day(at, ZoneInfo(club.time_zone))

    def act() -> Customer:
        customer, _what = know.save_card(person, region=club.region, actor=actor, now=now)
        for purpose, channel in consents:
            know.tell_consent(
                customer.pk, purpose=purpose, channel=channel, given=True, source=actor.name, actor=actor, now=now
            )
        know.hold([customer.pk])
        if reward.join([customer.pk], joined_at=at, joined_day=day, actor=actor, now=now):
            emit(MemberJoined(1, customer.pk), now=now)
        if brought_by:
            bringing.bring(customer.pk, know_queries.customer(brought_by).pk, at=at, actor=actor, now=now)
        return customer

    return until_settled(act)


def join_all(joined: Mapping[int, datetime], *, actor: Actor, now: datetime) -> int:
    """Make customers, by id with the instant of joining, members at once; returns how many are new."""
    zone = ZoneInfo(shop.club().time_zone)

    def act() -> int:
        count = 0
        know.hold(joined)
        for at in sorted(set(joined.values())):
            ids = [pk for pk, when in joined.items() if when == at]
            count += reward.join(ids, joined_at=at, joined_day=local_day(at, zone), actor=actor, now=now)
        if count:
            emit(MemberJoined(count), now=now)
        return count

    return until_settled(act)
