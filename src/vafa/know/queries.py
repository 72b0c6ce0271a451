"""Reading the card file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from vafa.core import bulk, records
from vafa.core.errors import NotFound
from vafa.core.records import Happened, Line, Recorded
from vafa.core.words import gettext_noop as _
from vafa.know.models import Consent, Customer, Happening, Identity, ImportRun, Merge, Product, Purchase


def no_customer(code: str) -> NotFound:
    return NotFound("no_customer", _("There is no customer “%(number)s”."), number=code[:80])


def by_code(code: str) -> Customer | None:
    """The customer with this number, or whose card it became."""
    found = Customer.objects.filter(code=code).select_related("merged_into").first()
    return found and (found.merged_into or found)


def customer(code: str) -> Customer:
    """The customer with this number, or whose card it became; NotFound otherwise."""
    found = by_code(code)
    if found is None:
        raise no_customer(code)
    return found


def card(code: str) -> Customer:
    """The very card of this number, be it one with another by now; NotFound otherwise."""
    found = Customer.objects.filter(code=code).first()
    if found is None:
        raise no_customer(code)
    return found


def customers(ids: Iterable[int]) -> dict[int, Customer]:
    return Customer.objects.in_bulk(list(ids))


def with_cards(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows that name a ``customer_id``, each with its card as ``customer``; without those whose card is gone."""
    rows = list(rows)
    ids = ids_of(row["customer_id"] for row in rows)
    known = customers(ids.values())
    return [row | {"customer": known[ids[row["customer_id"]]]} for row in rows if row["customer_id"] in ids]


def codes_of(ids: Iterable[int]) -> dict[int, str]:
    """The numbers of customers, by id."""
    return dict(bulk.select_in(connection, "SELECT id, code FROM know_customer WHERE id IN ({})", ids))


def ids_of(codes: Iterable[str]) -> dict[str, int]:
    """The ids of customers, by number."""
    return dict(bulk.select_in(connection, "SELECT code, id FROM know_customer WHERE code IN ({})", codes))


def by_marks(marks: Iterable[tuple[str, str]]) -> Customer | None:
    """The one customer who carries the first of ``marks`` that anybody carries; None where several do."""
    for kind, value in marks:
        rows = Customer.objects.filter(merged_into=None, identities__kind=kind, identities__value=value)
        owners = list(rows[:2])
        if len(owners) == 1:
            return owners[0]
    return None


def identities(customer_id: int) -> list[Identity]:
    return list(Identity.objects.filter(customer_id=customer_id).order_by("kind", "id"))


def phones_of(ids: Iterable[int]) -> dict[int, str]:
    rows = Identity.objects.filter(customer_id__in=list(ids), kind=Identity.PHONE).order_by("-id")
    return dict(rows.values_list("customer_id", "value"))


def consents(customer_id: int) -> dict[tuple[str, str], Consent]:
    """The newest word on each (purpose, channel)."""
    rows = Consent.objects.filter(customer_id=customer_id).order_by("at", "id")
    return {(row.purpose, row.channel): row for row in rows}


def consenting(ids: Iterable[int], *, purpose: str, channel: str) -> set[int]:
    """Of ``ids`` those whose newest word on this purpose and channel is yes."""
    rows = Consent.objects.filter(customer_id__in=list(ids), purpose=purpose, channel=channel)
    latest = {row.customer_id: row.given for row in rows.order_by("at", "id")}
    return {customer_id for customer_id, given in latest.items() if given}


def besides() -> tuple[int, int]:
    """How many birthdays and events the card file knows."""
    return Customer.objects.exclude(birthday=None).count(), Happening.objects.count()


def birthdays_of(customer_ids: Iterable[int]) -> list[tuple[int, str, date]]:
    """(id, number, birthday) of the customers whose birthday is known."""
    sql = "SELECT id, code, birthday FROM know_customer WHERE birthday IS NOT NULL AND id IN ({})"
    rows = bulk.select_in(connection, sql, customer_ids)
    return [(pk, code, date.fromisoformat(born) if isinstance(born, str) else born) for pk, code, born in rows]


def with_birthdays() -> QuerySet[Customer]:
    return Customer.objects.filter(merged_into=None).exclude(birthday=None)


def purchases_of(customer_id: int, limit: int = 50) -> list[Purchase]:
    """The newest purchases and returns of a customer, with lines and products."""
    rows = Purchase.objects.filter(customer_id=customer_id).order_by("-at", "-id")
    return list(rows.prefetch_related("lines__product")[:limit])


def purchases_count(customer_id: int) -> int:
    """How many sales of a customer stand."""
    return Purchase.objects.filter(customer_id=customer_id, kind=Purchase.SALE, voided_at=None).count()


def purchase(purchase_id: int) -> Purchase:
    found = Purchase.objects.filter(id=purchase_id).prefetch_related("lines__product").first()
    if found is None:
        raise NotFound("no_purchase", _("There is no such purchase."))
    return found


def by_key(source: str, key: str) -> Purchase | None:
    return Purchase.objects.filter(source=source, key=key).first()


def recorded(source: str, key: str) -> Recorded | None:
    """A purchase as it was sent, by its name."""
    found = by_key(source, key)
    if found is None:
        return None
    code = found.customer.code if found.customer else None
    lines = tuple(lines_of([found.pk]).get(found.pk, ()))
    bought = records.Purchase(
        *(source, key, found.kind, code, found.at, found.day, found.amount, lines, found.returns_key or None),
        *(found.store, found.channel, found.seller, found.tender),
    )
    return Recorded(found.pk, found.customer_id, bought, found.returns_id)


def purchases_over(amount: int, day: int) -> QuerySet[Purchase]:
    """Sales of ``day`` of at least ``amount`` by known customers."""
    rows = Purchase.objects.filter(day=day, kind=Purchase.SALE, voided_at=None, amount__gte=amount)
    return rows.exclude(customer=None).select_related("customer").prefetch_related("lines__product")


def history(customer_ids: Sequence[int]) -> dict[int, list[Recorded]]:
    """Sales and returns of customers that count (voided ones don't), oldest first."""
    sql = (
        "SELECT id, customer_id, returns_id, told_id, source, key, kind, at, day, amount, returns_key, "
        "store, channel, seller, tender "
        "FROM know_purchase WHERE voided_at IS NULL AND customer_id IN ({})"
    )
    rows = bulk.select_in(connection, sql, customer_ids)
    lines = lines_of([row[0] for row in rows])
    found: dict[int, list[Recorded]] = {customer_id: [] for customer_id in customer_ids}
    for pk, customer_id, returns_id, told_id, source, key, kind, at, day, amount, returns, *where in rows:
        bought = records.Purchase(
            source, key, kind, None, bulk.moment(at), day, amount, tuple(lines.get(pk, ())), returns or None, *where
        )
        found[customer_id].append(Recorded(pk, customer_id, bought, returns_id, told_id))
    for purchases in found.values():
        purchases.sort(key=lambda recorded: (recorded.purchase.at, recorded.id))
    return found


def happenings(customer_ids: Sequence[int]) -> dict[int, list[Happened]]:
    """What customers did besides buying, oldest first."""
    sql = "SELECT id, customer_id, source, key, event, at, day FROM know_happening WHERE customer_id IN ({})"
    found: dict[int, list[Happened]] = {customer_id: [] for customer_id in customer_ids}
    for pk, customer_id, source, key, event, at, day in bulk.select_in(connection, sql, customer_ids):
        told = records.Happening(source, key, "", event, bulk.moment(at), day)
        found[customer_id].append(Happened(pk, customer_id, told))
    for mine in found.values():
        mine.sort(key=lambda one: (one.happening.at, one.id))
    return found


def happening(source: str, key: str) -> Happening | None:
    return Happening.objects.filter(source=source, key=key).first()


def lines_of(purchase_ids: Sequence[int]) -> dict[int, list[Line]]:
    sql = (
        "SELECT l.purchase_id, l.amount, coalesce(p.code, ''), coalesce(p.name, ''), coalesce(p.category, ''), "
        "coalesce(p.brand, ''), l.quantity_milli, l.unit_price, l.discount, l.cost, l.tax FROM know_line l "
        "LEFT JOIN know_product p ON p.id = l.product_id WHERE l.purchase_id IN ({}) ORDER BY l.purchase_id, l.number"
    )
    found: dict[int, list[Line]] = {}
    for row in bulk.select_in(connection, sql, purchase_ids):
        found.setdefault(row[0], []).append(Line(*row[1:]))
    return found


# Cards that became one --------------------------------------------------------------------


@dataclass(frozen=True)
class Merges:
    """Merges that stand, among the cards of some persons."""

    by_gone: Mapping[int, Merge]

    @property
    def cards(self) -> set[int]:
        return {card for merge in self.by_gone.values() for card in (merge.kept_id, merge.gone_id)}

    def of(self, card: int) -> Merge | None:
        """The merge by which a card is gone."""
        return self.by_gone.get(card)

    def into(self, card: int) -> list[Merge]:
        """Merges that a card was kept in."""
        return [merge for merge in self.by_gone.values() if merge.kept_id == card]

    def root(self, card: int) -> int:
        """The card that it is today."""
        while (merge := self.of(card)) is not None:
            card = merge.kept_id
        return card

    def card_at(self, card: int, at: datetime) -> int:
        """The card that it was at an instant."""
        while (merge := self.of(card)) is not None and merge.at <= at:
            card = merge.kept_id
        return card

    def under(self, card: int) -> list[int]:
        """The card and all that ever became it."""
        return [card, *(other for merge in self.into(card) for other in self.under(merge.gone_id))]


def merges_among(cards: Sequence[int]) -> Merges:
    """The merges of the persons whose cards these are, the gone ones too."""
    sql = "SELECT id, merged_into_id FROM know_customer WHERE merged_into_id IS NOT NULL AND id IN ({})"
    gone = dict(bulk.select_in(connection, sql, cards))
    roots = [*{gone.get(card, card) for card in cards}]
    sql = "SELECT id FROM know_customer WHERE merged_into_id IN ({})"
    gone_cards = [row[0] for row in bulk.select_in(connection, sql, roots)]
    if not gone_cards:
        return Merges({})
    return Merges({merge.gone_id: merge for merge in Merge.objects.filter(undone_at=None, gone__in=gone_cards)})


def merge(merge_id: int) -> Merge:
    found = Merge.objects.select_related("kept", "gone").filter(pk=merge_id).first()
    if found is None:
        raise NotFound("no_merge", _("There is no such merge."))
    return found


def merge_of(gone_id: int) -> Merge | None:
    """The merge by which a card is gone."""
    return Merge.objects.select_related("kept", "gone").filter(gone=gone_id, undone_at=None).first()


def imports(limit: int = 20) -> list[ImportRun]:
    return list(ImportRun.objects.order_by("-id")[:limit])


def leanings(customer_id: int, limit: int = 5) -> list[tuple[str, int]]:
    """The categories that a customer takes on most days, and on how many; those of one day are left out."""
    bought = Purchase.objects.filter(customer_id=customer_id, kind=Purchase.SALE, voided_at=None)
    rows = bought.filter(lines__product__category__gt="")
    told = rows.values("lines__product__category").annotate(days=Count("day", distinct=True)).filter(days__gt=1)
    return list(
        told.order_by("-days", "lines__product__category").values_list("lines__product__category", "days")[:limit]
    )


def product_names(codes: Iterable[str]) -> dict[str, str]:
    """What products are called, by code; the code where they have no name."""
    rows = Product.objects.filter(code__in=list(codes)).values_list("code", "name")
    return {code: name or code for code, name in rows}


def counts() -> dict[str, int]:
    return {
        "customers": Customer.objects.filter(merged_into=None).count(),
        "purchases": Purchase.objects.filter(voided_at=None).count(),
    }
