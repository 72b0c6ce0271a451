"""Taking a reward, and giving it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from vafa.events.actions import emit
from vafa.events.kinds import RedemptionCancelled, RewardRedeemed
from vafa.loop.again import until_settled
from vafa.reward import actions as reward
from vafa.shop import queries as shop
from vafa.shop.access import Actor

if TYPE_CHECKING:
    from vafa.reward.models import Redemption


def redeem(customer_id: int, reward_id: str, *, actor: Actor, now: datetime) -> Redemption:
    """Take a reward for a member, now."""

    def act() -> Redemption:
        taken = reward.redeem(customer_id, reward_id, at=now, day=shop.today(), actor=actor, now=now)
        emit(RewardRedeemed(taken.pk), now=now)
        return taken

    return until_settled(act)


def cancel(redemption_id: int, *, actor: Actor, now: datetime) -> Redemption:
    """Give the units back to the lots that they came from."""

    def act() -> Redemption:
        taken = reward.cancel_redemption(redemption_id, actor=actor, now=now)
        emit(RedemptionCancelled(taken.pk), now=now)
        return taken

    return until_settled(act)
