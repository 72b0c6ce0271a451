"""Taking a reward, and giving it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from vafa.events.actions import emit
from vafa.events.kinds import RedemptionCancelled, RewardRedeemed
from vafa.reward import actions as reward
from vafa.shop import queries as shop
from vafa.shop.access import Actor

if TYPE_CHECKING:
    from vafa.reward.models import Redemption


def redeem(customer_id: int, reward_id: str, *, actor: Actor, now: datetime) -> Redemption:
    """Take a reward for a member, now."""
    with transaction.atomic():
        taken = reward.redeem(customer_id, reward_id, at=now, day=shop.today(), actor=actor, now=now)
        emit(RewardRedeemed(taken.pk), now=now)
    return taken


def cancel(redemption_id: int, *, actor: Actor, now: datetime) -> Redemption:
    """Give the units back to the lots that they came from."""
    with transaction.atomic():
        taken = reward.cancel_redemption(redemption_id, actor=actor, now=now)
        emit(RedemptionCancelled(taken.pk), now=now)
    return taken
