"""WooCommerce: the customers' report of its Analytics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import sheet

KIND = "woocommerce_customers"
TITLE = gettext_noop("WooCommerce customers")
PEOPLE = True
NEEDED = ("Name", "Username", "Email", "Orders", "AOV")


@dataclass(frozen=True)
class Params:
    """Nothing has to be known of such a file."""


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    return {"Name": "customer_name", "Email": "email"} if set(NEEDED) <= set(columns) else None


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """The phone of the bill, else that of the parcel."""
    phone = pc.coalesce(sheet.column(table, "Billing Phone"), sheet.column(table, "Shipping Phone"))
    return sheet.put(table, "Customer's phone", phone), {"Customer's phone": "phone"}


def explain(params: Params) -> str:
    return _("Customers by e-mail and phone.")


EXAMPLES = (((*NEEDED, "Total Spend"), {"Name": "customer_name", "Email": "email"}), (("Name", "Email"), None))
