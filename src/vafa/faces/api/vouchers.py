"""Vouchers: a member claims what a code is worth."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from vafa.core import clock
from vafa.faces.access import actor_of
from vafa.faces.api.bodies import VoucherIn, VoucherOut
from vafa.faces.api.once import idempotency_key, once
from vafa.know import queries as know
from vafa.loop import voucher as loop
from vafa.reward import queries as reward
from vafa.shop import queries as shop
from vafa.shop.access import require

router = Router(tags=["vouchers"])


@router.post("/vouchers/claim", response={201: VoucherOut}, summary="Claim a voucher (Idempotency-Key needed)")
def claim(request: HttpRequest, payload: VoucherIn, dry_run: bool = False) -> Any:
    """Each code is claimed once. The same member again changes nothing (``fresh`` is false); another gets a 409."""
    actor = actor_of(request)
    require(actor, "voucher.claim")

    def act() -> dict[str, Any]:
        customer = know.customer(payload.customer_id)
        claimed = loop.claim(customer.pk, payload.code, actor=actor, now=clock.now())
        return {
            "customer_id": customer.code,
            "name": claimed.batch.name,
            "unit": claimed.batch.unit,
            "units": claimed.batch.units,
            "fresh": claimed.fresh,
            "balances": reward.wallet(customer.pk, shop.today()).balances,
        }

    return Status(201, once(request, "voucher", idempotency_key(request), payload.model_dump(), act, dry_run))
