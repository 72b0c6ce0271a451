"""Square: the export of items, one row for each thing that was sold or given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import sheet, square
from vafa.know.defaults import Defaults

KIND = "square_items"
TITLE = gettext_noop("Square items")
NEEDED = ("Date", "Time", "Item", "Qty", "Gross Sales", "Net Sales", "Transaction ID")
NAMES = {
    "Customer Name": "customer_name",
    "Date": "at",
    "Net Sales": "amount",
    "Item": "product_name",
    "Category": "category",
    "Qty": "quantity",
    "Tax": "tax",
    "Employee": "seller",
    "Location": "store",
    "Channel": "channel",
}


@dataclass(frozen=True)
class Params(Defaults):
    """Dates are written as in America where they don't show otherwise; each row tells the zone of its time."""

    date_order: str | None = "mdy"


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    if not set(NEEDED) <= set(columns):
        return None
    return {name: target for name, target in NAMES.items() if name in columns}


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """As the transactions are read; a product goes by its SKU, else by its name."""
    discount, _wrong = sheet.numbers(sheet.column(table, "Discounts"))
    table = sheet.put(table, "Discounts", sheet.amounts(-discount, discount != 0))
    code = sheet.column(table, "SKU")
    named = sheet.column(table, "Item")
    table, extra = square.plain(sheet.put(table, "Product", pa.compute.coalesce(code, named)))
    return table, {**extra, "Discounts": "discount", "Product": "product_id"}


def explain(params: Params) -> str:
    return _("Sold and returned things with their categories; amounts are net sales, without tax.")


EXAMPLES = (
    (
        (*NEEDED, "Category"),
        {
            "Date": "at",
            "Net Sales": "amount",
            "Item": "product_name",
            "Category": "category",
            "Qty": "quantity",
        },
    ),
    (("Date", "Item", "Qty"), None),
)
