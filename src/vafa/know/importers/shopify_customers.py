"""Shopify: the export of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import sheet

KIND = "shopify_customers"
TITLE = gettext_noop("Shopify customers")
PEOPLE = True
NEEDED = ("First Name", "Last Name", "Email", "Total Spent", "Total Orders")


@dataclass(frozen=True)
class Params:
    """Nothing has to be known of such a file."""


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    """Older exports say “Orders” or “Orders Count” and “Default Address Phone”."""
    named = {name.replace("Orders Count", "Total Orders") for name in columns}
    return {"Email": "email"} if set(NEEDED) <= named else None


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """One name, and the phone without the apostrophe that keeps spreadsheets from it."""
    first, last = (pc.fill_null(sheet.column(table, name), "") for name in ("First Name", "Last Name"))
    name = pc.utf8_trim_whitespace(pc.binary_join_element_wise(first, last, " "))
    phones = [pc.utf8_ltrim(sheet.column(table, name), "'") for name in ("Phone", "Default Address Phone")]
    table = sheet.put(sheet.put(table, "Customer", name), "Customer's phone", pc.coalesce(*phones))
    return table, {"Customer": "customer_name", "Customer's phone": "phone"}


def explain(params: Params) -> str:
    return _("Customers by e-mail and phone.")


EXAMPLES = (((*NEEDED, "Phone"), {"Email": "email"}), (("First Name", "Last Name", "Email"), None))
