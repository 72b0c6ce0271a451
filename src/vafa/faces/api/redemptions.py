"""Taking rewards, and giving them back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from vafa.core import clock
from vafa.faces.access import actor_of
from vafa.faces.api.bodies import RedemptionIn, RedemptionOut, from_minor
from vafa.faces.api.once import idempotency_key, once
from vafa.know import queries as know
from vafa.loop import redeem as loop
from vafa.reward import queries as reward
from vafa.shop import queries as shop
from vafa.shop.access import require

router = Router(tags=["redemptions"])


@router.get("/rewards", summary="What the running programme gives for units")
def rewards(request: HttpRequest) -> list[dict[str, Any]]:
    require(actor_of(request), "customer.find")
    currency = shop.club().currency
    return [
        {"reward": o.id, "name": o.name, "unit": o.unit, "price": o.price, "worth": from_minor(o.worth, currency)}
        for o in reward.offers()
    ]


@router.post("/redemptions", response={201: RedemptionOut}, summary="Take a reward (Idempotency-Key needed)")
def redeem(request: HttpRequest, payload: RedemptionIn, dry_run: bool = False) -> Any:
    actor = actor_of(request)
    require(actor, "reward.redeem")

    def act() -> dict[str, Any]:
        customer = know.customer(payload.customer_id)
        return _redemption(loop.redeem(customer.pk, payload.reward, actor=actor, now=clock.now()), customer.code)

    return Status(201, once(request, "redemption", idempotency_key(request), payload.model_dump(), act, dry_run))


@router.post("/redemptions/{redemption_id}/cancel", response=RedemptionOut, summary="Give a reward back")
def cancel(request: HttpRequest, redemption_id: int) -> Any:
    """The units go back to the lots that they came from. A second time changes nothing."""
    actor = actor_of(request)
    require(actor, "reward.redeem")
    taken = loop.cancel(redemption_id, actor=actor, now=clock.now())
    return _redemption(taken, know.customers([taken.member.customer_id])[taken.member.customer_id].code)


def _redemption(taken: Any, code: str) -> dict[str, Any]:
    wallet = reward.wallet(taken.member.customer_id, shop.today())
    return {
        "redemption_id": taken.pk,
        "customer_id": code,
        "reward": taken.reward,
        "unit": taken.unit,
        "units": taken.units,
        "worth": from_minor(taken.worth, shop.club().currency),
        "status": taken.status,
        "balances": wallet.balances,
    }
