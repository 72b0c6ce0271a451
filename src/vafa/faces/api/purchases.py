"""Purchases and returns: one, or many as NDJSON."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import ValidationError

from vafa.core import clock
from vafa.core.errors import NotFound, Refusal
from vafa.core.records import Purchase
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.faces.access import actor_of, club_of
from vafa.faces.api.bodies import PurchaseIn, ReceiptOut, from_minor, to_purchase
from vafa.faces.api.once import claim, idempotency_key
from vafa.know import queries as know
from vafa.loop import purchase as loop
from vafa.loop.again import rehearsed
from vafa.reward import receipts
from vafa.shop import queries as shop
from vafa.shop.access import require

router = Router(tags=["purchases"])
MOST_LINES = 10_000


@router.post("/purchases", response={201: ReceiptOut}, summary="Record a sale or a return")
def record(request: HttpRequest, payload: PurchaseIn, dry_run: bool = False) -> Any:
    """The answer tells the points with their reasons. The same purchase again changes nothing."""
    return Status(201, _record(request, payload, dry_run))


@router.post("/returns", response={201: ReceiptOut}, summary="Record what was given back")
def give_back(request: HttpRequest, payload: PurchaseIn, dry_run: bool = False) -> Any:
    """As /purchases with ``kind`` “return”; ``returns`` names the sale."""
    return Status(201, _record(request, payload.model_copy(update={"kind": "return"}), dry_run))


def _record(request: HttpRequest, payload: PurchaseIn, dry_run: bool) -> dict[str, Any]:
    actor = actor_of(request)
    require(actor, "purchase.record")
    key, now, club = idempotency_key(request), clock.now(), club_of(request)
    wanted = claim(request, "purchase", key or payload.purchase_id, payload.model_dump(mode="json"))
    name = payload.purchase_id or wanted.key
    bought = to_purchase(payload, key=name, currency=club.currency, time_zone=club.time_zone)

    def tell(receipt: loop.Receipt) -> dict[str, Any]:
        return _receipt(receipt, club.currency)

    if dry_run:
        return rehearsed(lambda: tell(loop.record_one(bought, actor=actor, now=now)))
    return loop.record_once(bought, wanted, tell, actor=actor, now=now)


def _receipt(receipt: loop.Receipt, currency: str) -> dict[str, Any]:
    bought = receipt.purchase.purchase
    return {
        "purchase_id": bought.purchase_id,
        "kind": bought.kind,
        "customer_id": bought.customer_id,
        "amount": from_minor(bought.amount, currency),
        "currency": currency,
        "at": bought.at.isoformat(),
        "member": receipt.points.member,
        "points": [
            {"unit": unit, "amount": amount, "reasons": reasons} for unit, amount, reasons in receipt.points.by_unit()
        ],
        "balances": receipt.points.balances,
        "tier": receipt.points.tier,
    }


@router.post("/purchases/bulk", summary="Record many purchases: NDJSON, one a line")
def record_many(request: HttpRequest) -> dict[str, Any]:
    """One purchase a line (with ``purchase_id``). Faulty lines are refused by number, the others are recorded."""
    actor = actor_of(request)
    require(actor, "purchase.record")
    club = shop.club()
    good: list[Purchase] = []
    rows: dict[str, int] = {}
    errors: list[dict[str, Any]] = []
    for row, line in enumerate(request.body.split(b"\n"), 1):
        if not line.strip():
            continue
        if row > MOST_LINES:
            raise Refusal("too_many_lines", gettext_noop("Send at most %(most)s lines at a time."), most=MOST_LINES)
        try:
            body = PurchaseIn.model_validate(json.loads(line))
            if not body.purchase_id:
                raise Refusal("no_purchase_id", gettext_noop("purchase_id is missing."))
            bought = to_purchase(body, key=body.purchase_id, currency=club.currency, time_zone=club.time_zone)
            good.append(bought)
            rows[bought.purchase_id] = row
        except Refusal as refusal:
            errors.append({"row": row, "code": refusal.code, "message": str(refusal)})
        except (ValueError, ValidationError, RecursionError) as error:
            what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else _("it is no JSON object")
            errors.append({"row": row, "code": "bad_line", "message": _("Line %(row)s: %(what)s.") % locals()})
    outcome = loop.record(good, actor=actor, now=clock.now())
    errors += [
        {
            "row": rows[bought.purchase_id],
            "code": "purchase_differs",
            "message": _("Purchase “%(key)s” is recorded already with other content.") % {"key": bought.purchase_id},
        }
        for bought in outcome.conflicts
    ]
    return {
        "new": len(outcome.new),
        "unchanged": len(outcome.unchanged),
        "rejected": len(errors),
        "errors": sorted(errors, key=lambda e: int(e["row"])),
    }


@router.get("/purchases/{purchase_id}", response=ReceiptOut, summary="A purchase that was sent here")
def show(request: HttpRequest, purchase_id: str) -> Any:
    require(actor_of(request), "customer.see")
    found = know.recorded("api", purchase_id)
    if found is None:
        raise NotFound("no_purchase", gettext_noop("There is no such purchase."))
    points = receipts.outcome(receipts.Recorded(found.id, found.customer_id, found.purchase.day))
    return _receipt(loop.Receipt(found, False, points), shop.club().currency)
