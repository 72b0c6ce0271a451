"""A member's history as the engine walks it: joining, purchases, returns, redemptions.

The engine knows an activity by one number. Purchases, redemptions and joinings have numbers of
their own, so the lowest two bits say which they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from vafa.core.records import Recorded
from vafa.know import queries as know
from vafa.reward.engine import UNKNOWN_SALE, Activity
from vafa.reward.models import Member, Redemption

PURCHASE, REDEMPTION, JOINING = 0, 1, 2


def activity_id(what: int, pk: int) -> int:
    return pk << 2 | what


class Dated(NamedTuple):
    """An activity with the instant that orders it."""

    at: datetime
    activity: Activity


def joining(member: Member) -> Dated:
    return Dated(member.joined_at, Activity(id=activity_id(JOINING, member.pk), day=member.joined_day, kind="signup"))


def buying(recorded: Recorded) -> Dated:
    bought = recorded.purchase
    named = UNKNOWN_SALE if bought.returns else 0  # a return whose sale is not told yet waits for it
    return Dated(
        bought.at,
        Activity(
            id=activity_id(PURCHASE, recorded.id),
            day=bought.day,
            kind=bought.kind,
            amount=bought.amount,
            lines=bought.lines,
            returns=activity_id(PURCHASE, recorded.returns_id) if recorded.returns_id else named,
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


def histories(members: Sequence[Member], starts_day: int, *, over_at: datetime | None = None) -> dict[int, list[Dated]]:
    """All that counts of each member since the programme began, oldest first, by member id.

    ``over_at``: leave out the holds whose time is over at that instant. Without it they count until
    they are released, as they do in the ledger.
    """
    bought = know.history([member.customer_id for member in members])
    taken: dict[int, list[Redemption]] = {}
    counting = Redemption.objects.filter(member__in=members, status__in=Redemption.COUNTING)
    if over_at is not None:
        counting = counting.exclude(status=Redemption.HELD, held_until__lte=over_at)
    for redemption in counting:
        taken.setdefault(redemption.member_id, []).append(redemption)
    found = {}
    for member in members:
        dated = [joining(member)]
        dated += [
            buying(one)
            for one in bought[member.customer_id]
            if one.purchase.day >= starts_day and one.purchase.at >= member.joined_at
        ]
        dated += [redeeming(redemption) for redemption in taken.get(member.pk, ())]
        found[member.pk] = in_order(dated)
    return found


def in_order(dated: Iterable[Dated]) -> list[Dated]:
    return sorted(dated, key=lambda one: (one.at, one.activity.kind != "signup", one.activity.id))
