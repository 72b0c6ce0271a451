"""Odoo: the export of orders of its point of sale, one row an order or one row a line of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import odoo
from vafa.know.defaults import Defaults

KIND = "odoo_pos_orders"
TITLE = gettext_noop("Odoo point of sale")
LAYOUT = odoo.Layout(
    columns={
        "name": ("name", "Order Ref", "Order Reference"),
        "at": ("date_order", "Date", "Order Date"),
        "customer": ("partner_id", "Customer", "partner_id/name", "Customer/Name"),
        "number": ("partner_id/id", "Customer/External ID", "partner_id/.id", "Customer/ID"),
        "total": ("amount_total", "Total"),
        "state": ("state", "Status"),
        "seller": ("user_id", "employee_id", "Employee", "Cashier", "Responsible"),
        "store": ("config_id", "Point of Sale"),
        "product": ("lines/product_id", "Order Lines/Product", "Order lines/Product"),
        "quantity": ("lines/qty", "Order Lines/Quantity"),
        "price": ("lines/price_unit", "Order Lines/Unit Price"),
        "percent": ("lines/discount", "Order Lines/Discount (%)"),
        "line_total": (
            "lines/price_subtotal_incl",
            "lines/price_subtotal",
            "Order Lines/Tax Incl.",
            "Order Lines/Subtotal w/ tax",
            "Order Lines/Subtotal",
            "Order Lines/Tax Excl.",
            "Order Lines/Subtotal w/o Tax",
        ),
    },
    no_sale=("draft", "new", "cancel", "cancelled"),
    marks=(
        "lines/product_id",
        "lines/qty",
        "lines/price_subtotal_incl",
        "session_id",
        "config_id",
        "Point of Sale",
        "pos_reference",
        "Receipt Number",
        "Order Ref",
    ),
)


@dataclass(frozen=True)
class Params(Defaults):
    """Nothing has to be known of such a file."""


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    return LAYOUT.mapping(columns)


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    return odoo.prepare(table, LAYOUT)


def explain(params: Params) -> str:
    return _("Orders of the point of sale with their lines; a negative order is a return.")


EXAMPLES = (
    (
        ("name", "date_order", "partner_id", "amount_total", "lines/product_id", "lines/qty"),
        {"date_order": "at", "amount_total": "amount", "lines/qty": "quantity", "lines/product_id": "product_name"},
    ),
    (("customer_id", "date", "amount"), None),
)
