"""Talks with customers and the people around them: so that who serves them next knows what was said and promised."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from vafa.core.calendar import local_day, zone
from vafa.core.errors import NotFound, Refusal
from vafa.core.words import gettext_noop as _
from vafa.know import queries
from vafa.know.models import Conversation, Relative
from vafa.shop import actions as shop
from vafa.shop import queries as shop_queries
from vafa.shop.access import Actor, require

WAYS = {
    "shop": _("In the shop"),
    "call": _("Call"),
    "message": _("Message"),
    "visit": _("Visit"),
}
RELATIONS = {
    "spouse": _("spouse"),
    "child": _("child"),
    "parent": _("parent"),
    "sibling": _("brother or sister"),
    "friend": _("friend"),
    "colleague": _("works for them"),
}
SATISFACTION = range(1, 6)
MOST = 40  # of one household


class Talk(NamedTuple):
    """What was said. ``satisfaction``: 1 to 5 with the last purchase; ``promise_day``: by when it is to be kept."""

    way: str
    text: str
    satisfaction: int | None = None
    promise: str = ""
    promise_day: int | None = None


def note(code: str, talk: Talk, *, actor: Actor, now: datetime) -> Conversation:
    """Keep a talk with the customer of this number."""
    require(actor, "customer.talk")
    text, promise = talk.text.strip()[:4000], talk.promise.strip()[:300]
    if talk.way not in WAYS:
        raise Refusal("bad_way", _("Say how you talked: in the shop, by call, message or visit."))
    if not text and not promise and talk.satisfaction is None:
        raise Refusal("nothing_said", _("Write what was said, or what was promised."))
    if talk.satisfaction is not None and talk.satisfaction not in SATISFACTION:
        raise Refusal("bad_satisfaction", _("Satisfaction is a number from 1 to 5."))
    if talk.promise_day is not None and not promise:
        raise Refusal("no_promise", _("Write what was promised, or leave its day out."))
    with transaction.atomic():
        customer = queries.customer(code)
        made = Conversation.objects.create(
            customer=customer,
            way=talk.way,
            at=now,
            day=local_day(now, zone(shop_queries.club().time_zone)),
            text=text,
            satisfaction=talk.satisfaction,
            promise=promise,
            promise_day=talk.promise_day,
            held_by=actor.name[:80],
        )
        shop.audit("customer.talked", actor=actor, now=now, subject=f"customer:{customer.pk}", conversation=made.pk)
    return made


def keep_promise(number: int, *, actor: Actor, now: datetime) -> Conversation:
    """What was promised is done; a second time changes nothing."""
    require(actor, "customer.talk")
    with transaction.atomic():
        found = Conversation.objects.select_for_update().select_related("customer").filter(pk=number).first()
        if found is None or not found.promise:
            raise NotFound("no_promise", _("There is no such promise."))
        if found.promise_kept_at is None:
            found.promise_kept_at = now
            found.save(update_fields=["promise_kept_at"])
            shop.audit(
                "promise.kept", actor=actor, now=now, subject=f"customer:{found.customer_id}", conversation=number
            )
    return found


def conversations(customer_id: int, limit: int = 40) -> list[Conversation]:
    """The latest talks with a customer."""
    return list(Conversation.objects.filter(customer_id=customer_id).order_by("-at", "-id")[:limit])


def promises(customer_id: int, limit: int = 40) -> list[Conversation]:
    """What a customer was promised and what is not kept yet, the most urgent first."""
    rows = Conversation.objects.filter(customer_id=customer_id, promise_kept_at=None).exclude(promise="")
    return list(rows.order_by(F("promise_day").asc(nulls_last=True), "at", "id")[:limit])


def add_relative(
    code: str, *, name: str, relation: str, birthday: date | None, actor: Actor, now: datetime
) -> Relative:
    """Somebody of the customer's household."""
    require(actor, "customer.edit")
    if not name.strip() or relation not in RELATIONS:
        raise Refusal("bad_relative", _("Write a name, and how they are related."))
    with transaction.atomic():
        customer = queries.customer(code)
        if customer.relatives.count() >= MOST:
            raise Refusal("too_many", _("No more than %(most)s people are kept with one customer."), most=MOST)
        made = Relative.objects.create(customer=customer, name=name.strip()[:160], relation=relation, birthday=birthday)
        shop.audit("customer.relative", actor=actor, now=now, subject=f"customer:{customer.pk}", relative=made.pk)
    return made


def remove_relative(code: str, number: int, *, actor: Actor, now: datetime) -> None:
    """Forget somebody of the household; who is not there is forgotten already."""
    require(actor, "customer.edit")
    with transaction.atomic():
        customer = queries.customer(code)
        if Relative.objects.filter(customer=customer, pk=number).delete()[0]:
            shop.audit("customer.relative_gone", actor=actor, now=now, subject=f"customer:{customer.pk}")


def relatives(customer_id: int) -> list[Relative]:
    return list(Relative.objects.filter(customer_id=customer_id).order_by("id"))


def who(held_by: str) -> str:
    """The name of who talked, as the audit writes it: “staff:7 Sara” is Sara."""
    kind, _space, name = held_by.partition(" ")
    return name or kind
