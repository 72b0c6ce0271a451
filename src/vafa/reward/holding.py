"""Taking rewards: at once, or held first, then confirmed or cancelled.

A hold stands in the member's history like a redemption that was made, so the engine draws its lots
and nobody else can have them. When its time is over it is without effect, whoever notices it first:
every act on a member begins with ``locked``, which releases what is over
(docs/decisions/0015-holds.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from vafa.core import bulk
from vafa.core.errors import Conflict, NotFound, Refusal
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.ledger import queries as ledger
from vafa.reward import budgets, engine, queries
from vafa.reward.choosing import AS_IT_IS, Wish, priced
from vafa.reward.history import REDEMPTION, activity_id, histories, redeeming
from vafa.reward.models import Member, ProgrammeVersion, Redemption
from vafa.reward.walking import lock_members, settle, walk_again, walk_on
from vafa.shop import actions as shop
from vafa.shop.access import SYSTEM, Actor, require

INSTANT = timedelta(microseconds=1)
MINUTES, MOST_MINUTES = 15, 24 * 60
RELEASED_AT_ONCE = 500

# What is over -------------------------------------------------------------------------------


def locked(customer_ids: Iterable[int], *, now: datetime) -> dict[int, Member]:
    """Members among the customers, their rows locked and their holds released that are over at ``now``."""
    members = lock_members(customer_ids)
    if ended := let_go([member.pk for member in members.values()], now=now):
        walk_again(sorted(set(ended.values())), actor=SYSTEM, now=now)
    return members


def let_go(members: Collection[int], *, now: datetime) -> dict[int, int]:
    """End the holds that are over: member by activity. The caller holds the members and walks them again."""
    sql = "SELECT id, member_id FROM reward_redemption WHERE status = %s AND held_until <= %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [Redemption.HELD, bulk.instant(connection, now)])
        over = cursor.fetchall()
    mine = set(members)
    ended = {pk: member for pk, member in over if member in mine}
    if ended:
        Redemption.objects.filter(pk__in=ended).update(status=Redemption.EXPIRED, cancelled_at=F("held_until"))
        budgets.give_one_back(ended)
        for pk in ended:
            shop.audit("hold.expired", actor=SYSTEM, now=now, subject=f"redemption:{pk}")
    return {activity_id(REDEMPTION, pk): member for pk, member in ended.items()}


def release(*, now: datetime, only: int | None = None) -> int:
    """Book the holds that are over (or one of them). What a member can spend is the same before and after."""
    over = Redemption.objects.filter(status=Redemption.HELD, held_until__lte=now)
    if only is not None:
        over = over.filter(pk=only)
    due = sorted(set(over.values_list("member__customer_id", flat=True)))
    for start in range(0, len(due), RELEASED_AT_ONCE):
        with transaction.atomic():
            locked(due[start : start + RELEASED_AT_ONCE], now=now)
    return len(due)


# Whether it can be had ----------------------------------------------------------------------


class Quote(NamedTuple):
    """What a reward would cost a member now, and why they can't have it, where they can't."""

    offer: queries.Offer
    have: int
    refusal: Refusal | None

    @property
    def left(self) -> int | None:
        """What would be left of the unit; None where it can't be had."""
        return None if self.refusal else self.have - self.offer.price


def quote(customer_id: int, reward: str, *, wish: Wish = AS_IT_IS, day: int) -> Quote:
    """What a reward would cost now; nothing is written."""
    version, member = _programme(day), queries.member_of(customer_id)
    if member is None:
        raise _no_member()
    return _quote(version, member, reward, wish, queries.balances(member.pk, day), day)


def _quote(
    version: ProgrammeVersion, member: Member, reward: str, wish: Wish, have: Mapping[str, int], day: int
) -> Quote:
    offer = priced(queries.offer(version, reward), wish, queries.plan(version).currency)
    units = have.get(offer.unit, 0)
    if offer.tiers and tier_on(version, member, day) not in offer.tiers:
        return Quote(offer, units, _tier_too_low(version, offer))
    if budgets.in_stock(version, reward, day) == 0:
        return Quote(offer, units, budgets.out_of_stock(offer.name))
    return Quote(offer, units, _not_enough(offer, units) if units < offer.price else None)


def _programme(day: int) -> ProgrammeVersion:
    version = queries.running(day)
    if version is None:
        raise NotFound("no_programme", _("No programme is running."))
    return version


def _no_member() -> NotFound:
    return NotFound("no_member", _("This customer is not in the club yet."), _("Offer them to join."))


def _not_enough(offer: queries.Offer, have: int) -> Refusal:
    return Refusal(
        "not_enough",
        _("%(have)s of %(price)s %(unit)s are there; nothing was taken."),
        have=have,
        price=offer.price,
        unit=offer.unit,
    )


def _tier_too_low(version: ProgrammeVersion, offer: queries.Offer) -> Refusal:
    tiers = queries.plan(version).tiers
    names = [gettext(tiers.names[tiers.ids.index(tier)]) or gettext("members without a tier") for tier in offer.tiers]
    return Refusal(
        "tier_too_low",
        _("“%(reward)s” is only for: %(tiers)s. Nothing was taken."),
        _("Offer another reward until this tier is reached."),
        reward=offer.name,
        tiers=gettext(", ").join(names),
    )


def offers_to(customer_id: int, balances: Mapping[str, int], day: int) -> list[queries.Offer]:
    """The rewards that a member can have on ``day`` for what they have."""
    version, member = queries.running(day), queries.member_of(customer_id)
    plan = queries.plan(version) if version else None
    near = [each for each in queries.offers(plan) if balances.get(each.unit, 0) >= each.price]
    if version is not None:
        near = [each for each in near if budgets.in_stock(version, each.id, day) != 0]
    if version is None or member is None or not any(each.tiers for each in near):
        return near
    tier = tier_on(version, member, day)
    return [each for each in near if not each.tiers or tier in each.tiers]


def tier_on(version: ProgrammeVersion, member: Member, day: int) -> str:
    """The id of a member's tier on ``day``, also where its term ended since the engine last walked."""
    position = queries.positions(version, [member.pk]).get(member.pk)
    if position is None or position.walked_day > day:
        plan = queries.plan(version)
        dated = histories([member], queries.first_day(version), events=plan.course.events)[member.pk]
        activities, before = [one.activity for one in dated if one.activity.day <= day], None
    else:
        activities, before = [], bytes(position.state)
    plan = queries.plan(version)
    rooms = budgets.as_given(version, [member.pk])
    _effects, state = engine.walk_account(plan, activities, before, until=day, rooms=rooms)
    return engine.standing(plan, state).tier or "member"


# Taking it ----------------------------------------------------------------------------------


def take(
    customer_id: int,
    reward: str,
    *,
    wish: Wish = AS_IT_IS,
    at: datetime,
    day: int,
    until: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Redemption:
    """Take a reward of the running programme for what it costs; ``until``: only hold its units till then."""
    require(actor, "reward.redeem")
    version = _programme(day)
    with transaction.atomic():
        member = locked([customer_id], now=now).get(customer_id)
        if member is None:
            raise _no_member()
        settle([member.pk], day, actor=actor, now=now)
        offer, _have, refusal = _quote(version, member, reward, wish, ledger.balances(member.pk, day), day)
        if refusal:
            raise refusal
        before = spent(member)
        position = queries.positions(version, [member.pk]).get(member.pk)
        if position and at <= position.last_at and position.walked_day <= day:
            at = position.last_at + INSTANT  # the till's clock is behind that of a purchase of this day
        taken = Redemption.objects.create(
            member=member,
            reward=reward,
            units=offer.price,
            unit=offer.unit,
            worth=offer.worth,
            gives=offer.gives,
            at=at,
            day=day,
            status=Redemption.HELD if until else Redemption.MADE,
            held_until=until,
            actor=actor.name,
        )
        budgets.take_one(version, offer, day, member=member.pk, redemption=taken.pk)
        fresh = redeeming(taken)
        last = (position.last_at, position.last_activity) if position else None
        if position and last and (fresh.at, fresh.activity.id) > last and day >= position.walked_day:
            walk_on(version, {member.pk: [fresh]}, {member.pk: position}, actor=actor, now=now)
        else:
            walk_again([member.pk], actor=actor, now=now)
        if spent(member) - before != offer.price:
            raise _not_enough(offer, spent(member) - before)
        act = "reward.held" if until else "reward.redeemed"
        shop.audit(act, actor=actor, now=now, subject=f"redemption:{taken.pk}", reward=reward)
    return taken


def spent(member: Member, without: Collection[int] = ()) -> int:
    """Units that the member's rewards took, as the ledger has them; ``without`` these activities."""
    return -sum(
        amount for key, amount in ledger.standing(member.pk) if key.kind == "redeem" and key.activity not in without
    )


def hold(
    customer_id: int,
    reward: str,
    *,
    wish: Wish = AS_IT_IS,
    minutes: int = MINUTES,
    at: datetime,
    day: int,
    actor: Actor,
    now: datetime,
) -> Redemption:
    """Set the units of a reward aside for some minutes; nobody else can have them until then."""
    if not 1 <= minutes <= MOST_MINUTES:
        raise Refusal(
            "bad_minutes",
            _("A hold lasts from 1 to %(most)s minutes, not %(minutes)s."),
            most=MOST_MINUTES,
            minutes=minutes,
        )
    until = now + timedelta(minutes=minutes)
    return take(customer_id, reward, wish=wish, at=at, day=day, until=until, actor=actor, now=now)


class Settled(NamedTuple):
    redemption: Redemption
    changed: bool  # False: it stood so already


def confirm(redemption_id: int, *, actor: Actor, now: datetime) -> Settled:
    """Make a hold a redemption; a second time changes nothing. A Conflict where it is over or cancelled."""
    require(actor, "reward.redeem")
    with transaction.atomic():
        taken = _found(redemption_id, now=now)
        if taken.status == Redemption.MADE:
            return Settled(taken, False)
        if taken.status == Redemption.EXPIRED:
            raise Conflict(
                "hold_expired",
                _("The time of this hold is over; its units were given back."),
                _("Take the reward anew, while the units are there."),
            )
        if taken.status == Redemption.CANCELLED:
            raise Conflict(
                "hold_cancelled",
                _("This hold was cancelled; its units were given back."),
                _("Take the reward anew, while the units are there."),
            )
        taken.status = Redemption.MADE
        taken.save(update_fields=["status"])
        if taken.gives:
            walk_again([taken.member_id], actor=actor, now=now)
        shop.audit("hold.confirmed", actor=actor, now=now, subject=f"redemption:{taken.pk}")
    return Settled(taken, True)


def cancel(redemption_id: int, *, only_held: bool = False, actor: Actor, now: datetime) -> Settled:
    """Give the units back to the lots that they came from; a second time changes nothing.

    ``only_held``: a Conflict where it was confirmed already, or taken at once.
    """
    require(actor, "reward.redeem")
    with transaction.atomic():
        taken = _found(redemption_id, now=now)
        if taken.status not in Redemption.COUNTING:
            return Settled(taken, False)
        if only_held and taken.status == Redemption.MADE:
            raise Conflict(
                "already_made",
                _("This reward is taken already; nothing was changed."),
                _("Cancel it without “only_held” to give its units back all the same."),
            )
        act = "hold.cancelled" if taken.status == Redemption.HELD else "redemption.cancelled"
        taken.status, taken.cancelled_at = Redemption.CANCELLED, now
        taken.save(update_fields=["status", "cancelled_at"])
        budgets.give_one_back([taken.pk])
        walk_again([taken.member_id], actor=actor, now=now)
        shop.audit(act, actor=actor, now=now, subject=f"redemption:{taken.pk}")
    return Settled(taken, True)


def _found(redemption_id: int, *, now: datetime) -> Redemption:
    """The redemption as it stands once its member is locked, and nothing of theirs is overdue."""
    found = Redemption.objects.filter(pk=redemption_id).select_related("member").first()
    if found is None:
        raise NotFound("no_redemption", _("There is no such redemption."))
    locked([found.member.customer_id], now=now)
    return Redemption.objects.select_related("member").get(pk=redemption_id)
