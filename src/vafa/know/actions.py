"""Writing the card file. A purchase at the till is a batch of one; a file is a batch of many."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from vafa.core import bulk, identity
from vafa.core.errors import Conflict, NotFound, Refusal
from vafa.core.records import Person
from vafa.core.words import gettext_noop as _
from vafa.know import queries
from vafa.know.models import Consent, Customer, Identity, ImportRun, Purchase
from vafa.shop import actions as shop
from vafa.shop.access import Actor, require

MARK_LOCK, MARK_LOCKS = 0x5641, 1000  # a class of advisory locks, and how many of them


def save_card(person: Person, *, region: str, actor: Actor, now: datetime) -> tuple[Customer, str]:
    """One card, made or completed: the customer and "new", "updated" or "unchanged"."""
    require(actor, "customer.enrol")
    marks = identities_of(person, region)
    with transaction.atomic():
        if not person.customer_id:
            _one_at_a_time(marks)
        found = queries.by_code(person.customer_id) if person.customer_id else queries.by_marks(marks)
        made = found is None
        customer = found or Customer(code=person.customer_id or _new_code(), created_at=now)
        told = {
            "name": person.name and person.name.strip()[:160],
            "birthday": person.birthday,
            "language": person.language,
            "sample": person.sample or None,
        }
        by_other = found is not None and person.customer_id not in (None, found.code)  # what is told of a card
        changed = [  # that is no more fills gaps alone: else the two would take turns
            name
            for name, value in told.items()
            if value is not None and getattr(customer, name) != value and not (by_other and getattr(customer, name))
        ]
        for name in changed:
            setattr(customer, name, told[name])
        customer.folded_name = identity.fold_name(customer.name)[:160]
        if made or changed:
            customer.save()
        fresh = _add_marks(customer, marks)
    if made:
        return customer, "new"
    return customer, "updated" if changed or fresh else "unchanged"


def _one_at_a_time(marks: Iterable[tuple[str, str]]) -> None:
    """Who is looked for by phone, e-mail or card, and made if not found, is not made twice by two at once."""
    if not bulk.is_postgres(connection):
        return
    # shared among marks: a file of many would take more locks than the server has
    locks = sorted({zlib.crc32(f"{kind}:{value}".encode()) % MARK_LOCKS for kind, value in marks})
    with connection.cursor() as cursor:
        for lock in locks:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MARK_LOCK, lock])


def _new_code() -> str:
    return "M" + "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _place in range(8))


def identities_of(person: Person, region: str) -> list[tuple[str, str]]:
    """How ``person`` can be recognised, in normal form; a Refusal for what is no phone, e-mail or card."""
    marks = []
    for kind, text in ((Identity.CARD, person.card), (Identity.PHONE, person.phone), (Identity.EMAIL, person.email)):
        if not text or not text.strip():
            continue
        value = _normal(kind, text, region)
        if value is None:
            raise Refusal(
                f"bad_{kind}",
                {
                    "card": _("“%(text)s” is no card number."),
                    "phone": _("“%(text)s” is no phone number."),
                    "email": _("“%(text)s” is no e-mail address."),
                }[kind],
                _("Correct it or leave it empty."),
                text=text.strip()[:40],
            )
        marks.append((kind, value))
    return marks


def _normal(kind: str, text: str, region: str) -> str | None:
    if kind == Identity.PHONE:
        return identity.phone(text, region)
    return identity.card(text) if kind == Identity.CARD else identity.email(text)


def _add_marks(customer: Customer, marks: Iterable[tuple[str, str]]) -> int:
    added = 0
    for kind, value in marks:
        if kind == Identity.CARD:
            other = Identity.objects.filter(kind=kind, value=value).exclude(customer=customer).first()
            if other is not None:
                raise Conflict("card_taken", _("Card %(card)s belongs to another customer."), card=value)
        added += Identity.objects.get_or_create(customer=customer, kind=kind, value=value)[1]
    return added


def edit_card(code: str, *, actor: Actor, now: datetime, name: str, birthday: date | None, note: str) -> Customer:
    """Change what stands on a card."""
    require(actor, "customer.edit")
    with transaction.atomic():
        customer = Customer.objects.select_for_update().get(pk=queries.customer(code).pk)
        customer.name, customer.birthday, customer.note = name.strip()[:160], birthday, note.strip()[:4000]
        customer.folded_name = identity.fold_name(customer.name)[:160]
        customer.save()
        shop.audit("customer.edited", actor=actor, now=now, subject=f"customer:{customer.pk}")
    return customer


def tell_consent(
    customer_id: int, *, purpose: str, channel: str, given: bool, source: str, actor: Actor, now: datetime
) -> None:
    """Add a yes or no; the newest counts."""
    require(actor, "customer.enrol")
    Consent.objects.create(
        customer_id=customer_id, purpose=purpose, channel=channel, given=given, wording="1", source=source, at=now
    )


def void(purchase_id: int, *, actor: Actor, now: datetime) -> Purchase:
    """Take a purchase back as if it had not been; it stays on record as voided."""
    require(actor, "purchase.undo")
    found = Purchase.objects.select_for_update().filter(id=purchase_id).first()
    if found is None:
        raise NotFound("no_purchase", _("There is no such purchase."))
    if found.voided_at is not None:
        return found
    if Purchase.objects.filter(returns=found, voided_at=None).exists():
        raise Conflict("purchase_returned", _("This purchase was already given back, at least in part."))
    found.voided_at = now
    found.save(update_fields=["voided_at"])
    shop.audit("purchase.voided", actor=actor, now=now, subject=f"purchase:{found.pk}", amount=found.amount)
    return found


def begin_import(*, file: str, preset: str, actor: Actor, now: datetime) -> ImportRun:
    require(actor, "import.run")
    return ImportRun.objects.create(file=file[:255], preset=preset, at=now, actor=actor.name)


def finish_import(run: ImportRun, *, counts: dict[str, Any], now: datetime) -> None:
    run.counts, run.finished_at = counts, now
    run.save(update_fields=["counts", "finished_at"])


def hold(customer_ids: Iterable[int]) -> None:
    """Keep customers to this transaction, in one order: what another tells of them waits for its end.

    Who records a purchase looks for a member, who enrols looks for purchases; neither sees what the
    other has not committed yet. SQLite has one writer at a time anyway.
    """
    ids = sorted(set(customer_ids))
    if not ids or not bulk.is_postgres(connection):
        return
    with connection.cursor() as cursor:  # no key: rows that only refer to the customer need not wait
        cursor.execute("SELECT 1 FROM know_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids])


def held(codes: Iterable[str]) -> list[tuple[str, int, int | None]]:
    """The same by number, where it is known: number, id, the card that it was merged into as it stands then."""
    sql = "SELECT code, id, merged_into_id FROM know_customer WHERE code "
    if not bulk.is_postgres(connection):
        return bulk.select_in(connection, sql + "IN ({})", codes)
    with connection.cursor() as cursor:
        cursor.execute(sql + "= ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(codes)])
        found: list[tuple[str, int, int | None]] = cursor.fetchall()
    return found


def new_customers(codes: Sequence[str], *, now: datetime) -> dict[str, int]:
    """Cards with nothing but a number, for customers whom purchases are the first to tell of."""
    ids = bulk.reserve_ids(connection, "know_customer", len(codes))
    at = bulk.instant(connection, now)
    columns = ["id", "code", "name", "folded_name", "birthday", "language", "note", "sample", "created_at"]
    rows = [(pk, code, "", "", None, "", "", False, at) for pk, code in zip(ids, codes, strict=True)]
    bulk.insert(connection, "know_customer", columns, rows)
    return dict(zip(codes, ids, strict=True))


def dress(people: Sequence[Person], *, region: str, actor: Actor, now: datetime) -> list[Customer]:
    """New cards for many people at once; all of them must bring a customer number that is not there yet."""
    require(actor, "customer.enrol")
    with transaction.atomic():
        made = Customer.objects.bulk_create(
            [
                Customer(
                    code=person.customer_id or _new_code(),
                    name=person.name or "",
                    folded_name=identity.fold_name(person.name or "")[:160],
                    birthday=person.birthday,
                    sample=person.sample,
                    created_at=now,
                )
                for person in people
            ]
        )
        Identity.objects.bulk_create(
            [
                Identity(customer=customer, kind=kind, value=value)
                for customer, person in zip(made, people, strict=True)
                for kind, value in identities_of(person, region)
            ]
        )
    return made


def tell_consents(said: Iterable[tuple[int, str, str, bool]], *, source: str, actor: Actor, now: datetime) -> None:
    """Many yeses and noes at once: (customer, purpose, channel, given)."""
    require(actor, "customer.enrol")
    Consent.objects.bulk_create(
        [
            Consent(customer_id=pk, purpose=purpose, channel=channel, given=given, wording="1", source=source, at=now)
            for pk, purpose, channel, given in said
        ]
    )
