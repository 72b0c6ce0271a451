"""What customers did besides buying: reviews, visits, whatever the programme names."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from vafa.core import clock
from vafa.faces.access import actor_of
from vafa.faces.api.bodies import EventIn, EventOut
from vafa.faces.api.once import idempotency_key, once
from vafa.loop import tell as loop
from vafa.shop.access import require

router = Router(tags=["events"])


@router.post("/events", response={201: EventOut}, summary="Tell of an event, such as a review")
def tell(request: HttpRequest, payload: EventIn, dry_run: bool = False) -> Any:
    """The answer tells the points with their reasons. The same event again changes nothing.

    It is named by `event_id`, or by the Idempotency-Key where there is none.
    """
    actor = actor_of(request)
    require(actor, "purchase.record")
    key = idempotency_key(request)

    def act() -> dict[str, Any]:
        name, now = payload.event_id or (key or "")[:120], clock.now()
        receipt = loop.tell_one(
            payload.customer_id, payload.event, key=name, source="api", at=payload.at, actor=actor, now=now
        )
        return _receipt(receipt)

    return Status(201, once(request, "event", key or payload.event_id, payload.model_dump(mode="json"), act, dry_run))


def _receipt(receipt: loop.Receipt) -> dict[str, Any]:
    told = receipt.told.happening
    return {
        "event_id": told.key,
        "customer_id": told.customer_id,
        "event": told.event,
        "at": told.at.isoformat(),
        "member": receipt.points.member,
        "points": [
            {"unit": unit, "amount": amount, "reasons": reasons} for unit, amount, reasons in receipt.points.by_unit()
        ],
        "balances": receipt.points.balances,
        "tier": receipt.points.tier,
    }
