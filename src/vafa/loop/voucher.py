"""Vouchers: issued in mass, claimed one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vafa.events.actions import emit
from vafa.events.kinds import UnitsAdjusted
from vafa.loop.again import until_settled
from vafa.reward import vouchers
from vafa.shop import queries as shop
from vafa.shop.access import Actor

if TYPE_CHECKING:
    from vafa.reward.models import VoucherBatch


def issue(
    order: vouchers.Order, *, deliver: Callable[[Sequence[str]], object], actor: Actor, now: datetime
) -> VoucherBatch:
    """Issue vouchers; ``deliver`` gets their codes, which are kept nowhere else, before they are good."""
    return until_settled(lambda: vouchers.issue(order, deliver=deliver, day=shop.today(), actor=actor, now=now))


def claim(customer_id: int, code: str, *, actor: Actor, now: datetime) -> vouchers.Claim:
    """Give a member what the voucher with that code is worth."""

    def act() -> vouchers.Claim:
        claimed = vouchers.claim(customer_id, code, day=shop.today(), actor=actor, now=now)
        if claimed.fresh:
            emit(UnitsAdjusted(claimed.adjustment.pk), now=now)
        return claimed

    return until_settled(act)
