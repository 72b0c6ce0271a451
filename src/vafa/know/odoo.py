"""What Odoo's exports of orders share: an order's own cells stand in its first row, those of its lines in each.

A user chooses the columns, as technical names or as English labels; the labels change between versions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.know import sheet

NEEDED = ("name", "at", "customer")
TOLD = {
    "at": "at",
    "seller": "seller",
    "store": "store",
    "product": "product_name",
    "quantity": "quantity",
    "price": "unit_price",
}


@dataclass(frozen=True)
class Layout:
    """The names under which each column may stand, and the states in which nothing was sold.

    ``marks``: one of these columns keeps a file apart from any other shop's.
    """

    columns: Mapping[str, tuple[str, ...]]
    no_sale: tuple[str, ...]
    marks: tuple[str, ...]

    def found(self, columns: Sequence[str]) -> dict[str, str]:
        """Field → column, of those that are there; of several names the first one counts."""
        here = {key: [name for name in names if name in columns] for key, names in self.columns.items()}
        return {key: names[0] for key, names in here.items() if names}

    def mapping(self, columns: Sequence[str]) -> dict[str, str] | None:
        found = self.found(columns)
        counted = has_lines(found) or "total" in found
        if not counted or not set(self.marks) & set(columns) or not set(NEEDED) <= set(found):
            return None
        amount = found["line_total"] if "line_total" in found else None if has_lines(found) else found["total"]
        told = {found[key]: target for key, target in TOLD.items() if key in found}
        return told if amount is None else told | {amount: "amount"}


def prepare(table: pa.Table, layout: Layout) -> tuple[pa.Table, Mapping[str, str]]:
    """Complete rows; amounts of lines where the export has lines, else those of the orders."""
    found = layout.found(table.column_names)
    names = pc.fill_null_forward(_cells(table, found, "name"))
    of, count = sheet.orders(names)
    for key in ("at", "seller", "store", "state"):
        if key in found:
            table = sheet.put(table, found[key], sheet.filled(_cells(table, found, key), of, count))
    customer = _cells(table, found, "customer")
    who = pc.coalesce(_cells(table, found, "number"), customer)
    table = sheet.put(table, "Order's name", names)
    table = sheet.put(table, "Customer's number", sheet.filled(who, of, count))
    table = sheet.put(table, "Customer's name", sheet.filled(customer, of, count))
    amount, less, sound, empty = _lines(table, found) if has_lines(found) else _totals(table, found)
    counted = "line_total" if "line_total" in found or has_lines(found) else "total"
    written = _cells(table, found, counted)  # says what can't be read
    total = found.get(counted, "Line total")
    table = sheet.put(table, total, pc.if_else(pa.array(sound), sheet.amounts(amount, sound), written))
    table = sheet.put(table, "Line discount", sheet.amounts(less, sound & (less > 0)))
    back = pa.array(sheet.summed(np.where(sound, amount, 0), of, count)[of] < 0)
    sold = pc.replace_substring_regex(names, r"(?i)\s+refund$", "")
    named = pc.and_(back, pc.not_equal(sold, names))
    table = sheet.put(table, "Refund of", pc.if_else(named, sold, pa.scalar(None, pa.string())))
    table = sheet.put(table, "Kind", pc.if_else(back, "return", "sale"))
    state = pc.fill_null(pc.utf8_lower(_cells(table, found, "state")), "")
    keep = pc.and_(pc.invert(pc.is_in(state, pa.array(layout.no_sale))), pa.array(~empty))
    return table.filter(keep), {
        "Order's name": "purchase_id",
        "Customer's number": "customer_id",
        "Customer's name": "customer_name",
        total: "amount",
        "Line discount": "discount",
        "Kind": "kind",
        "Refund of": "returns",
    }


def _cells(table: pa.Table, found: Mapping[str, str], key: str) -> pa.Array:
    return sheet.column(table, found[key]) if key in found else pa.nulls(len(table), pa.string())


def has_lines(found: Mapping[str, str]) -> bool:
    """Whether the export tells what each line cost."""
    return "line_total" in found or {"quantity", "price"} <= set(found)


_Amounts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # amount, discount, is it sound, is the row empty


def _lines(table: pa.Table, found: Mapping[str, str]) -> _Amounts:
    """Line by line: its total, else quantity × price less its discount in percent."""
    told = {key: _cells(table, found, key) for key in ("line_total", "quantity", "price", "percent")}
    there = {key: cells.is_valid().to_numpy(zero_copy_only=False) for key, cells in told.items()}
    read = {key: sheet.numbers(cells) for key, cells in told.items()}
    gross = sheet.times(read["quantity"][0], read["price"][0])
    less = sheet.times(gross, read["percent"][0]) // 100
    amount = np.where(there["line_total"], read["line_total"][0], gross - less)
    wrong = np.where(there["line_total"], read["line_total"][1], read["quantity"][1] | read["price"][1])
    counted = there["line_total"] | (there["quantity"] & there["price"])
    return amount, less, counted & ~wrong, ~(there["line_total"] | there["quantity"] | there["price"])


def _totals(table: pa.Table, found: Mapping[str, str]) -> _Amounts:
    total = _cells(table, found, "total")
    amount, wrong = sheet.numbers(total)
    there = total.is_valid().to_numpy(zero_copy_only=False)
    return amount, np.zeros(len(table), np.int64), there & ~wrong, np.zeros(len(table), bool)
