"""Correcting a wallet by hand: units given or taken, debts forgiven; always with a reason.

What is worth more than the club's limit waits for a second person. Against splitting, everything that
one person does to one member on a day counts together for that limit, and everything that they do on a
day for the daily one (docs/decisions/0021-by-hand.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from django.db import transaction

from vafa.core.errors import Conflict, Forbidden, NotFound, Refusal
from vafa.core.words import gettext_noop as _
from vafa.ledger import queries as ledger
from vafa.reward import queries
from vafa.reward.corrections import REASONS, VOUCHER
from vafa.reward.history import adjusting
from vafa.reward.holding import INSTANT, locked
from vafa.reward.models import Adjustment, Member, ProgrammeVersion
from vafa.reward.walking import settle, walk_again, walk_on
from vafa.reward.worth import unit_worth
from vafa.shop import actions as shop
from vafa.shop.access import Actor, require

ACTS = (Adjustment.GIVE, Adjustment.TAKE, Adjustment.FORGIVE)
MOST = 10**12


class Wish(NamedTuple):
    """What somebody wants to be done to a wallet, and why."""

    act: str
    unit: str
    units: int
    reason: str
    note: str
    owed: bool = False  # of what is taken: what is not there is owed


class Answer(NamedTuple):
    adjustment: Adjustment
    fresh: bool  # False: it stood so already


def ask(customer_id: int, wish: Wish, *, key: str, day: int, actor: Actor, now: datetime) -> Answer:
    """Correct a member's wallet, at once or (over the limit) when a second person approves it.

    The same ``key`` again is the same adjustment; with other content it is a Conflict.
    """
    require(actor, "units.adjust")
    version = programme()
    wish = _checked(version, wish)
    with transaction.atomic():
        member = locked([customer_id], now=now).get(customer_id)
        if member is None:
            raise NotFound("no_member", _("This customer is not in the club yet."), _("Offer them to join."))
        told = {"asked_by": actor.name, "asked_at": now, "asked_day": day}
        wanted = Adjustment(member=member, status=Adjustment.WAITING, key=key, **wish._asdict(), **told)
        club = shop.hold_club()  # what others ask for at this moment is counted one after another
        before = Adjustment.objects.filter(key=key).first()
        if before is not None:
            return Answer(_same(before, wanted), False)
        settle([member.pk], day, actor=actor, now=now)
        _can_be_done(member, wanted, day)
        waits = _over_limits(version, wanted, club.adjust_limit, club.adjust_daily)
        wanted.save()
        if not waits:
            make(version, member, wanted, day=day, actor=actor, now=now)
        said, subject = {"member": member.pk, "what": wish.act, **wish._asdict()}, f"adjustment:{wanted.pk}"
        del said["act"]
        shop.audit("units.asked" if waits else "units.adjusted", actor=actor, now=now, subject=subject, **said)
    return Answer(wanted, True)


def decide(number: int, *, approve: bool, day: int, actor: Actor, now: datetime) -> Answer:
    """A second person says yes or no to what waits; saying the same again changes nothing."""
    require(actor, "units.approve")
    version = programme()
    with transaction.atomic():
        found = Adjustment.objects.filter(pk=number).select_related("member").first()
        if found is None:
            raise NotFound("no_adjustment", _("There is no such adjustment."))
        member = locked([found.member.customer_id], now=now)[found.member.customer_id]
        found = Adjustment.objects.select_for_update().get(pk=number)
        wanted = Adjustment.MADE if approve else Adjustment.REFUSED
        if found.status == wanted:
            return Answer(found, False)
        if found.status != Adjustment.WAITING:
            raise Conflict("decided_already", _("Somebody decided this already; nothing was changed."))
        if approve and person(found.asked_by) == person(actor.name):
            raise Forbidden(
                "second_person",
                _("Who asked for it can't approve it."),
                _("Somebody else with the right has to."),
            )
        found.decided_by, found.decided_at = actor.name, now
        if approve:
            found.member = member  # the card may have become one with another meanwhile
            settle([member.pk], day, actor=actor, now=now)
            _can_be_done(member, found, day)
            make(version, member, found, day=day, actor=actor, now=now)
        else:
            found.status = Adjustment.REFUSED
            found.save()
        act = "units.approved" if approve else "units.refused"
        shop.audit(act, actor=actor, now=now, subject=f"adjustment:{number}", member=member.pk)
    return Answer(found, True)


def person(actor_name: str) -> str:
    """Who it is, whatever they are called: "staff:7"."""
    return actor_name.partition(" ")[0]


def programme() -> ProgrammeVersion:
    """The running one; NotFound where there is none."""
    version = queries.running()
    if version is None:
        raise NotFound("no_programme", _("No programme is running."))
    return version


def _checked(version: ProgrammeVersion, wish: Wish) -> Wish:
    if wish.act not in ACTS:
        raise Refusal("bad_act", _("Units are given, taken or forgiven: give, take or forgive."))
    if wish.unit not in queries.plan(version).units.ids:
        raise Refusal("no_unit", _("The programme has no unit “%(unit)s”."), unit=wish.unit[:40])
    if not 1 <= wish.units <= MOST:
        raise Refusal("bad_units", _("The number of units must be whole and 1 or more."))
    if wish.reason not in REASONS:
        raise Refusal("bad_reason", _("The reason is one of %(known)s."), known=", ".join(REASONS))
    note = wish.note.strip()
    if not 3 <= len(note) <= 200:
        raise Refusal("no_note", _("Say in a few words why, in 3 to 200 characters."))
    return wish._replace(note=note, owed=wish.owed and wish.act == Adjustment.TAKE)


def _same(before: Adjustment, wanted: Adjustment) -> Adjustment:
    fields = ("member_id", "act", "unit", "units", "owed", "reason", "note")
    if any(getattr(before, field) != getattr(wanted, field) for field in fields):
        raise Conflict(
            "key_reused",
            _("The key “%(key)s” was used before for something else; nothing was changed."),
            _("Send the first content again, or use a new key."),
            key=wanted.key[:80],
        )
    return before


def _can_be_done(member: Member, wanted: Adjustment, day: int) -> None:
    """A Refusal where there is not as much as is to be taken or forgiven."""
    if wanted.act == Adjustment.TAKE and not wanted.owed:
        have = queries.balances(member.pk, day).get(wanted.unit, 0)
        if have < wanted.units:
            raise Refusal(
                "not_enough",
                _("%(have)s of %(price)s %(unit)s are there; nothing was taken."),
                _("Take less, or let the rest be owed."),
                have=have,
                price=wanted.units,
                unit=queries.unit_name(wanted.unit),
            )
    if wanted.act == Adjustment.FORGIVE:
        owes = ledger.owed(member.pk).get(wanted.unit, 0)
        if owes < wanted.units:
            raise Refusal(
                "not_owed",
                _("Only %(owed)s %(unit)s are owed; nothing was forgiven."),
                owed=owes,
                unit=queries.unit_name(wanted.unit),
            )


# Limits -------------------------------------------------------------------------------------


def _over_limits(version: ProgrammeVersion, wanted: Adjustment, limit: int | None, daily: int | None) -> bool:
    """Whether a second person is needed: for this member, or for all that this person did today on their own word."""
    if limit is None and daily is None:
        return False
    made = Adjustment.objects.filter(asked_day=wanted.asked_day, status=Adjustment.MADE, decided_by="")
    made = made.exclude(reason=VOUCHER)  # these were decided when they were issued
    alone = [one for one in made if person(one.asked_by) == person(wanted.asked_by)]
    whole = _worth(version, [wanted, *alone])
    same = _worth(version, [wanted, *(one for one in alone if one.member_id == wanted.member_id)])
    if whole is None or same is None:
        return True
    return (limit is not None and same > limit) or (daily is not None and whole > daily)


def _worth(version: ProgrammeVersion, adjustments: Iterable[Adjustment]) -> Fraction | None:
    """What they move, in minor units, given and taken alike; None: a unit's worth is not known."""
    plan, total = queries.plan(version), Fraction(0)
    for one in adjustments:
        each = unit_worth(plan, one.unit) if one.unit in plan.units.ids else Fraction(0)
        if not each:
            return None
        total += each * one.units
    return total


# Doing it -----------------------------------------------------------------------------------


def make(
    version: ProgrammeVersion, member: Member, wanted: Adjustment, *, day: int, actor: Actor, now: datetime
) -> None:
    """Let it take place now, in the history of a member whose row is locked."""
    position = queries.positions(version, [member.pk]).get(member.pk)
    at = now
    if position and at <= position.last_at and position.walked_day <= day:
        at = position.last_at + INSTANT  # the clock is behind that of a purchase of this day
    wanted.at, wanted.day, wanted.status = at, day, Adjustment.MADE
    wanted.save()
    fresh = adjusting(wanted)
    last = (position.last_at, position.last_activity) if position else None
    if position and last and (fresh.at, fresh.activity.id) > last and day >= position.walked_day:
        walk_on(version, {member.pk: [fresh]}, {member.pk: position}, actor=actor, now=now)
    else:
        walk_again([member.pk], actor=actor, now=now)
