"""Correcting a wallet by hand: asked for, and (over the limit) approved by a second person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from vafa.events.actions import emit
from vafa.events.kinds import UnitsAdjusted
from vafa.loop.again import until_settled
from vafa.reward import adjusting
from vafa.shop import queries as shop
from vafa.shop.access import Actor

if TYPE_CHECKING:
    from vafa.reward.models import Adjustment


def adjust(customer_id: int, wish: adjusting.Wish, *, key: str, actor: Actor, now: datetime) -> Adjustment:
    """Give or take units of a member, or forgive a debt; what is over the limit waits."""

    def act() -> Adjustment:
        made, fresh = adjusting.ask(customer_id, wish, key=key, day=shop.today(), actor=actor, now=now)
        if fresh and made.status == made.MADE:
            emit(UnitsAdjusted(made.pk), now=now)
        return made

    return until_settled(act)


def decide(number: int, *, approve: bool, actor: Actor, now: datetime) -> Adjustment:
    """Say yes or no to what waits for a second person."""

    def act() -> Adjustment:
        made, fresh = adjusting.decide(number, approve=approve, day=shop.today(), actor=actor, now=now)
        if fresh and approve:
            emit(UnitsAdjusted(made.pk), now=now)
        return made

    return until_settled(act)
