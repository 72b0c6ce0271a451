"""A member's history as the engine walks it: joining, purchases, returns, redemptions, what was corrected by hand.

The engine knows an activity by one number. Purchases, redemptions and joinings have numbers of
their own, so the lowest two bits say which they are; where both are set, the third tells an
adjustment from a merge.

Two cards that became one keep histories of their own up to that moment: the one that is kept has
the other's inside its merge, the one that is gone ends with it (docs/decisions/0022-two-cards.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from vafa.core.records import Recorded
from vafa.know import queries as know
from vafa.reward.engine import UNKNOWN_SALE, Activity
from vafa.reward.engine.fields import FORGIVES, PLAINLY, TAKES_ALL
from vafa.reward.models import Adjustment, Member, Redemption

PURCHASE, REDEMPTION, JOINING, ADJUSTMENT, MERGE = 0, 1, 2, 3, 7


def activity_id(what: int, pk: int) -> int:
    return pk << 3 | what if what & 3 == 3 else pk << 2 | what


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


def adjusting(corrected: Adjustment) -> Dated:
    how = FORGIVES if corrected.act == Adjustment.FORGIVE else TAKES_ALL if corrected.owed else PLAINLY
    units = -corrected.units if corrected.act == Adjustment.TAKE else corrected.units
    number = activity_id(ADJUSTMENT, corrected.pk)
    if corrected.at is None or corrected.day is None:
        raise ValueError(f"adjustment {corrected.pk} has not taken place")
    activity = Activity(id=number, day=corrected.day, kind="adjust", unit=corrected.unit, units=units, how=how)
    return Dated(corrected.at, activity)


def histories(members: Sequence[Member], starts_day: int, *, over_at: datetime | None = None) -> dict[int, list[Dated]]:
    """All that counts of each member since the programme began, oldest first, by member id.

    ``over_at``: leave out the holds whose time is over at that instant. Without it they count until
    they are released, as they do in the ledger.
    """
    merges = know.merges_among([member.customer_id for member in members])
    everybody = _with_the_merged(members, merges)
    bought = _by_card(know.history([*{merges.root(card) for card in everybody}]), merges)
    acts = _acts_of(list(everybody.values()), over_at)

    def own(member: Member) -> Iterator[Dated]:
        """Up to the merge, where the card is gone."""
        card = member.customer_id
        yield joining(member)
        yield from (
            buying(one)
            for one in bought.get(card, ())
            if one.purchase.day >= starts_day and one.purchase.at >= member.joined_at
        )
        yield from acts.get(member.pk, ())
        for merge in merges.into(card):
            other = everybody.get(merge.gone_id)
            if other is not None:
                joins = tuple(dated.activity for dated in in_order(own(other)))
                yield Dated(merge.at, Activity(activity_id(MERGE, merge.pk), merge.day, "merge", joins=joins))

    found = {}
    for member in members:
        dated = in_order(own(member))
        gone = merges.of(member.customer_id)
        if gone is not None:
            dated.append(Dated(gone.at, Activity(activity_id(MERGE, gone.pk), gone.day, "leave")))
        found[member.pk] = dated
    return found


def _with_the_merged(members: Sequence[Member], merges: know.Merges) -> dict[int, Member]:
    """The members, and those whose cards became one with theirs, by card."""
    everybody = {member.customer_id: member for member in members}
    if others := merges.cards - everybody.keys():
        everybody |= {member.customer_id: member for member in Member.objects.filter(customer_id__in=others)}
    return everybody


def _by_card(bought: Mapping[int, Sequence[Recorded]], merges: know.Merges) -> Mapping[int, Sequence[Recorded]]:
    """Purchases by the card that they count on: the one that was told, while it stood by itself."""
    if not merges.cards:
        return bought
    found: dict[int, list[Recorded]] = defaultdict(list)
    for customer_id, purchases in bought.items():
        for one in purchases:
            found[merges.card_at(one.told_id or customer_id, one.purchase.at)].append(one)
    return found


def _acts_of(members: Sequence[Member], over_at: datetime | None) -> dict[int, list[Dated]]:
    """Redemptions, and what was corrected by hand, by member."""
    found: dict[int, list[Dated]] = defaultdict(list)
    counting = Redemption.objects.filter(member__in=members, status__in=Redemption.COUNTING)
    if over_at is not None:
        counting = counting.exclude(status=Redemption.HELD, held_until__lte=over_at)
    for redemption in counting:
        found[redemption.member_id].append(redeeming(redemption))
    for corrected in Adjustment.objects.filter(member__in=members, status=Adjustment.MADE):
        found[corrected.member_id].append(adjusting(corrected))
    return found


def in_order(dated: Iterable[Dated]) -> list[Dated]:
    return sorted(dated, key=lambda one: (one.at, one.activity.kind != "signup", one.activity.id))
