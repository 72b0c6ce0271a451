"""The columnar copy of all receipts that the metrics run on.

Parquet files of 200,000 purchase numbers each. A file is written anew when what the database holds
in its range differs in count or sums, so late, voided and merged purchases are caught too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection

from vafa.core import bulk
from vafa.core.calendar import month_number
from vafa.core.frame import GOODS, LINES, RECEIPTS
from vafa.know.models import Customer, Happening, Product

RANGE = 200_000


def refresh(calendar: str) -> list[Path]:
    """Bring the mirror up to date; returns its files, one to many of ``core.frame.RECEIPTS``."""
    folder = Path(settings.HOME) / "mirror"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {_name(calendar, row): row[0] for row in _ranges()}
    for path in folder.glob("receipts-*.parquet"):
        if path.name not in wanted:
            path.unlink()
    for name, part in wanted.items():
        path = folder / name
        if not path.exists():
            fresh = path.with_suffix(".new")
            pq.write_table(_read(part, calendar), fresh, compression="zstd")
            fresh.replace(path)
    return [folder / name for name in wanted] or [_nothing(folder)]


def goods() -> list[Path] | None:
    """What known customers bought, one to many files of ``core.frame.GOODS``; None where no product is told."""
    if not Product.objects.exists():
        return None
    folder = Path(settings.HOME) / "mirror"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"goods-brands-" + "-".join(map(str, row)) + ".parquet": row[0] for row in _ranges()}
    for path in folder.glob("goods-*.parquet"):
        if path.name not in wanted:
            path.unlink()
    for name, part in wanted.items():
        if not (folder / name).exists():
            fresh = (folder / name).with_suffix(".new")
            pq.write_table(_read_goods(part), fresh, compression="zstd")
            fresh.replace(folder / name)
    return [folder / name for name in wanted]


def _read_goods(part: int) -> pa.Table:
    sql = (
        "SELECT c.code, p.day, g.code, NULLIF(g.category, ''), l.amount, CASE WHEN l.discount > 0 THEN 1 ELSE 0 END, "
        "NULLIF(g.brand, '') FROM know_line l JOIN know_purchase p ON p.id = l.purchase_id "
        "JOIN know_product g ON g.id = l.product_id "
        "JOIN know_customer c ON c.id = p.customer_id "
        "WHERE p.voided_at IS NULL AND p.kind = 'sale' AND p.id >= %s AND p.id < %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [part * RANGE, (part + 1) * RANGE])
        columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(GOODS)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, GOODS, strict=True)], schema=GOODS)


def _nothing(folder: Path) -> Path:
    path = folder / "receipts-none.parquet"
    pq.write_table(RECEIPTS.empty_table(), path)
    return path


def _ranges() -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id / {RANGE}, count(*), sum(id), sum(coalesce(customer_id, 0)) FROM know_purchase "
            f"WHERE voided_at IS NULL GROUP BY id / {RANGE} ORDER BY 1"
        )
        return [tuple(int(value) for value in row) for row in cursor.fetchall()]


def _name(calendar: str, signature: tuple[int, ...]) -> str:
    return f"receipts-{calendar}-" + "-".join(map(str, signature)) + ".parquet"


def _read(part: int, calendar: str) -> pa.Table:
    sql = (
        "SELECT c.code, p.id, p.at, p.day, p.kind, p.amount, l.cost FROM know_purchase p "
        "LEFT JOIN know_customer c ON c.id = p.customer_id "
        "LEFT JOIN (SELECT purchase_id, sum(cost) AS cost FROM know_line WHERE cost IS NOT NULL "
        "AND purchase_id >= %s AND purchase_id < %s GROUP BY purchase_id) l ON l.purchase_id = p.id "
        "WHERE p.voided_at IS NULL AND p.id >= %s AND p.id < %s"
    )
    low, high = part * RANGE, (part + 1) * RANGE
    with connection.cursor() as cursor:
        cursor.execute(sql, [low, high, low, high])
        rows = cursor.fetchall()
    months = {day: month_number(day, calendar) for day in {row[3] for row in rows}}
    sign = [1 if row[4] == "sale" else -1 for row in rows]
    columns = [
        [row[0] for row in rows],
        [str(row[1]) for row in rows],
        [bulk.moment(row[2]) for row in rows],
        [row[3] for row in rows],
        [months[row[3]] for row in rows],
        [(s + 1) // 2 for s in sign],
        [s * row[5] for s, row in zip(sign, rows, strict=True)],
        [None if row[6] is None else s * int(row[6]) for s, row in zip(sign, rows, strict=True)],
    ]
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, RECEIPTS, strict=True)], schema=RECEIPTS)


def as_lines(
    files: Sequence[Path], *, sample: int | None = None, brought: Sequence[tuple[str, str, datetime, int]] = ()
) -> pa.Table:
    """The mirror's receipts as ``core.frame.LINES``, a line a purchase; of ``sample`` customers where told.

    The sample is spread evenly over all customers, by number. Their birthdays and what they did besides
    buying are among the lines; so is who was ``brought``: (customer, by whom, at, day).
    """
    table = pa.concat_tables([pq.read_table(path) for path in files])
    if sample is not None:
        known = sorted(code for code in table["customer_id"].unique().to_pylist() if code)
        chosen = pa.array(known[:: max(1, len(known) // sample)])
        table = table.filter(pc.is_in(table["customer_id"], chosen))
    told = {
        "customer_id": table["customer_id"],
        "at": table["at"],
        "day": table["day"],
        "kind": pc.if_else(pc.equal(table["sale"], 1), "sale", "return"),
        "purchase_id": table["purchase_id"],
        "amount": pc.abs(table["amount"]),
        "row": pa.array(range(len(table)), pa.int64()),
        "birthday": _birthdays(table["customer_id"]),
    }
    bought = pa.table(
        [told[field.name] if field.name in told else pa.nulls(len(table), field.type) for field in LINES],
        schema=LINES,
    )
    return pa.concat_tables([bought, _besides(table["customer_id"].unique(), brought, len(table))])


def _birthdays(customers: pa.ChunkedArray) -> pa.ChunkedArray:
    born = list(Customer.objects.exclude(birthday=None).values_list("code", "birthday"))
    codes, days = pa.array([code for code, _day in born], pa.string()), pa.array([d for _c, d in born], pa.date32())
    return pc.take(days, pc.index_in(customers, codes))


def _besides(customers: pa.Array, brought: Sequence[tuple[str, str, datetime, int]], first: int) -> pa.Table:
    """Rows of what customers did besides buying; their birthdays stand on the purchases."""
    known = set(customers.to_pylist())
    happened = Happening.objects.exclude(source="birthday").values_list("customer__code", "event", "at", "day")
    rows: list[dict[str, Any]] = [
        {"customer_id": code, "kind": event, "at": at, "day": day} for code, event, at, day in happened if code in known
    ]
    rows += [
        {"customer_id": code, "kind": "referral", "referred_by": by, "at": at, "day": day}
        for code, by, at, day in brought
        if code in known
    ]
    filled = [{"purchase_id": f"+{n}", "amount": 0, "row": first + n} | row for n, row in enumerate(rows)]
    return pa.table([pa.array([row.get(f.name) for row in filled], f.type) for f in LINES], schema=LINES)
