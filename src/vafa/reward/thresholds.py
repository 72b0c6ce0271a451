"""From how many units on a reward comes by itself: the member's own choice among the programme's steps."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vafa.core import figures
from vafa.core.errors import NotFound, Refusal
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.reward import engine, queries
from vafa.reward.holding import INSTANT, locked
from vafa.reward.models import Choice, Member
from vafa.reward.walking import settle, walk_again
from vafa.shop import actions as shop
from vafa.shop.access import Actor, require


class Threshold(NamedTuple):
    reward: str
    name: str
    unit: str
    steps: tuple[int, ...]
    chosen: int


def of(customer_id: int) -> list[Threshold]:
    """What a member can choose, and what holds now."""
    member, plan = queries.member_of(customer_id), queries.running_plan()
    if member is None or plan is None:
        return []
    last = dict(Choice.objects.filter(member=member).order_by("at", "id").values_list("reward", "units"))
    return [
        Threshold(one.id, gettext(one.name), one.unit, one.thresholds, last.get(one.id, one.thresholds[0]))
        for one in plan.programme.rewards
        if one.thresholds
    ]


def choose(
    customer_id: int, reward: str, units: int, *, at: datetime, day: int, actor: Actor, now: datetime
) -> list[Threshold]:
    """Let a reward come at ``units`` from now on; if they are there already it comes at once."""
    require(actor, "customer.enrol")
    plan = queries.running_plan()
    steps = _steps(plan, reward)
    if units not in steps:
        raise Refusal(
            "no_such_step",
            _("“%(units)s” is no step of this reward."),
            _("Choose one of: %(steps)s."),
            units=units,
            steps=", ".join(figures.number(step) for step in steps),
        )
    with transaction.atomic():
        member = locked([customer_id], now=now).get(customer_id)
        if member is None:
            raise NotFound("no_member", _("This customer is not in the club yet."), _("Offer them to join."))
        if next(one.chosen for one in of(customer_id) if one.reward == reward) != units:
            settle([member.pk], day, actor=actor, now=now)
            moment = _after(member, at)
            Choice.objects.create(member=member, reward=reward, units=units, at=moment, day=day, actor=actor.name)
            walk_again([member.pk], actor=actor, now=now)
            shop.audit("threshold.chosen", actor=actor, now=now, subject=f"customer:{customer_id}", units=units)
    return of(customer_id)


def _steps(plan: engine.Plan | None, reward: str) -> tuple[int, ...]:
    for one in plan.programme.rewards if plan else ():
        if one.id == reward and one.thresholds:
            return one.thresholds
    raise NotFound("no_threshold", _("The programme has no reward “%(id)s” with steps."), id=reward[:40])


def _after(member: Member, at: datetime) -> datetime:
    """The till's clock may be behind that of a purchase of this day."""
    position = queries.positions(queries.running(), [member.pk]).get(member.pk)
    return max(at, position.last_at + INSTANT) if position else at
