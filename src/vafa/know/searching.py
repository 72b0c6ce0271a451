"""Customers by any part of a name, phone, e-mail or card, among millions, in what a keystroke may take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from vafa.core import bulk, identity
from vafa.know import queries
from vafa.know.models import Customer, Identity

LEAST = 3  # signs in a row that can be looked for
_ENOUGH = 4  # times the limit: a customer has several marks


def search(text: str, *, region: str, limit: int = 20, nearest: bool = False) -> list[Customer]:
    """Customers by number, card, phone, e-mail or name, in any script; ``limit`` of them at most.

    What fits exactly goes first, then ends of phones and beginnings of names, then any part. ``nearest``: only the
    first of these that anybody fits, as at the till, where the last digits of a phone mean one person.
    """
    wanted = identity.plain_digits(text).strip()[:120]
    if not wanted:
        return []
    named = queries.by_code(wanted)  # perhaps by the number of a card that is no more
    found: dict[int, Customer] = {named.pk: named} if named else {}
    for ids in _stages(wanted, region, limit):
        if nearest and len(found) > bool(named):
            break
        rows = Customer.objects.filter(pk__in=ids[: limit * _ENOUGH], merged_into=None)
        for customer in rows.order_by("folded_name", "id"):
            found.setdefault(customer.pk, customer)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _stages(wanted: str, region: str, limit: int) -> Iterator[list[int]]:
    """Ids, the nearest first; what is not asked for is not looked for."""
    digits = "".join(c for c in wanted if c.isdigit())
    yield _exact(wanted, region)
    if digits and not any(c.isalpha() for c in wanted):
        core = digits.lstrip("0") or digits
        if len(core) >= LEAST:
            yield _marks(f"{core}$", limit)
            yield _marks(core, limit)
    elif "@" in wanted:
        yield _marks(wanted.lower(), limit)
    else:
        words = identity.fold_name(wanted).split()
        yield _names([f" {word}" for word in words], limit)
        yield _names(words, limit)
        if len(words) == 1:
            yield _marks(words[0].upper(), limit) + _marks(words[0], limit)  # cards are kept in capitals


def _exact(wanted: str, region: str) -> list[int]:
    marks = Q(kind=Identity.EMAIL, value=wanted.lower())
    if card := identity.card(wanted):
        marks |= Q(kind=Identity.CARD, value=card)
    if phone := identity.phone(wanted, region):
        marks |= Q(kind=Identity.PHONE, value=phone)
    return list(Identity.objects.filter(marks).values_list("customer_id", flat=True))


def _names(parts: Sequence[str], limit: int) -> list[int]:
    """Who has all of ``parts`` in their name; a part with a space before it begins a word."""
    if not any(len(part) >= LEAST for part in parts):
        return _beginning(parts, limit)
    return _holding("know_customer", "id", "' ' || folded_name", "name", parts, limit)


def _marks(part: str, limit: int) -> list[int]:
    if len(part) < LEAST:
        return []
    return _holding("know_identity", "customer_id", "value || '$'", "mark", [part], limit)


def _beginning(parts: Sequence[str], limit: int) -> list[int]:
    """Names that begin with a letter, whichever of several it is."""
    if not parts or not parts[0].startswith(" "):
        return []
    found: list[int] = []
    for first in (part.strip() for part in parts):
        people = Customer.objects.filter(merged_into=None)
        if bulk.is_postgres(connection):  # its index of beginnings is in no order that people know
            people = people.filter(folded_name__startswith=first).order_by()
        else:  # a range, which SQLite looks up in the index
            people = people.filter(folded_name__gte=first, folded_name__lt=first + "\U0010ffff")
            people = people.order_by("folded_name")
        for part in parts:
            if part.strip() != first:
                people = people.filter(folded_name__contains=part)
        found += people.values_list("id", flat=True)[: limit * _ENOUGH]
    return found


def _holding(table: str, who: str, told: str, column: str, parts: Sequence[str], limit: int) -> list[int]:
    """Ids by the index of trigrams (``know.parts_sql``)."""
    likes = [f"%{_escaped(part)}%" for part in parts]
    some = limit * _ENOUGH
    if bulk.is_postgres(connection):
        wanted = sorted({part[n : n + 3] for part in parts for n in range(len(part) - 2)})
        each = " AND ".join([f"{told} LIKE %s"] * len(likes))
        sql = f"SELECT {who} FROM {table} WHERE know_trigrams({told}) @> %s::text[] AND {each} LIMIT %s"
        given: list[Any] = [wanted, *likes, some]
    else:
        matched = " AND ".join('"' + part.replace('"', '""') + '"' for part in parts if len(part) >= LEAST)
        short = [like for part, like in zip(parts, likes, strict=True) if len(part) < LEAST]
        each = "".join([f" AND {column} LIKE %s ESCAPE '\\'"] * len(short))
        sql = f"SELECT customer_id FROM know_parts WHERE know_parts MATCH %s{each} LIMIT %s"
        given = [f"{column} : ({matched})", *short, some]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [row[0] for row in cursor.fetchall()]


def _escaped(part: str) -> str:
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
