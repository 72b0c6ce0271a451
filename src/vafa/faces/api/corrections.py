"""What is put right: units given or taken by hand, two cards that are one person's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from vafa.core import clock
from vafa.core.errors import NotFound
from vafa.core.words import gettext_noop as _
from vafa.faces.access import actor_of
from vafa.faces.api.bodies import AdjustmentIn, AdjustmentOut, MergeIn, MergeOut
from vafa.faces.api.once import at_most_once, idempotency_key, once
from vafa.know import merging
from vafa.know import queries as know
from vafa.loop import adjust as loop_adjust
from vafa.loop import merge as loop_merge
from vafa.reward import corrections
from vafa.reward import queries as reward
from vafa.reward.adjusting import Wish
from vafa.shop import queries as shop
from vafa.shop.access import require

router = Router(tags=["corrections"])


@router.post(
    "/members/{customer_id}/adjustments",
    response={201: AdjustmentOut},
    summary="Give or take units by hand, or forgive a debt (Idempotency-Key needed)",
)
def adjust(request: HttpRequest, customer_id: str, payload: AdjustmentIn, dry_run: bool = False) -> Any:
    """What is over the club's limit is “waiting” until a person of the staff approves it in the office."""
    actor, key = actor_of(request), idempotency_key(request)
    require(actor, "units.adjust")

    def act() -> dict[str, Any]:
        customer = know.customer(customer_id)
        wish, name = Wish(**payload.model_dump()), f"{actor.name.partition(' ')[0]}:{key}"
        return _adjustment(loop_adjust.adjust(customer.pk, wish, key=name, actor=actor, now=clock.now()))

    content = {"customer_id": customer_id, **payload.model_dump()}
    return Status(201, once(request, "adjustment", key, content, act, dry_run))


@router.get("/adjustments/{int:adjustment_id}", response=AdjustmentOut, summary="One adjustment, and whether it waits")
def adjustment(request: HttpRequest, adjustment_id: int) -> Any:
    require(actor_of(request), "units.adjust")
    found = corrections.adjustment(adjustment_id)
    if found is None:
        raise NotFound("no_adjustment", _("There is no such adjustment."))
    return _adjustment(found)


@router.post(
    "/members/{customer_id}/merge",
    response={201: MergeOut},
    summary="Make two cards of one person one (Idempotency-Key needed)",
)
def merge(request: HttpRequest, customer_id: str, payload: MergeIn, dry_run: bool = False) -> Any:
    """The card of the path is kept. Purchases, units with their days, debts, phones and e-mails come to it."""
    actor = actor_of(request)
    require(actor, "customer.merge")
    choice = merging.Choice(payload.customer_name or None, payload.birthday)

    def act() -> dict[str, Any]:
        return _merge(loop_merge.merge(customer_id, payload.gone, choice=choice, actor=actor, now=clock.now()).pk)

    content = {"customer_id": customer_id, **payload.model_dump(mode="json")}
    return Status(201, once(request, "merge", idempotency_key(request), content, act, dry_run))


@router.get("/merges/{int:merge_id}", response=MergeOut, summary="One merge")
def merged(request: HttpRequest, merge_id: int) -> Any:
    require(actor_of(request), "customer.merge")
    return _merge(merge_id)


@router.post("/merges/{merge_id}/undo", response=MergeOut, summary="Part two cards again")
def part(request: HttpRequest, merge_id: int) -> Any:
    """Within 30 days, unless something was paid for with what both had (409). A second time changes nothing."""
    actor, now = actor_of(request), clock.now()
    require(actor, "customer.merge")

    def act() -> dict[str, Any]:
        return _merge(loop_merge.part(merge_id, actor=actor, now=now).pk)

    return at_most_once(request, "part", {"merge_id": merge_id}, act)


def _adjustment(made: Any) -> dict[str, Any]:
    customer_id = made.member.customer_id
    return {
        "adjustment_id": made.pk,
        "customer_id": know.customers([customer_id])[customer_id].code,
        "act": made.act,
        "unit": made.unit,
        "units": made.units,
        "reason": made.reason,
        "note": made.note,
        "owed": made.owed,
        "status": made.status,
        "asked_at": made.asked_at.isoformat(),
        "decided_at": made.decided_at.isoformat() if made.decided_at else None,
        "balances": reward.wallet(customer_id, shop.today()).balances,
    }


def _merge(merge_id: int) -> dict[str, Any]:
    made = know.merge(merge_id)
    wallet = reward.wallet(made.kept_id, shop.today())
    return {
        "merge_id": made.pk,
        "customer_id": made.kept.code,
        "gone": made.gone.code,
        "customer_name": made.kept.name,
        "at": made.at.isoformat(),
        "undo_until": (made.at + merging.UNDO_FOR).isoformat(),
        "undone_at": made.undone_at.isoformat() if made.undone_at else None,
        "tier": wallet.tier,
        "balances": wallet.balances,
        "owed": wallet.owed,
    }
