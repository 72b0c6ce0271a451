"""A member's history as the engine walks it: joining, purchases, returns, redemptions, events.

The engine knows an activity by one number. Purchases, redemptions and joinings have numbers of
their own, so the lowest bits say which they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from vafa.core.records import Happened, Recorded
from vafa.know import queries as know
from vafa.reward.engine import Activity
from vafa.reward.models import Choice, Member, Redemption, Referral
from vafa.reward.referral import ADVOCATE, NEWCOMER

PURCHASE, REDEMPTION, JOINING = 0, 1, 2
HAPPENING, BRINGING, BROUGHT, CHOOSING = (
    3,
    7,
    11,
    15,
)  # these share their lowest two bits, and have two more of their own


def activity_id(what: int, pk: int) -> int:
    return pk << (4 if what & 3 == HAPPENING else 2) | what


def is_purchases(activity: int) -> bool:
    """Whether it is the number of a purchase or of a redemption, not of what came besides."""
    return activity > 0 and activity & 3 in (PURCHASE, REDEMPTION)


class Dated(NamedTuple):
    """An activity with the instant that orders it."""

    at: datetime
    activity: Activity


def joining(member: Member) -> Dated:
    return Dated(member.joined_at, Activity(id=activity_id(JOINING, member.pk), day=member.joined_day, kind="signup"))


def buying(recorded: Recorded) -> Dated:
    bought = recorded.purchase
    return Dated(
        bought.at,
        Activity(
            id=activity_id(PURCHASE, recorded.id),
            day=bought.day,
            kind=bought.kind,
            amount=bought.amount,
            lines=bought.lines,
            returns=activity_id(PURCHASE, recorded.returns_id) if recorded.returns_id else 0,
            store=bought.store,
            channel=bought.channel,
            tender=bought.tender,
        ),
    )


def redeeming(taken: Redemption) -> Dated:
    """A hold draws units as a redemption does; a certificate is issued only when it is confirmed."""
    wanted = taken.unit if taken.gives and taken.status == Redemption.HELD else taken.reward
    return Dated(
        taken.at,
        Activity(id=activity_id(REDEMPTION, taken.pk), day=taken.day, kind="redeem", reward=wanted, units=taken.units),
    )


def happened(told: Happened) -> Dated:
    one = told.happening
    return Dated(one.at, Activity(activity_id(HAPPENING, told.id), one.day, "event", event=one.event))


def _brought(members: Sequence[Member]) -> dict[int, list[Dated]]:
    """The referrals that count, of who brought and of who was brought, by member id."""
    found: dict[int, list[Dated]] = {}
    given = Referral.objects.filter(Q(member__in=members) | Q(advocate__in=members), given=True)
    rows: Any = given.values_list("pk", "member", "advocate", "counts_at", "counts_day")
    for pk, member, advocate, at, day in rows:
        for whose, what, event in ((advocate, BRINGING, ADVOCATE), (member, BROUGHT, NEWCOMER)):
            found.setdefault(whose, []).append(Dated(at, Activity(activity_id(what, pk), day, "event", event=event)))
    return found


def choosing(choice: Choice) -> Dated:
    number = activity_id(CHOOSING, choice.pk)
    return Dated(choice.at, Activity(number, choice.day, "choose", reward=choice.reward, units=choice.units))


def _chosen(members: Sequence[Member], starts_day: int) -> dict[int, list[Dated]]:
    found: dict[int, list[Dated]] = {}
    for choice in Choice.objects.filter(member__in=members, day__gte=starts_day):
        found.setdefault(choice.member_id, []).append(choosing(choice))
    return found


def histories(
    members: Sequence[Member],
    starts_day: int,
    *,
    events: Collection[str] = (),
    over_at: datetime | None = None,
) -> dict[int, list[Dated]]:
    """All that counts of each member since the programme began, oldest first, by member id.

    ``events``: those that the programme looks at. ``over_at``: leave out the holds whose time is over at
    that instant; without it they count until they are released, as they do in the ledger.
    """
    bought = know.history([member.customer_id for member in members])
    taken: dict[int, list[Redemption]] = {}
    counting = Redemption.objects.filter(member__in=members, status__in=Redemption.COUNTING)
    if over_at is not None:
        counting = counting.exclude(status=Redemption.HELD, held_until__lte=over_at)
    for redemption in counting:
        taken.setdefault(redemption.member_id, []).append(redemption)
    told = know.happenings([member.customer_id for member in members]) if events else {}
    brought = _brought(members) if {ADVOCATE, NEWCOMER} & set(events) else {}
    chosen = _chosen(members, starts_day)
    found = {}
    for member in members:
        occasions = [happened(one) for one in told.get(member.customer_id, ())] + brought.get(member.pk, [])
        dated = [joining(member)]
        dated += [one for one in occasions if counts(one, member, starts_day, events)]
        dated += [
            buying(one)
            for one in bought[member.customer_id]
            if one.purchase.day >= starts_day and one.purchase.at >= member.joined_at
        ]
        dated += [redeeming(redemption) for redemption in taken.get(member.pk, ())]
        dated += chosen.get(member.pk, [])
        found[member.pk] = in_order(dated)
    return found


def counts(event: Dated, member: Member, starts_day: int, events: Collection[str]) -> bool:
    """Whether an event is in the member's history."""
    return event.activity.event in events and event.activity.day >= starts_day and event.at >= member.joined_at


FIRST = {"signup": 0, "event": 1}  # at one instant


def in_order(dated: Iterable[Dated]) -> list[Dated]:
    return sorted(dated, key=lambda one: (one.at, FIRST.get(one.activity.kind, 2), one.activity.id))
