"""Cards that are probably one person's: looked for every night, decided by somebody who knows the people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import Count, F, Max, QuerySet, Sum

from vafa.core import identity
from vafa.core.errors import NotFound
from vafa.core.words import gettext_noop as _
from vafa.know import matching
from vafa.know.models import Customer, Duplicate, Identity, Merge, Purchase
from vafa.shop import actions as shop
from vafa.shop.access import Actor, require

TOGETHER = 5_000  # rows that are written at once
MARKS = (Identity.PHONE, Identity.EMAIL)
WHY = {
    "email": _("the same e-mail address"),
    "phone": _("the same phone"),
    "birthday": _("the same birthday"),
    "phone_near": _("phones that differ by one digit"),
    "email_near": _("e-mail addresses that differ by one letter"),
    "same_name": _("the same name"),
    "alike_name": _("names that are spelt alike, or in two scripts"),
    "part_name": _("one card has only a part of the name"),
}


def look(*, now: datetime) -> None:
    """Propose what is found anew, and no more what isn't found any more."""
    found = {(pair.first, pair.second): list(pair.reasons) for pair in matching.pairs(_cards())}
    with transaction.atomic():
        stand = {(row.first_id, row.second_id): row for row in Duplicate.objects.all().iterator(TOGETHER)}
        gone = [row.pk for pair, row in stand.items() if row.refused_at is None and pair not in found]
        for part in batched(gone, TOGETHER):
            Duplicate.objects.filter(pk__in=part).delete()
        fresh = [
            Duplicate(first_id=first, second_id=second, reasons=reasons, found_at=now)
            for (first, second), reasons in found.items()
            if (first, second) not in stand
        ]
        Duplicate.objects.bulk_create(fresh, batch_size=TOGETHER, ignore_conflicts=True)
        changed = [row for pair, row in stand.items() if pair in found and row.reasons != found[pair]]
        for row in changed:
            row.reasons = found[row.first_id, row.second_id]
        Duplicate.objects.bulk_update(changed, ["reasons"], batch_size=TOGETHER)


def _cards() -> list[matching.Card]:
    """Every card that stands, by its names, phones, addresses and birthday."""
    marks: dict[str, defaultdict[int, list[str]]] = {kind: defaultdict(list) for kind in MARKS}
    told = (
        Identity.objects.filter(customer__merged_into=None, kind__in=MARKS)
        .order_by("id")
        .values_list("customer_id", "kind", "value")
    )
    for customer_id, kind, value in told.iterator(TOGETHER):
        marks[kind][customer_id].append(value)
    people = Customer.objects.filter(merged_into=None).order_by("id").values_list("id", "name", "birthday")
    return [
        matching.Card(pk, identity.fold_name(name), tuple(marks["phone"][pk]), tuple(marks["email"][pk]), born)
        for pk, name, born in people.iterator(TOGETHER)
    ]


def _open() -> QuerySet[Duplicate]:
    return Duplicate.objects.filter(refused_at=None, first__merged_into=None, second__merged_into=None)


def count() -> int:
    """How many proposals are open."""
    return _open().count()


@dataclass(frozen=True)
class Side:
    """One of the two cards as somebody must see it to decide."""

    customer: Customer
    phones: list[str]
    emails: list[str]
    purchases: int
    revenue: int
    last_day: int | None

    @property
    def weight(self) -> tuple[int, int, int]:
        """What speaks for keeping this card: purchases, else what is known, else how long."""
        known = len(self.phones) + len(self.emails) + (self.customer.birthday is not None)
        return self.purchases, known, -self.customer.pk


@dataclass(frozen=True)
class Proposal:
    """Two cards, the one to keep first."""

    id: int
    kept: Side
    gone: Side
    reasons: list[str]


def proposals(start: int = 0, limit: int = 20) -> list[Proposal]:
    """Open proposals, the newest first."""
    rows = list(_open().select_related("first", "second").order_by("-found_at", "id")[start : start + limit])
    sides = _sides(customer for row in rows for customer in (row.first, row.second))
    made = []
    for row in rows:
        kept, gone = sides[row.first_id], sides[row.second_id]
        if gone.weight > kept.weight:
            kept, gone = gone, kept
        made.append(Proposal(row.pk, kept, gone, row.reasons))
    return made


def _sides(customers: Iterable[Customer]) -> dict[int, Side]:
    people = {customer.pk: customer for customer in customers}
    marks: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for row in Identity.objects.filter(customer__in=people).order_by("id"):
        marks[row.customer_id, row.kind].append(row.value)
    sold = Purchase.objects.filter(customer__in=people, kind=Purchase.SALE, voided_at=None).values("customer_id")
    bought: dict[int, tuple[int, int, int | None]] = {
        row["customer_id"]: (row["times"], row["amount"], row["last"])
        for row in sold.annotate(times=Count("id"), amount=Sum("amount"), last=Max("day"))
    }
    made = {}
    for pk, customer in people.items():
        times, amount, last = bought.get(pk, (0, 0, None))
        made[pk] = Side(customer, marks[pk, Identity.PHONE], marks[pk, Identity.EMAIL], times, amount, last)
    return made


def proposal(number: int) -> Duplicate:
    found = Duplicate.objects.select_related("first", "second").filter(pk=number).first()
    if found is None:
        raise NotFound("no_proposal", _("This proposal is gone."))
    return found


def refuse(number: int, *, actor: Actor, now: datetime) -> None:
    """They are two people; this pair is never proposed again."""
    require(actor, "customer.merge")
    with transaction.atomic():
        row = proposal(number)
        if row.refused_at is None:
            Duplicate.objects.filter(pk=number).update(refused_at=now)
            shop.audit("customers.two", actor=actor, now=now, subject=f"customer:{row.first_id}", other=row.second_id)


def merges(since: datetime, limit: int = 10) -> list[Merge]:
    """The latest merges that stand."""
    rows = Merge.objects.filter(undone_at=None, at__gte=since, gone__merged_into=F("kept"))
    return list(rows.select_related("kept", "gone").order_by("-id")[:limit])
