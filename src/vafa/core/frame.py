"""The canonical columns: what every file becomes before any room sees it.

``LINES`` is one row a line, as read; ``RECEIPTS`` is one row a purchase, what the metrics run on; ``GOODS`` is
one row a sold line of a known customer that tells its product.
Amounts are minor units. A *day* counts from 1970-01-01 in the shop's zone; a *month* is
year × 12 + month − 1 in the shop's calendar.
"""

from __future__ import annotations

import pyarrow as pa

LINES = pa.schema(
    [
        ("row", pa.int64()),  # as a spreadsheet counts it: a header is row 1
        ("customer_id", pa.string()),  # null: bought without being known
        ("at", pa.timestamp("us", tz="UTC")),
        ("day", pa.int32()),
        ("kind", pa.string()),  # sale, return, redeem, signup, visit, referral …
        ("purchase_id", pa.string()),  # never null: made from the content where the file has none
        ("amount", pa.int64()),  # positive in sales and in returns; a line of a sale may be negative
        ("returns", pa.string()),
        ("reward", pa.string()),
        ("units", pa.int64()),
        ("product_id", pa.string()),
        ("product_name", pa.string()),
        ("category", pa.string()),
        ("brand", pa.string()),
        ("quantity_milli", pa.int64()),
        ("unit_price", pa.int64()),
        ("discount", pa.int64()),
        ("cost", pa.int64()),
        ("tax", pa.int64()),
        ("tender", pa.string()),
        ("store", pa.string()),
        ("channel", pa.string()),
        ("seller", pa.string()),
        ("customer_name", pa.string()),
        ("phone", pa.string()),
        ("email", pa.string()),
        ("birthday", pa.date32()),
        ("referred_by", pa.string()),  # customer_id of who brought this customer
    ]
)

GOODS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("day", pa.int32()),
        ("product", pa.string()),
        ("category", pa.string()),  # null where it isn't told
        ("amount", pa.int64()),
        ("cheaper", pa.int8()),  # 1: at a discount
        ("brand", pa.string()),  # null where it isn't told
    ]
)

RECEIPTS = pa.schema(
    [
        ("customer_id", pa.string()),
        ("purchase_id", pa.string()),
        ("at", pa.timestamp("us", tz="UTC")),
        ("day", pa.int32()),
        ("month", pa.int32()),
        ("sale", pa.int8()),  # 1 a sale, 0 a return
        ("amount", pa.int64()),  # signed: returns are negative
        ("cost", pa.int64()),  # signed, null where unknown
    ]
)
