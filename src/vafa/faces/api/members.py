"""Members and what they have."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Router, Status

from vafa.core import clock
from vafa.core.records import Person
from vafa.faces.access import actor_of
from vafa.faces.api.bodies import MemberIn, MemberOut, ThresholdIn, ThresholdOut
from vafa.faces.api.once import idempotency_key, once
from vafa.know import queries as know
from vafa.loop import join as loop
from vafa.loop import redeem as redeeming
from vafa.reward import queries as reward
from vafa.reward import thresholds as reward_thresholds
from vafa.shop import queries as shop
from vafa.shop.access import require

router = Router(tags=["members"])


@router.post("/members", response={201: MemberOut}, summary="Enrol a member, or complete their card")
def enrol(request: HttpRequest, payload: MemberIn, dry_run: bool = False) -> Any:
    """Without ``customer_id`` the person is found by card, phone or e-mail, or gets a new number."""
    actor = actor_of(request)
    require(actor, "customer.enrol")
    person = Person(
        customer_id=payload.customer_id,
        name=payload.customer_name or None,
        phone=payload.phone,
        email=payload.email,
        card=payload.card,
        birthday=payload.birthday,
        language=payload.language or None,
    )

    joined_at = payload.joined_at
    if joined_at is not None and joined_at.tzinfo is None:
        joined_at = joined_at.replace(tzinfo=ZoneInfo(shop.club().time_zone))

    def act() -> dict[str, Any]:
        customer = loop.join(person, actor=actor, now=clock.now(), joined_at=joined_at, brought_by=payload.referred_by)
        return _member(customer.code)

    key = idempotency_key(request) or (payload.customer_id if dry_run else None)
    if key is None and payload.customer_id:  # completing a card is no conflict
        return Status(201, act())
    return Status(201, once(request, "member", key, payload.model_dump(mode="json"), act, dry_run))


@router.get("/members/{customer_id}", response=MemberOut, summary="One member")
def show(request: HttpRequest, customer_id: str) -> Any:
    require(actor_of(request), "customer.see")
    return _member(customer_id)


@router.get("/members/{customer_id}/balances", response=dict[str, int], summary="What a member can spend now")
def balances(request: HttpRequest, customer_id: str) -> Any:
    require(actor_of(request), "customer.see")
    return reward.wallet(know.customer(customer_id).pk, shop.today()).balances


@router.get(
    "/members/{customer_id}/thresholds",
    response=list[ThresholdOut],
    summary="From how many units on rewards come by themselves",
)
def thresholds(request: HttpRequest, customer_id: str) -> Any:
    require(actor_of(request), "customer.see")
    return [one._asdict() for one in reward_thresholds.of(know.customer(customer_id).pk)]


@router.post(
    "/members/{customer_id}/thresholds",
    response=list[ThresholdOut],
    summary="Choose from how many units on a reward comes by itself",
)
def choose(request: HttpRequest, customer_id: str, payload: ThresholdIn) -> Any:
    """If so many are there already it comes at once. The same choice again changes nothing."""
    actor = actor_of(request)
    require(actor, "customer.enrol")
    customer = know.customer(customer_id)
    chosen = redeeming.choose(customer.pk, payload.reward, payload.units, actor=actor, now=clock.now())
    return [one._asdict() for one in chosen]


def _member(code: str) -> dict[str, Any]:
    customer = know.customer(code)
    wallet = reward.wallet(customer.pk, shop.today())
    return {
        "customer_id": customer.code,
        "customer_name": customer.name,
        "joined_at": wallet.joined_at.isoformat() if wallet.joined_at else None,
        "tier": wallet.tier,
        "balances": wallet.balances,
    }
