"""WooCommerce: orders as its customer and order export extensions write them, by order or by item."""

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

KIND = "woocommerce_export"
TITLE = gettext_noop("WooCommerce order export")
NEEDED = ("order_id", "order_date", "status", "order_total")
_MARK = ("order_number", "billing_first_name", "customer_email", "customer_user", "billing_email")
NAMES = {
    "order_id": "purchase_id",
    "order_date": "at",
    "order_currency": "currency",
    "payment_method": "tender",
    "item_name": "product_name",
    "item_quantity": "quantity",
}
NO_SALE = ("pending", "failed", "cancelled", "trash", "checkout-draft", "draft")
_OF_ORDER = ("order_date", "status", "order_currency", "payment_method")
_OF_LINE = ("item_name", "item_quantity", "Product", "Line discount", "Order tax")
_BESIDE = ("shipping_total", "shipping_tax_total", "fee_total", "fee_tax_total", "tax_total")


@dataclass(frozen=True)
class Params(Defaults):
    """The file tells its currency."""


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    if not set(NEEDED) <= set(columns) or not set(_MARK) & set(columns):
        return None
    return {name: target for name, target in NAMES.items() if name in columns} | {"order_total": "amount"}


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """Goods after discounts, without shipping, fees and tax; customers by their number, guests by their e-mail."""
    of, count = sheet.orders(sheet.column(table, "order_id"))
    for name in _OF_ORDER:
        if name in table.column_names:
            table = sheet.put(table, name, sheet.filled(sheet.column(table, name), of, count))
    email = sheet.filled(sheet.column(table, "customer_email", "billing_email"), of, count)
    number = sheet.filled(sheet.column(table, "customer_id"), of, count)
    number = pc.if_else(pc.equal(number, "0"), pa.scalar(None, pa.string()), number)
    table = sheet.put(table, "Customer", pc.coalesce(number, pc.utf8_lower(email)))
    table = sheet.put(table, "Customer's e-mail", email)
    table = sheet.put(table, "Customer's name", sheet.filled(_name(table), of, count))
    table = sheet.put(table, "Customer's phone", sheet.filled(sheet.column(table, "billing_phone"), of, count))
    table = sheet.put(table, "Product", pc.coalesce(*(sheet.column(table, n) for n in ("item_sku", "item_product_id"))))
    table = _refunds(_amounts(table, of, count), of, count)
    return table.filter(pc.invert(pc.is_in(_status(table), pa.array(NO_SALE)))), {
        "Customer": "customer_id",
        "Customer's e-mail": "email",
        "Customer's name": "customer_name",
        "Customer's phone": "phone",
        "Product": "product_id",
        "Line discount": "discount",
        "Order tax": "tax",
        "Kind": "kind",
        "Refund of": "returns",
    }


def _status(table: pa.Table) -> pa.Array:
    return pc.replace_substring_regex(pc.fill_null(pc.utf8_lower(sheet.column(table, "status")), ""), "^wc-", "")


def _name(table: pa.Table) -> pa.Array:
    parts = [pc.fill_null(sheet.column(table, f"billing_{part}_name"), "") for part in ("first", "last")]
    name = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*parts, " "))
    return pc.if_else(pc.equal(name, ""), pa.scalar(None, pa.string()), name)


def _amounts(table: pa.Table, of: np.ndarray, count: int) -> pa.Table:
    first = sheet.firsts(of, count)

    def of_order(name: str) -> np.ndarray:
        return sheet.numbers(sheet.filled(sheet.column(table, name), of, count).take(pa.array(first)))[0]

    _read, wrong = sheet.numbers(sheet.column(table, "order_total"))
    told = pc.is_valid(sheet.filled(sheet.column(table, "order_total"), of, count)).to_numpy(zero_copy_only=False)
    goods = of_order("order_total") - sum((of_order(name) for name in _BESIDE), np.zeros(count, np.int64))
    less = of_order("discount_total") if "discount_total" in table.column_names else of_order("cart_discount")
    hurt = np.zeros(count, bool)
    hurt[of[wrong]] = True
    if "item_total" in table.column_names:
        lines, unread = sheet.numbers(sheet.column(table, "item_total"))
        before, _unread = sheet.numbers(sheet.column(table, "item_subtotal", "item_total"))
        hurt[of[unread]] = True
        discount = np.maximum(before - lines, 0)
    else:
        lines = np.where(np.arange(len(of)) == first[of], goods[of], 0)
        discount = np.where(np.arange(len(of)) == first[of], less[of], 0)
    sound = told & ~hurt[of]
    paid = np.where(sound, lines, 0)
    written = sheet.column(table, "order_total")  # says what can't be read
    table = sheet.put(table, "order_total", pc.if_else(pa.array(sound), sheet.amounts(paid, sound), written))
    table = sheet.put(table, "Line discount", sheet.amounts(discount, sound & (discount > 0)))
    taxes = np.where(np.arange(len(of)) == first[of], of_order("tax_total")[of], 0)
    table = sheet.put(table, "Order tax", sheet.amounts(taxes, taxes > 0))
    return sheet.put(table, "Refund of", pa.nulls(len(table), pa.string()))


def _refunds(table: pa.Table, of: np.ndarray, count: int) -> pa.Table:
    """What was given back of the goods: the refunded total, or all of an order that is called refunded."""
    table = sheet.put(table, "Kind", pa.repeat("sale", len(table)))
    first = sheet.firsts(of, count)
    paid, _wrong = sheet.numbers(sheet.column(table, "order_total"))
    goods = sheet.summed(paid, of, count)
    whole = pc.is_in(_status(table).take(pa.array(first)), pa.array(["refunded"])).to_numpy(zero_copy_only=False)
    back, _wrong = sheet.numbers(sheet.column(table, "refunded_total", "refund_total").take(pa.array(first)))
    back = np.minimum(np.where(whole & (back == 0), goods, np.abs(back)), goods)
    places, back = first[back > 0], back[back > 0]
    ids = sheet.column(table, "order_id").take(pa.array(places))
    columns = {
        "order_id": pc.binary_join_element_wise(ids, "refund", "-"),
        "Refund of": ids,
        "Kind": pa.repeat("return", len(places)),
        "order_total": sheet.amounts(back, np.ones(len(places), bool)),
    }
    return sheet.given_back(table, places, columns, _OF_LINE)


def explain(params: Params) -> str:
    return _("Orders with their items where the export has them; amounts are the goods after discounts.")


EXAMPLES = (
    (
        (*NEEDED, "order_number", "customer_id"),
        {"order_id": "purchase_id", "order_date": "at", "order_total": "amount"},
    ),
    (("order_id", "order_date", "order_total"), None),
)
