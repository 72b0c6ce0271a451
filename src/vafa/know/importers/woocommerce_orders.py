"""WooCommerce: the orders' report of its Analytics, one row an order; it names customers, but gives them no number."""

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

KIND = "woocommerce_orders"
TITLE = gettext_noop("WooCommerce orders")
NEEDED = ("Date", "Order #", "Status", "Customer", "Product(s)", "Items sold", "Net Sales")
NAMES = {
    "Date": "at",
    "Order #": "purchase_id",
    "Customer": "customer_id",
    "Net Sales": "amount",
    "Items sold": "quantity",
    "Attribution": "channel",
}
NO_SALE = ("pending", "pending payment", "failed", "cancelled", "trash", "checkout-draft", "draft")


@dataclass(frozen=True)
class Params(Defaults):
    """Nothing has to be known of such a file."""


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    if not set(NEEDED) <= set(columns):
        return None
    return {name: target for name, target in NAMES.items() if name in columns}


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """Orders that were never paid are left out; a refund is a return of its order."""
    status = pc.fill_null(pc.utf8_lower(sheet.column(table, "Status")), "")
    status = pc.utf8_ltrim(pc.replace_substring_regex(status, "^wc-", ""), " ")
    keep = pc.invert(pc.is_in(status, pa.array(NO_SALE)))
    table, status = table.filter(keep), status.filter(keep)
    net, _wrong = sheet.numbers(sheet.column(table, "Net Sales"))
    ids = sheet.column(table, "Order #")
    back = pa.array(net < 0)
    table = sheet.put(table, "Refund of", pc.if_else(back, ids, pa.scalar(None, pa.string())))
    table = sheet.put(table, "Kind", pc.if_else(back, "return", "sale"))
    table = sheet.put(table, "Order #", pc.if_else(back, _refund_names(ids, net), ids))
    table = sheet.put(table, "Product", _only_product(table))
    whole = pc.and_(pc.equal(status, "refunded"), pc.invert(pc.is_in(ids, ids.filter(back))))
    places = np.flatnonzero(pc.fill_null(whole, False).to_numpy(zero_copy_only=False) & (net > 0))
    named = ids.take(pa.array(places))
    again = {
        "Order #": pc.binary_join_element_wise(named, "refund", "-"),
        "Refund of": named,
        "Kind": pa.repeat("return", len(places)),
    }
    table = sheet.given_back(table, places, again, ())
    return table, {"Refund of": "returns", "Kind": "kind", "Product": "product_name"}


def _refund_names(ids: pa.Array, net: np.ndarray) -> pa.Array:
    """An order's refunds: -refund, -refund-2 …"""
    seen: dict[str | None, int] = {}
    names = []
    for name, amount in zip(ids.to_pylist(), net.tolist(), strict=True):
        seen[name] = seen.get(name, 0) + (amount < 0)
        names.append(None if name is None else f"{name}-refund" + (f"-{seen[name]}" if seen[name] > 1 else ""))
    return pa.array(names, pa.string())


def _only_product(table: pa.Table) -> pa.Array:
    """The product where the order has one kind of it: “2x Tea” is Tea; what several cost is not told."""
    told = sheet.column(table, "Product(s)")
    single = pc.extract_regex(told, r"^\d+\s?[x×]\s+(?P<name>.+)$")
    several = pc.fill_null(pc.match_substring_regex(told, r",\s*\d+\s?[x×]\s"), False)
    name = pc.if_else(pc.is_valid(single), pc.struct_field(single, "name"), pa.scalar(None, pa.string()))
    return pc.if_else(several, pa.scalar(None, pa.string()), name)


def explain(params: Params) -> str:
    return _("Orders by their net sales; customers go by their names, as the report tells nothing else of them.")


EXAMPLES = (
    (
        (*NEEDED, "Coupon(s)"),
        {
            "Date": "at",
            "Order #": "purchase_id",
            "Customer": "customer_id",
            "Net Sales": "amount",
            "Items sold": "quantity",
        },
    ),
    (("Date", "Order #", "Net Sales"), None),
)
