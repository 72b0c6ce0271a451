"""Odoo: the export of sales orders, one row an order or one row a line of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import odoo
from vafa.know.defaults import Defaults

KIND = "odoo_sale_orders"
TITLE = gettext_noop("Odoo sales")
LAYOUT = odoo.Layout(
    columns={
        "name": ("name", "Order Reference", "Number"),
        "at": ("date_order", "Order Date"),
        "customer": ("partner_id", "Customer", "partner_id/name", "Customer/Name"),
        "number": ("partner_id/id", "Customer/External ID", "partner_id/.id", "Customer/ID"),
        "total": ("amount_total", "Total"),
        "state": ("state", "Status"),
        "seller": ("user_id", "Salesperson"),
        "store": ("team_id", "Sales Team", "warehouse_id", "Warehouse"),
        "product": ("order_line/product_id", "Order Lines/Product"),
        "quantity": ("order_line/product_uom_qty", "Order Lines/Quantity"),
        "price": ("order_line/price_unit", "Order Lines/Unit Price"),
        "percent": ("order_line/discount", "Order Lines/Discount (%)"),
        "line_total": (
            "order_line/price_total",
            "Order Lines/Total",
            "order_line/price_subtotal",
            "Order Lines/Subtotal",
        ),
    },
    no_sale=("draft", "quotation", "sent", "quotation sent", "cancel", "cancelled"),
    marks=("partner_id", "order_line/product_id", "Order Reference", "Order Lines/Product"),
)


@dataclass(frozen=True)
class Params(Defaults):
    """Nothing has to be known of such a file."""


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    return LAYOUT.mapping(columns)


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    return odoo.prepare(table, LAYOUT)


def explain(params: Params) -> str:
    return _("Confirmed sales orders with their lines; quotations are left out.")


EXAMPLES = (
    (
        ("name", "date_order", "partner_id", "amount_total", "state"),
        {"date_order": "at", "amount_total": "amount"},
    ),
    (("customer_id", "date", "amount"), None),
)
