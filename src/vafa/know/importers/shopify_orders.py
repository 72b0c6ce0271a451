"""Shopify: the export of orders, one row a line item; what concerns the whole order stands in its first row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import sheet
from vafa.know.defaults import Defaults

KIND = "shopify_orders"
TITLE = gettext_noop("Shopify orders")
NEEDED = ("Name", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price")
NAMES = {
    "Name": "purchase_id",
    "Created at": "at",
    "Lineitem quantity": "quantity",
    "Lineitem name": "product_name",
    "Lineitem sku": "product_id",
    "Lineitem price": "unit_price",
    "Vendor": "brand",
    "Currency": "currency",
    "Email": "email",
    "Billing Name": "customer_name",
    "Payment Method": "tender",
    "Location": "store",
    "Source": "channel",
    "Employee": "seller",
}
NEVER_PAID = ("voided", "expired")
_OF_ORDER = ("Created at", "Financial Status", "Currency", "Email", "Billing Name", "Payment Method", "Location",
             "Source", "Employee")  # fmt: skip
_OF_LINE = ("Lineitem quantity", "Lineitem name", "Lineitem sku", "Lineitem price", "Vendor", "Line discount", "Tax")


@dataclass(frozen=True)
class Params(Defaults):
    """The file tells its currency, and its times carry their offset."""


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    if not set(NEEDED) <= set(columns):
        return None
    return {name: target for name, target in NAMES.items() if name in columns}


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """Lines that add up to the order's subtotal, and a return for what was refunded.

    The subtotal is the goods after every discount, before shipping; who bought is known by e-mail, else by phone.
    """
    of, count = sheet.orders(sheet.column(table, "Name"))
    for name in _OF_ORDER:
        if name in table.column_names:
            table = sheet.put(table, name, sheet.filled(sheet.column(table, name), of, count))
    phone = _phone(table)
    who = sheet.filled(pc.coalesce(pc.utf8_lower(sheet.column(table, "Email")), phone), of, count)
    table = sheet.put(sheet.put(table, "Customer", who), "Customer's phone", sheet.filled(phone, of, count))
    table, goods = _amounts(table, of, count)
    table = _refunds(table, sheet.firsts(of, count), goods)
    status = pc.fill_null(pc.utf8_lower(sheet.column(table, "Financial Status")), "")
    table = table.filter(pc.invert(pc.is_in(status, pa.array(NEVER_PAID))))
    return table, {
        "Customer": "customer_id",
        "Customer's phone": "phone",
        "Line total": "amount",
        "Line discount": "discount",
        "Tax": "tax",
        "Kind": "kind",
        "Refund of": "returns",
    }


def _phone(table: pa.Table) -> pa.Array:
    """Shopify puts an apostrophe before numbers, so that spreadsheets leave them alone."""
    named = [pc.utf8_ltrim(sheet.column(table, name), "'") for name in ("Phone", "Billing Phone", "Shipping Phone")]
    return pc.coalesce(*named)


def _amounts(table: pa.Table, of: np.ndarray, count: int) -> tuple[pa.Table, np.ndarray]:
    """What was paid for each line, and for all goods of each order."""
    quantity, unclear = sheet.numbers(sheet.column(table, "Lineitem quantity"))
    price, unread = sheet.numbers(sheet.column(table, "Lineitem price"))
    less, _unread = sheet.numbers(sheet.column(table, "Lineitem discount"))
    sound = ~(unclear | unread)
    gross = sheet.times(quantity, price)
    first = pa.array(sheet.firsts(of, count))
    subtotal = sheet.filled(sheet.column(table, "Subtotal"), of, count).take(first)
    totals, wrong = sheet.numbers(subtotal)
    told = subtotal.is_valid().to_numpy(zero_copy_only=False) & ~wrong
    hurt = np.zeros(count, bool)
    hurt[of[~sound]] = True  # its fault is told by the cell itself
    currency = pc.drop_null(sheet.column(table, "Currency"))
    paid = sheet.share_out(gross - less, of, totals, told & ~hurt, currency[0].as_py() if len(currency) else "")
    table = sheet.put(table, "Line total", sheet.amounts(paid, sound))
    table = sheet.put(table, "Line discount", sheet.amounts(gross - paid, sound & (gross > paid)))
    return sheet.put(table, "Tax", sheet.column(table, "Taxes")), sheet.summed(paid, of, count)


def _refunds(table: pa.Table, first: np.ndarray, goods: np.ndarray) -> pa.Table:
    """What was refunded, without shipping and tax that went back with all of the goods."""
    kinds = pa.repeat("sale", len(table))
    table = sheet.put(sheet.put(table, "Kind", kinds), "Refund of", pa.nulls(len(table), pa.string()))
    told, _wrong = sheet.numbers(sheet.column(table, "Refunded Amount").take(pa.array(first)))
    back = np.minimum(told, goods)
    places, back = first[back > 0], back[back > 0]
    names = sheet.column(table, "Name").take(pa.array(places))
    columns = {
        "Name": pc.binary_join_element_wise(names, "refund", "-"),
        "Refund of": names,
        "Kind": pa.repeat("return", len(places)),
        "Line total": sheet.amounts(back, np.ones(len(places), bool)),
    }
    if "Cancelled at" in table.column_names:
        cancelled = sheet.column(table, "Cancelled at").take(pa.array(places))
        columns["Created at"] = pc.coalesce(cancelled, sheet.column(table, "Created at").take(pa.array(places)))
    return sheet.given_back(table, places, columns, _OF_LINE)


def explain(params: Params) -> str:
    return _("Orders with their lines; amounts are the goods after discounts, and refunds are returns.")


EXAMPLES = (
    (
        (*NEEDED, "Email", "Subtotal"),
        {
            "Name": "purchase_id",
            "Created at": "at",
            "Lineitem quantity": "quantity",
            "Lineitem name": "product_name",
            "Lineitem price": "unit_price",
            "Email": "email",
        },
    ),
    (("Name", "Created at", "Total"), None),
)
