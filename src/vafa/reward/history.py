"""A member's history as the engine walks it: joining, purchases, returns, redemptions, events, corrections by hand.

The engine knows an activity by one number. Purchases, redemptions and joinings have numbers of
their own, so the lowest two bits say which they are; where both are set, three more tell the rest apart.

Two cards that became one keep histories of their own up to that moment: the one that is kept has
the other's inside its merge, the one that is gone ends with it (docs/decisions/0022-two-cards.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from vafa.core import bulk
from vafa.core.records import Happened, Recorded
from vafa.know import queries as know
from vafa.reward.engine import UNKNOWN_SALE, Activity
from vafa.reward.engine.fields import FORGIVES, PLAINLY, TAKES_ALL
from vafa.reward.models import Adjustment, Choice, Member, Redemption, Referral
from vafa.reward.referral import ADVOCATE, NEWCOMER

PURCHASE, REDEMPTION, JOINING = 0, 1, 2
HAPPENING, BRINGING, BROUGHT, CHOOSING, ADJUSTMENT, MERGE = range(3, 27, 4)  # their lowest two bits are set


def activity_id(what: int, pk: int) -> int:
    return pk << (5 if what & 3 == HAPPENING else 2) | what


def named_by(activity: int) -> tuple[int, int]:
    """What it is, and its number there."""
    return (activity & 31, activity >> 5) if activity & 3 == HAPPENING else (activity & 3, activity >> 2)


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


def happened(told: Happened) -> Dated:
    one = told.happening
    return Dated(one.at, Activity(activity_id(HAPPENING, told.id), one.day, "event", event=one.event))


def choosing(choice: Choice) -> Dated:
    number = activity_id(CHOOSING, choice.pk)
    return Dated(choice.at, Activity(number, choice.day, "choose", reward=choice.reward, units=choice.units))


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
    merges = know.merges_among([member.customer_id for member in members])
    everybody = _with_the_merged(members, merges)
    bought = _by_card(know.history([*{merges.root(card) for card in everybody}]), merges)
    acts = _acts_of(list(everybody.values()), over_at)
    besides = _besides(everybody, merges, events)

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
        for one in besides.get(card, ()):
            if one.activity.day >= starts_day and (
                one.activity.kind != "event" or counts(one, member, starts_day, events)
            ):
                yield one
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


def family(members: Iterable[int]) -> list[int]:
    """The members, and all whose cards became one with theirs: what changes for one changes for the others."""
    sql = "SELECT coalesce(merged_into_id, id) FROM reward_member WHERE id IN ({})"
    rows = bulk.select_in(connection, sql, members)
    roots = {root for (root,) in rows}
    sql = "SELECT id FROM reward_member WHERE merged_into_id IN ({})"
    return sorted(roots | {pk for (pk,) in bulk.select_in(connection, sql, roots)})


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


def _besides(everybody: Mapping[int, Member], merges: know.Merges, events: Collection[str]) -> dict[int, list[Dated]]:
    """Events, referrals that count, and what was chosen, by the card that stood by itself at that moment."""
    cards = {member.pk: card for card, member in everybody.items()}
    told = [(choice.member_id, choosing(choice)) for choice in Choice.objects.filter(member__in=cards)]
    if {ADVOCATE, NEWCOMER} & set(events):
        told += _brought(cards)
    found: dict[int, list[Dated]] = defaultdict(list)
    for member, one in told:
        if member in cards:
            found[merges.card_at(cards[member], one.at)].append(one)
    for card, happenings in (know.happenings([*everybody]) if events else {}).items():
        for happening in happenings:
            found[merges.card_at(card, happening.happening.at)].append(happened(happening))
    return found


def _brought(members: Collection[int]) -> Iterator[tuple[int, Dated]]:
    """The referrals that count, of who brought and of who was brought, with the member's id."""
    given = Referral.objects.filter(Q(member__in=members) | Q(advocate__in=members), given=True)
    rows: Any = given.values_list("pk", "member", "advocate", "counts_at", "counts_day")
    for pk, member, advocate, at, day in rows:
        for whose, what, event in ((advocate, BRINGING, ADVOCATE), (member, BROUGHT, NEWCOMER)):
            yield whose, Dated(at, Activity(activity_id(what, pk), day, "event", event=event))


def counts(event: Dated, member: Member, starts_day: int, events: Collection[str]) -> bool:
    """Whether an event is in the member's history."""
    return event.activity.event in events and event.activity.day >= starts_day and event.at >= member.joined_at


FIRST = {"signup": 0, "event": 1}  # at one instant


def in_order(dated: Iterable[Dated]) -> list[Dated]:
    return sorted(dated, key=lambda one: (one.at, FIRST.get(one.activity.kind, 2), one.activity.id))
