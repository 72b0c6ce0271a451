"""Square: the export of transactions, one row a payment or a refund."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import sheet, square
from vafa.know.defaults import Defaults

KIND = "square_transactions"
TITLE = gettext_noop("Square transactions")
NEEDED = ("Date", "Time", "Gross Sales", "Net Sales", "Transaction ID", "Payment ID")
NAMES = {
    "Customer Name": "customer_name",
    "Date": "at",
    "Net Sales": "amount",
    "Tax": "tax",
    "Staff Name": "seller",
    "Location": "store",
    "Channel": "channel",
}


@dataclass(frozen=True)
class Params(Defaults):
    """Dates are written as in America where they don't show otherwise; each row tells the zone of its time."""

    date_order: str | None = "mdy"


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    if not set(NEEDED) <= set(columns) or "Item" in columns:
        return None
    return {name: target for name, target in NAMES.items() if name in columns}


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """Sales before tax and tip; a refund gives back what its transaction sold. What was voided never happened."""
    status = pc.fill_null(pc.utf8_lower(sheet.column(table, "Transaction Status")), "")
    table = table.filter(pc.invert(pc.is_in(status, pa.array(["voided", "canceled", "cancelled", "failed"]))))
    return square.plain(table)


def explain(params: Params) -> str:
    return _("Payments and refunds; amounts are net sales, without tax and tip.")


EXAMPLES = (
    (NEEDED, {"Date": "at", "Net Sales": "amount"}),
    ((*NEEDED, "Item"), None),
)
