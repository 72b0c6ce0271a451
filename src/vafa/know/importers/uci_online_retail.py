"""Online Retail and Online Retail II of the UCI repository: lines of invoices of a British wholesaler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know.defaults import Defaults

KIND = "uci_online_retail"
TITLE = gettext_noop("UCI Online Retail")
NAMES = {
    "invoice": "purchase_id",
    "invoiceno": "purchase_id",
    "stockcode": "product_id",
    "description": "product_name",
    "quantity": "quantity",
    "invoicedate": "at",
    "price": "unit_price",
    "unitprice": "unit_price",
    "customerid": "customer_id",
}


@dataclass(frozen=True)
class Params(Defaults):
    """The shop sold in pounds; ``date_order`` counts only where the dates don't show it."""

    currency: str | None = "GBP"
    date_order: str | None = "mdy"


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    """Both headers, of the first and of the second file."""
    found = {c: NAMES[key] for c in columns if (key := c.replace(" ", "").replace("_", "").lower()) in NAMES}
    whole = sorted(found.values()) == sorted(set(NAMES.values()))
    return found if whole and any(c.lower() == "stockcode" for c in columns) else None


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """An invoice that starts with C gives back; ids lose the .0 that they got from a spreadsheet."""
    source = {target: name for name, target in (mapping(table.column_names) or {}).items()}
    for target in ("customer_id", "purchase_id"):
        if target in source:
            index = table.column_names.index(source[target])
            text = pc.utf8_trim_whitespace(pc.cast(table.column(index), pa.string()))
            text = pc.replace_substring_regex(text, r"^(\d+)\.0+$", r"\1")
            table = table.set_column(index, source[target], text)
    if "purchase_id" not in source:
        return table, {}
    back = pc.fill_null(pc.starts_with(table[source["purchase_id"]], "C", ignore_case=True), False)
    return table.append_column("cancelled", pc.if_else(back, "return", "sale")), {"cancelled": "kind"}


def explain(params: Params) -> str:
    return _("Lines of invoices; an invoice that starts with C is a return, and amounts are quantity × price.")


EXAMPLES = (
    (
        ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"),
        {
            "Invoice": "purchase_id",
            "StockCode": "product_id",
            "Description": "product_name",
            "Quantity": "quantity",
            "InvoiceDate": "at",
            "Price": "unit_price",
            "Customer ID": "customer_id",
        },
    ),
    (("customer_id", "date", "amount"), None),
)
