"""Taking rewards: at once, or quote, hold, then confirm or cancel."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from vafa.core import clock, money
from vafa.faces.access import actor_of
from vafa.faces.api.bodies import HoldIn, QuoteOut, RedemptionIn, RedemptionOut, RewardOut, from_minor
from vafa.faces.api.once import at_most_once, idempotency_key, once
from vafa.know import queries as know
from vafa.loop import redeem as loop
from vafa.reward import holding
from vafa.reward import queries as reward
from vafa.reward.choosing import Wish
from vafa.shop import queries as shop
from vafa.shop.access import require

router = Router(tags=["redemptions"])


@router.get("/rewards", response=list[RewardOut], summary="What the running programme gives for units")
def rewards(request: HttpRequest) -> Any:
    require(actor_of(request), "customer.find")
    currency = shop.club().currency
    return [
        {
            "reward": o.id,
            "name": o.name,
            "unit": o.unit,
            "price": o.price,
            "worth": from_minor(o.worth, currency),
            "gives": o.gives or None,
            "tiers": list(o.tiers),
            "chosen": {"min": o.chosen.min, "step": o.chosen.step, "share": float(o.chosen.share)}
            if o.chosen
            else None,
        }
        for o in reward.offers()
    ]


@router.get("/redemptions/quote", response=QuoteOut, summary="What a reward would cost a member now")
def quote(request: HttpRequest, wanted: Query[RedemptionIn]) -> Any:
    """Whether they can have it, and what they have before and after. Nothing is written."""
    require(actor_of(request), "reward.redeem")
    customer = know.customer(wanted.customer_id)
    told = holding.quote(customer.pk, wanted.reward, wish=_wish(wanted), day=shop.today())
    return {
        "customer_id": customer.code,
        "reward": told.offer.id,
        "unit": told.offer.unit,
        "units": told.offer.price,
        "worth": from_minor(told.offer.worth, shop.club().currency),
        "gives": told.offer.gives or None,
        "available": told.refusal is None,
        "code": told.refusal.code if told.refusal else "",
        "reason": str(told.refusal) if told.refusal else "",
        "balance": told.have,
        "balance_after": told.left,
    }


@router.post("/redemptions", response={201: RedemptionOut}, summary="Take a reward (Idempotency-Key needed)")
def redeem(request: HttpRequest, payload: RedemptionIn, dry_run: bool = False) -> Any:
    actor = actor_of(request)
    require(actor, "reward.redeem")

    def act() -> dict[str, Any]:
        customer = know.customer(payload.customer_id)
        wish, now = _wish(payload), clock.now()
        return _redemption(loop.redeem(customer.pk, payload.reward, wish=wish, actor=actor, now=now), customer.code)

    return Status(201, once(request, "redemption", idempotency_key(request), payload.model_dump(), act, dry_run))


@router.post("/redemptions/hold", response={201: RedemptionOut}, summary="Hold a reward (Idempotency-Key needed)")
def hold(request: HttpRequest, payload: HoldIn, dry_run: bool = False) -> Any:
    """Its units are set aside until `held_until`: confirm or cancel it before, else they come back by themselves."""
    actor = actor_of(request)
    require(actor, "reward.redeem")

    def act() -> dict[str, Any]:
        customer = know.customer(payload.customer_id)
        wish, minutes = _wish(payload), payload.minutes
        held = loop.hold(customer.pk, payload.reward, wish=wish, minutes=minutes, actor=actor, now=clock.now())
        return _redemption(held, customer.code)

    return Status(201, once(request, "hold", idempotency_key(request), payload.model_dump(), act, dry_run))


@router.get("/redemptions/{int:redemption_id}", response=RedemptionOut, summary="One redemption or hold")
def redemption(request: HttpRequest, redemption_id: int) -> Any:
    require(actor_of(request), "reward.redeem")
    return _told(reward.redemption(redemption_id))


@router.post("/redemptions/{redemption_id}/confirm", response=RedemptionOut, summary="Confirm a hold")
def confirm(request: HttpRequest, redemption_id: int) -> Any:
    """It becomes a redemption. A second time changes nothing; a hold that is over or cancelled is refused (409).

    With an Idempotency-Key the first answer is given ever after.
    """
    actor, now = actor_of(request), clock.now()
    require(actor, "reward.redeem")
    loop.release(redemption_id, now=now)  # a refusal would take it back with the key
    content = {"redemption_id": redemption_id}
    return at_most_once(request, "confirm", content, lambda: _told(loop.confirm(redemption_id, actor=actor, now=now)))


@router.post("/redemptions/{redemption_id}/cancel", response=RedemptionOut, summary="Give a reward or a hold back")
def cancel(request: HttpRequest, redemption_id: int, only_held: bool = False) -> Any:
    """The units go back to the lots that they came from. A second time changes nothing.

    With `only_held` a reward that was confirmed already is refused (409). With an Idempotency-Key the
    first answer is given ever after.
    """
    actor, now = actor_of(request), clock.now()
    require(actor, "reward.redeem")
    content = {"redemption_id": redemption_id, "only_held": only_held}
    return at_most_once(
        request,
        "cancel",
        content,
        lambda: _told(loop.cancel(redemption_id, only_held=only_held, actor=actor, now=now)),
    )


def _wish(payload: RedemptionIn) -> Wish:
    bill = None if payload.bill is None else money.to_minor(payload.bill, shop.club().currency)
    return Wish(payload.units, bill)


def _told(taken: Any) -> dict[str, Any]:
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
        "gives": taken.gives or None,
        "status": taken.status,
        "held_until": taken.held_until.isoformat() if taken.held_until else None,
        "balances": wallet.balances,
    }
