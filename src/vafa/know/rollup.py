"""Lines to receipts for the metrics, and to purchases and people for the card file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.calendar import month_number
from vafa.core.frame import GOODS, RECEIPTS
from vafa.core.records import Happening, Line, Person, Purchase
from vafa.know.gathering import each_its_own

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TOLD = ("customer_name", "phone", "email", "birthday")
_OF_PRODUCT = ("product_id", "product_name", "category", "brand")
_TOGETHER = 5_000  # purchases whose lines are made at once
_BESIDE = ("returns", "store", "channel", "seller", "tender")  # of a purchase: the first that a line tells


def _bought(lines: pa.Table) -> pa.Table:
    kind = lines["kind"]
    wanted = pc.or_(pc.equal(kind, "sale"), pc.equal(kind, "return"))
    return lines if pc.all(wanted).as_py() else lines.filter(wanted)


def receipts(lines: pa.Table, calendar: str, *, ordered: bool = True) -> pa.Table:
    """``core.frame.RECEIPTS``: one row a sale or return, by (at, purchase_id); months count in ``calendar``.

    The cost is null unless every line tells its own. Not ``ordered``: in any order, which no metric asks for.
    Purchases without names (``read_sales`` with ``named`` off) have one line each.
    """
    bought = _bought(lines)
    if each_its_own(bought["purchase_id"]):
        single = bought.sort_by([("at", "ascending"), ("purchase_id", "ascending")]) if ordered else bought
        return _rolled(single, calendar)
    keep = pc.ScalarAggregateOptions(skip_nulls=False)
    wanted = ["purchase_id", "customer_id", "at", "day", "kind", "amount", "cost"]
    grouped = (
        bought.select(wanted)
        .group_by("purchase_id", use_threads=False)
        .aggregate(
            [
                ("customer_id", "first"),
                ("at", "min"),
                ("day", "min"),
                ("kind", "first"),
                ("amount", "sum"),
                ("cost", "sum", keep),
            ]
        )
        .sort_by([("at_min", "ascending"), ("purchase_id", "ascending")])
    )
    names = [name.removesuffix("_first").removesuffix("_min").removesuffix("_sum") for name in grouped.column_names]
    return _rolled(grouped.rename_columns(names), calendar)


def _rolled(grouped: pa.Table, calendar: str) -> pa.Table:
    """Receipts out of rows of one purchase each."""
    day = grouped["day"].combine_chunks()
    numbers = day.to_numpy()
    first, last = (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)
    month_of = np.zeros(last - first + 1, np.int32)
    month_of[numbers - first] = 1
    for place in np.flatnonzero(month_of).tolist():
        month_of[place] = month_number(first + place, calendar)
    months = month_of[numbers - first]
    sale = pc.equal(grouped["kind"], "sale").combine_chunks().cast(pa.int8())
    sign = pc.subtract(pc.multiply(sale.cast(pa.int64()), 2), 1)
    columns = {
        "customer_id": grouped["customer_id"],
        "purchase_id": grouped["purchase_id"],
        "at": grouped["at"],
        "day": day,
        "month": pa.array(months, pa.int32()),
        "sale": sale,
        "amount": pc.multiply(grouped["amount"], sign),
        "cost": pc.multiply(grouped["cost"], sign),
    }
    return pa.table([columns[f.name] for f in RECEIPTS], schema=RECEIPTS)


def purchases(lines: pa.Table, *, source: str, zone: ZoneInfo) -> Iterator[Purchase]:
    """Sales and returns with their lines, in order of time; where it is the same, as the file tells them.

    Times are given in ``zone``.
    """
    bought = _bought(lines)
    if not bought.num_rows:
        return
    ids = bought["purchase_id"].combine_chunks().dictionary_encode()
    of = ids.indices.to_numpy()
    count = len(ids.dictionary)
    at = pc.cast(bought["at"], pa.int64()).to_numpy()
    begins = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(begins, of, at)
    rank = np.empty(count, np.int64)
    rank[np.argsort(begins, kind="stable")] = np.arange(count)
    order = np.argsort(rank[of], kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(rank[of[order]]) > 0])
    ends = np.r_[starts[1:], len(order)]
    head = bought.take(pa.array(order[starts]))
    beside = {name: _firsts(bought[name], order, starts) for name in _BESIDE}
    days = np.minimum.reduceat(bought["day"].to_numpy()[order], starts)
    totals = np.add.reduceat(bought["amount"].to_numpy()[order], starts)
    columns = zip(
        head["purchase_id"].to_pylist(),
        head["kind"].to_pylist(),
        head["customer_id"].to_pylist(),
        begins[of[order[starts]]].tolist(),
        days.tolist(),
        totals.tolist(),
        starts.tolist(),
        ends.tolist(),
        beside["returns"],
        *([text or "" for text in beside[name]] for name in _BESIDE[1:]),
        strict=True,
    )
    lines_of = _lines(bought)
    for part in batched(columns, _TOGETHER):
        before = part[0][6]
        line = lines_of(order[before : part[-1][7]])
        for key, kind, customer, moment, day, total, start, end, *rest in part:
            when = (_EPOCH + dt.timedelta(microseconds=moment)).astimezone(zone)
            yield Purchase(
                source, key, kind, customer, when, day, total, tuple(line[start - before : end - before]), *rest
            )


def goods(lines: pa.Table) -> pa.Table | None:
    """``core.frame.GOODS``: what known customers bought; None where no line tells a product."""
    if lines["product_id"].null_count == len(lines):
        return None
    known = pc.and_(pc.is_valid(lines["customer_id"]), pc.is_valid(lines["product_id"]))
    sold = lines.filter(pc.and_(known, pc.equal(lines["kind"], "sale")))
    cheaper = pc.greater(pc.fill_null(sold["discount"], 0), 0).cast(pa.int8())
    columns = [sold[name] for name in ("customer_id", "day", "product_id", "category", "amount")]
    return pa.table([*columns, cheaper, sold["brand"]], schema=GOODS)


def products(lines: pa.Table) -> list[tuple[str, str, str, str]]:
    """What sales and returns tell of products: code, name, category, brand; each once, in the order of telling."""
    names = list(_OF_PRODUCT)
    told = _bought(lines).group_by(names, use_threads=False).aggregate([("at", "min"), ("row", "min")])
    told = told.sort_by([("at_min", "ascending"), ("row_min", "ascending")])
    return list(zip(*(pc.fill_null(told[name], "").to_pylist() for name in names), strict=True))


def happenings(lines: pa.Table, *, source: str, zone: ZoneInfo) -> list[Happening]:
    """What known customers did besides buying, in order of time; a file's row is named by its purchase_id."""
    apart = pc.is_in(lines["kind"], pa.array(["sale", "return", "redeem", "choose", "signup", "referral"]))
    wanted = lines.filter(pc.and_(pc.invert(apart), pc.is_valid(lines["customer_id"])))
    wanted = wanted.sort_by([("at", "ascending"), ("row", "ascending")])
    columns = zip(
        *(wanted[name].to_pylist() for name in ("purchase_id", "customer_id", "kind", "at", "day")), strict=True
    )
    return [
        Happening(source, key, customer, kind, at.astimezone(zone), day) for key, customer, kind, at, day in columns
    ]


def brought(lines: pa.Table) -> list[tuple[str, str, dt.datetime, int]]:
    """Who was brought by whom, when, and the row that tells it; each once, as told first."""
    known = lines.filter(pc.and_(pc.is_valid(lines["referred_by"]), pc.is_valid(lines["customer_id"])))
    known = known.sort_by([("at", "ascending"), ("row", "ascending")])
    found: dict[str, tuple[str, str, dt.datetime, int]] = {}
    for row in zip(*(known[name].to_pylist() for name in ("customer_id", "referred_by", "at", "row")), strict=True):
        found.setdefault(row[0], row)
    return list(found.values())


def _firsts(column: pa.ChunkedArray, order: np.ndarray, starts: np.ndarray) -> list[Any]:
    """For each purchase the first value that one of its lines tells."""
    if column.null_count == len(column):
        return [None] * len(starts)
    places = np.arange(len(order))
    told = column.is_valid().to_numpy()[order]
    first = np.minimum.reduceat(np.where(told, places, len(order)), starts)
    some = first < len(order)
    chosen = pa.array(order[np.where(some, first, 0)], mask=~some)
    taken: list[Any] = column.take(chosen).to_pylist()
    return taken


def _lines(bought: pa.Table) -> Callable[[np.ndarray], list[Line]]:
    """What makes the lines that stand in some rows."""
    columns = [_numbers(bought["amount"])]
    columns += [_texts(bought[name]) for name in _OF_PRODUCT]
    columns += [_numbers(bought[name]) for name in ("quantity_milli", "unit_price", "discount", "cost", "tax")]

    def made(rows: np.ndarray) -> list[Line]:
        cells = zip(*(column(rows) for column in columns), strict=True)
        return list(map(partial(tuple.__new__, Line), cells))

    return made


def _texts(column: pa.ChunkedArray) -> Callable[[np.ndarray], list[Any]]:
    if column.null_count == len(column):
        return lambda rows: [""] * len(rows)
    encoded = column.combine_chunks().dictionary_encode()
    values = np.array([*encoded.dictionary.to_pylist(), ""], object)
    places = pc.fill_null(encoded.indices, len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    return lambda rows: values[places[rows]].tolist()


def _numbers(column: pa.ChunkedArray) -> Callable[[np.ndarray], list[Any]]:
    if column.null_count == len(column):
        return lambda rows: [None] * len(rows)
    values = pc.fill_null(column, 0).to_numpy()
    if column.null_count:
        values = values.astype(object)
        values[column.is_null().to_numpy()] = None
    return lambda rows: values[rows].tolist()


def people(lines: pa.Table) -> Iterator[Person]:
    """The customers of whom ``lines`` tell a name, phone, e-mail or birthday, by id; what is newest holds."""
    told = pc.is_valid(lines["customer_name"])
    for name in _TOLD[1:]:
        told = pc.or_(told, pc.is_valid(lines[name]))
    known = lines.filter(pc.and_(told, pc.is_valid(lines["customer_id"])))
    known = known.select(["customer_id", "at", "row", *_TOLD]).sort_by([("at", "ascending"), ("row", "ascending")])
    found: dict[str, dict[str, Any]] = {}
    columns = zip(*(known[name].to_pylist() for name in ("customer_id", *_TOLD)), strict=True)
    for customer, name, phone, email, birthday in columns:
        newer = {"name": name, "phone": phone, "email": email, "birthday": birthday}
        found.setdefault(customer, {}).update((key, value) for key, value in newer.items() if value is not None)
    for customer in sorted(found):
        yield Person(customer_id=customer, **found[customer])
