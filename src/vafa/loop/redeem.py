"""Taking a reward at once, or holding it first; and giving it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from vafa.events.actions import emit
from vafa.events.kinds import RedemptionCancelled, RewardHeld, RewardRedeemed
from vafa.loop.again import until_settled
from vafa.reward import holding, thresholds
from vafa.reward.choosing import AS_IT_IS, Wish
from vafa.shop import queries as shop
from vafa.shop.access import Actor

if TYPE_CHECKING:
    from vafa.reward.models import Redemption


def redeem(customer_id: int, reward_id: str, *, wish: Wish = AS_IT_IS, actor: Actor, now: datetime) -> Redemption:
    """Take a reward for a member, now."""

    def act() -> Redemption:
        taken = holding.take(customer_id, reward_id, wish=wish, at=now, day=shop.today(), actor=actor, now=now)
        emit(RewardRedeemed(taken.pk), now=now)
        return taken

    return until_settled(act)


def hold(
    customer_id: int, reward_id: str, *, wish: Wish = AS_IT_IS, minutes: int, actor: Actor, now: datetime
) -> Redemption:
    """Set a reward's units aside for a member, for some minutes."""

    def act() -> Redemption:
        day = shop.today()
        taken = holding.hold(customer_id, reward_id, wish=wish, minutes=minutes, at=now, day=day, actor=actor, now=now)
        emit(RewardHeld(taken.pk), now=now)
        return taken

    return until_settled(act)


def choose(customer_id: int, reward_id: str, units: int, *, actor: Actor, now: datetime) -> list[thresholds.Threshold]:
    """Let a reward come by itself at as many units as the member wants."""

    def act() -> list[thresholds.Threshold]:
        day = shop.today()
        return thresholds.choose(customer_id, reward_id, units, at=now, day=day, actor=actor, now=now)

    return until_settled(act)


def confirm(redemption_id: int, *, actor: Actor, now: datetime) -> Redemption:
    """Make a hold a redemption.

    What is over is booked first, in a transaction of its own: a refusal takes back what was written
    with it, and who asked a moment earlier, but comes second, must find the hold over too.
    """

    def act() -> Redemption:
        taken, changed = holding.confirm(redemption_id, actor=actor, now=now)
        if changed:
            emit(RewardRedeemed(taken.pk), now=now)
        return taken

    release(redemption_id, now=now)
    return until_settled(act)


def release(redemption_id: int, *, now: datetime) -> None:
    """Book it where it is a hold whose time is over. Whoever confirms within a transaction does this before."""
    until_settled(lambda: holding.release(now=now, only=redemption_id))


def cancel(redemption_id: int, *, only_held: bool = False, actor: Actor, now: datetime) -> Redemption:
    """Give the units back to the lots that they came from."""

    def act() -> Redemption:
        taken, changed = holding.cancel(redemption_id, only_held=only_held, actor=actor, now=now)
        if changed:
            emit(RedemptionCancelled(taken.pk), now=now)
        return taken

    return until_settled(act)
