"""What both of Square's exports share: who bought, when, and which payment a refund gives back."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.calendar import known_zone
from vafa.know import sheet

# Ruby on Rails' names of the zones in Square's markets
ZONES = {
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Arizona": "America/Phoenix",
    "Mountain Time (US & Canada)": "America/Denver",
    "Central Time (US & Canada)": "America/Chicago",
    "Saskatchewan": "America/Regina",
    "Eastern Time (US & Canada)": "America/New_York",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Atlantic Time (Canada)": "America/Halifax",
    "Puerto Rico": "America/Puerto_Rico",
    "Newfoundland": "America/St_Johns",
    "London": "Europe/London",
    "Edinburgh": "Europe/London",
    "Dublin": "Europe/Dublin",
    "Paris": "Europe/Paris",
    "Madrid": "Europe/Madrid",
    "Tokyo": "Asia/Tokyo",
    "Osaka": "Asia/Tokyo",
    "Sapporo": "Asia/Tokyo",
    "Perth": "Australia/Perth",
    "Adelaide": "Australia/Adelaide",
    "Darwin": "Australia/Darwin",
    "Brisbane": "Australia/Brisbane",
    "Canberra": "Australia/Canberra",
    "Hobart": "Australia/Hobart",
    "Melbourne": "Australia/Melbourne",
    "Sydney": "Australia/Sydney",
}


def plain(table: pa.Table) -> tuple[pa.Table, Mapping[str, str]]:
    """``table`` with whole times, known zones, customers, and a name for every purchase and every refund."""
    at = pc.binary_join_element_wise(sheet.column(table, "Date"), sheet.column(table, "Time"), " ")
    told = sheet.column(table, "Time Zone").dictionary_encode()
    zones = [ZONES.get(name, name if known_zone(name) else None) for name in told.dictionary.to_pylist()]
    table = sheet.put(table, "Date", pc.coalesce(at, sheet.column(table, "Date")))
    table = sheet.put(table, "Zone", pa.array(zones, pa.string()).take(told.indices))
    who = [sheet.column(table, name) for name in ("Customer ID", "Customer Reference ID", "Customer Name")]
    table = sheet.put(table, "Customer", pc.coalesce(*who))
    ids = sheet.column(table, "Transaction ID")
    refund = pc.fill_null(pc.equal(pc.utf8_lower(sheet.column(table, "Event Type")), "refund"), False)
    sold = ids.filter(pc.invert(refund))
    again = pc.and_(refund, pc.is_in(ids, sold.drop_null()))
    payment = pc.fill_null(sheet.column(table, "Payment ID"), "refund")
    named = pc.if_else(again, pc.binary_join_element_wise(ids, payment, "-"), ids)
    table = sheet.put(table, "Purchase", named)
    table = sheet.put(table, "Refund of", pc.if_else(again, ids, pa.scalar(None, pa.string())))
    table = sheet.put(table, "Kind", pc.if_else(refund, "return", "sale"))
    extra = {"Zone": "zone", "Customer": "customer_id", "Purchase": "purchase_id", "Refund of": "returns"}
    return table, {**extra, "Kind": "kind"}
