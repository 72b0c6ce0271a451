"""The one way of a purchase into the card file, for a batch of any size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from vafa.core import bulk
from vafa.core.records import Line, Purchase, Recorded
from vafa.know import actions
from vafa.shop.access import Actor, require

PURCHASE_COLUMNS = [
    "id",
    "source",
    "key",
    "digest",
    "kind",
    "customer_id",
    "at",
    "day",
    "amount",
    "returns_id",
    "returns_key",
    "store",
    "channel",
    "seller",
    "tender",
    "voided_at",
    "recorded_at",
    "told_id",
]
LINE_COLUMNS = [
    "purchase_id",
    "number",
    "product_id",
    "amount",
    "quantity_milli",
    "unit_price",
    "discount",
    "cost",
    "tax",
]


NOBODY: tuple[None, None] = (None, None)
_OF_PRODUCT = itemgetter(slice(1, 5))  # code, name, category, brand
_CELLS = len(Line._fields)


class Outcome(NamedTuple):
    """What became of a batch: what is new, what stood already, what contradicts what stood."""

    new: list[Recorded]
    unchanged: list[Recorded]
    conflicts: list[Purchase]
    woken: set[int]  # customers whose earlier return now has its sale


def record(purchases: Sequence[Purchase], *, actor: Actor, now: datetime) -> Outcome:
    """Write purchases that are not there yet, inside the caller's transaction.

    The same (source, purchase_id) with the same content is left as it stands; with other content
    it is a conflict, and what stood stays.
    """
    require(actor, "purchase.record")
    standing = _standing(purchases)
    fresh: list[Purchase] = []
    unchanged: list[Recorded] = []
    conflicts: list[Purchase] = []
    seen: dict[tuple[str, str], str] = {}
    for purchase in purchases:
        name = (purchase.source, purchase.purchase_id)
        if name in standing:
            pk, customer, digest, returns = standing[name]
            if digest == purchase.digest():
                unchanged.append(Recorded(pk, customer, purchase, returns))
            else:
                conflicts.append(purchase)
        elif name in seen:
            if seen[name] != purchase.digest():
                conflicts.append(purchase)
        else:
            seen[name] = purchase.digest()
            fresh.append(purchase)
    new = _write(fresh, [seen[(p.source, p.purchase_id)] for p in fresh], now=now)
    return Outcome(new, unchanged, conflicts, _wake_returns(new))


def _standing(purchases: Sequence[Purchase]) -> dict[tuple[str, str], tuple[int, int | None, str, int | None]]:
    found = {}
    for source in {p.source for p in purchases}:
        sql = "SELECT key, id, customer_id, digest, returns_id FROM know_purchase WHERE source = %s AND key IN ({})"
        keys = [p.purchase_id for p in purchases if p.source == source]
        for key, pk, customer, digest, returns in bulk.select_in(connection, sql, keys, [source]):
            found[(source, key)] = (pk, customer, digest, returns)
    return found


def _write(fresh: Sequence[Purchase], digests: Sequence[str], *, now: datetime) -> list[Recorded]:
    if not fresh:
        return []
    customers = known_customers((p.customer_id for p in fresh), now=now)
    told = _told(fresh)
    if any(not code and (name or category or brand) for code, name, category, brand in told):
        fresh = [p._replace(lines=tuple(map(_named, p.lines))) for p in fresh]
        told = _told(fresh)
    products = _products(told)
    if any(code and products[code][1:] != (category, brand) for code, _name, category, brand in told):
        fresh = [_as_known(p, products) for p in fresh]
    product_ids = {code: product.id for code, product in products.items()}
    ids = bulk.reserve_ids(connection, "know_purchase", len(fresh))
    told_by = [customers[p.customer_id] if p.customer_id else NOBODY for p in fresh]
    here = {(p.source, p.purchase_id): Sold(pk, *who) for p, pk, who in zip(fresh, ids, told_by, strict=True)}
    sales = _given_back(fresh, here)
    recorded_at = bulk.instant(connection, now)
    rows, new = [], []
    times = bulk.instants(connection, (p.at for p in fresh))
    for pk, digest, at, (customer, other_card), p in zip(ids, digests, times, told_by, fresh, strict=True):
        sale = None
        if p.returns and (sold := sales.get((p.source, p.returns))):
            sale = sold.id
            if sold.customer:  # whoever brings it back: what it had brought is theirs who bought it
                customer, other_card = sold.customer, sold.told
        rows.append(
            (pk, p.source, p.purchase_id, digest, p.kind, customer, at, p.day, p.amount)
            + (sale, p.returns or "", p.store, p.channel, p.seller, p.tender, None, recorded_at)
            + (other_card,)
        )
        new.append(Recorded(pk, customer, p, sale, other_card))
    if bulk.is_postgres(connection):
        rows.sort(key=lambda row: row[1:3])  # two loads of the same purchases meet at the first of them
    bulk.insert(connection, "know_purchase", PURCHASE_COLUMNS, rows)
    _write_lines(new, product_ids)
    return new


def _write_lines(new: Sequence[Recorded], product_ids: Mapping[str, int]) -> None:
    """Column by column: no Python runs for a single line, of which a file may have millions."""
    counts = [len(recorded.purchase.lines) for recorded in new]
    cells: list[Any] = list(chain.from_iterable(_lines(r.purchase for r in new)))
    amounts, codes, _names, _categories, _brands, *numbers = (cells[place::_CELLS] for place in range(_CELLS))
    of = list(chain.from_iterable(repeat(r.id, count) for r, count in zip(new, counts, strict=True)))
    place = list(chain.from_iterable(range(1, count + 1) for count in counts))
    columns: tuple[list[Any], ...] = (of, place, list(map(product_ids.get, codes)), amounts, *numbers)
    bulk.insert_columns(connection, "know_line", dict(zip(LINE_COLUMNS, columns, strict=True)))


def _lines(purchases: Iterable[Purchase]) -> Iterator[Line]:
    return chain.from_iterable(purchase.lines for purchase in purchases)


def known_customers(codes: Iterable[str | None], *, now: datetime) -> dict[str, tuple[int, int | None]]:
    """By number: the customer, kept to this transaction, and the card that was told where it is another one of theirs.

    Who is not there yet gets a card.
    """
    wanted = sorted({code for code in codes if code})
    rows = actions.held(wanted)
    found: dict[str, tuple[int, int | None]] = {code: (root, pk) if root else (pk, None) for code, pk, root in rows}
    if merged := {pk for pk, told in found.values() if told}:
        actions.hold(merged)
    missing = [code for code in wanted if code not in found]
    return found | {code: (pk, None) for code, pk in actions.new_customers(missing, now=now).items()}


def _told(purchases: Iterable[Purchase]) -> dict[tuple[str, str, str, str], None]:
    """What lines tell of products, each once: code, name, category, brand, in the order of telling."""
    return dict.fromkeys(map(_OF_PRODUCT, _lines(purchases)))


def introduce(products: Iterable[tuple[str, str, str, str]]) -> None:
    """Make the products that are told (code, name, category, brand) and not there yet, before many write at once.

    Two who make the same one wait for each other, and the second begins again.
    """
    _products(dict.fromkeys(_OF_PRODUCT(_named(Line(0, *told))) for told in products))


def _named(line: Line) -> Line:
    """A line without a product's code gets one of what it tells, so that it is known again."""
    if line.product_id or not (line.product_name or line.category or line.brand):
        return line
    told = "/".join((line.category, line.brand, line.product_name))
    return line._replace(
        product_id=f"~{told}" if len(told) < 60 else "~" + blake2b(told.encode(), digest_size=16).hexdigest()
    )


def _as_known(purchase: Purchase, products: Mapping[str, Product]) -> Purchase:
    """The purchase with category and brand as they stand in the card file: points follow these for ever."""
    if all(not line[1] or line[3:5] == products[line[1]][1:] for line in purchase.lines):
        return purchase
    lines = (
        line._replace(category=products[line.product_id].category, brand=products[line.product_id].brand)
        if line.product_id
        else line
        for line in purchase.lines
    )
    return purchase._replace(lines=tuple(lines))


class Product(NamedTuple):
    id: int
    category: str
    brand: str


def _products(lines: Iterable[tuple[str, str, str, str]]) -> dict[str, Product]:
    """Products by code; new ones are made with what the first line tells of them."""
    told: dict[str, tuple[str, str, str]] = {}
    for code, *rest in lines:
        if code:
            told.setdefault(code, (rest[0][:200], rest[1][:120], rest[2][:120]))
    rows = bulk.select_in(connection, "SELECT code, id, category, brand FROM know_product WHERE code IN ({})", told)
    found = {code: Product(*rest) for code, *rest in rows}
    missing = sorted(code for code in told if code not in found)
    ids = bulk.reserve_ids(connection, "know_product", len(missing))
    bulk.insert(
        connection,
        "know_product",
        ["id", "code", "name", "category", "brand"],
        [(pk, code, *told[code]) for pk, code in zip(ids, missing, strict=True)],
    )
    return found | {code: Product(pk, *told[code][1:]) for pk, code in zip(ids, missing, strict=True)}


class Sold(NamedTuple):
    """What a return names: the purchase, whose it is, and the card that was told where it is another one of theirs."""

    id: int
    customer: int | None
    told: int | None


def _given_back(fresh: Sequence[Purchase], here: Mapping[tuple[str, str], Sold]) -> dict[tuple[str, str | None], Sold]:
    """What returns of this batch name, from this batch or from before; whose it is, is kept to this transaction."""
    wanted = {(p.source, p.returns) for p in fresh if p.returns}
    found: dict[tuple[str, str | None], Sold] = {n: here[n] for n in wanted if n in here}
    for source in {source for source, _key in wanted - found.keys()}:
        sql = "SELECT key, id, customer_id, told_id FROM know_purchase WHERE source = %s AND key IN ({})"
        if bulk.is_postgres(connection):
            sql += " FOR SHARE"  # a merge of cards would give it to another one meanwhile
        keys = [key for where, key in wanted if where == source]
        found |= {(source, key): Sold(*told) for key, *told in bulk.select_in(connection, sql, keys, [source])}
    actions.hold(sold.customer for sold in found.values() if sold.customer)
    return found


def _wake_returns(new: Sequence[Recorded]) -> set[int]:
    """Tie returns that came before their sale to it and to whose it is; the customers of both are walked again."""
    sales = {(r.purchase.source, r.purchase.purchase_id): r for r in new if r.purchase.kind == "sale"}
    sql = (
        "SELECT id, source, returns_key, customer_id, told_id FROM know_purchase "
        "WHERE kind = 'return' AND returns_id IS NULL AND returns_key IN ({})"
    )
    parked = bulk.select_in(connection, sql, (key for _source, key in sales))
    woken: set[int] = set()
    for pk, source, key, *whose in parked:
        if sale := sales.get((source, key)):
            owner = [sale.customer_id, sale.told_id] if sale.customer_id else whose
            tie = "UPDATE know_purchase SET returns_id = %s, customer_id = %s, told_id = %s WHERE id = %s"
            bulk.execute_many(connection, tie, [(sale.id, *owner, pk)])
            woken |= {c for c in (whose[0], sale.customer_id) if c}
    actions.hold(woken)
    return woken
