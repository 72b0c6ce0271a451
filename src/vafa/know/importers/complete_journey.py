"""Complete Journey: a year of grocery baskets of some 2,500 households, with their products beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know.defaults import Defaults

KIND = "complete_journey"
TITLE = gettext_noop("Complete Journey")
COLUMNS = {
    "household_id": "customer_id",
    "basket_id": "purchase_id",
    "transaction_timestamp": "at",
    "sales_value": "amount",
    "quantity": "quantity",
    "store_id": "store",
    "product_id": "product_id",
}
DISCOUNTS = ("retail_disc", "coupon_disc", "coupon_match_disc")
PRODUCT = {"product_type": "product_name", "product_category": "category", "brand": "brand"}


@dataclass(frozen=True)
class Params(Defaults):
    """The file's times are UTC (``written_in``); the shops' days are those of New York."""

    time_zone: str | None = "America/New_York"
    currency: str | None = "USD"
    written_in: str | None = "UTC"


def mapping(columns: Sequence[str]) -> Mapping[str, str] | None:
    return COLUMNS if COLUMNS.keys() <= set(columns) else None


def prepare(table: pa.Table, path: Path) -> tuple[pa.Table, Mapping[str, str]]:
    """Sums the three discounts, and looks the products up in ``products.parquet`` beside the file."""
    extra: dict[str, str] = {}
    if set(DISCOUNTS) <= set(table.column_names):
        try:
            one, two, three = (pc.fill_null(pc.cast(table[name], pa.float64()), 0.0) for name in DISCOUNTS)
        except pa.ArrowInvalid:  # a text that is no number: the discount stays unknown
            return _with_products(table, path, extra)
        table = table.append_column("discount", pc.round(pc.add(pc.add(one, two), three), 2))
        extra["discount"] = "discount"
    return _with_products(table, path, extra)


def _with_products(table: pa.Table, path: Path, extra: dict[str, str]) -> tuple[pa.Table, Mapping[str, str]]:
    beside = path.with_name("products.parquet")
    if not beside.is_file() or not {"product_id", *PRODUCT} <= set(pq.read_schema(beside).names):
        return table, extra
    products = pq.read_table(beside, columns=["product_id", *PRODUCT])
    keys = pc.cast(products["product_id"], pa.string()).combine_chunks()
    wanted = table["product_id"].combine_chunks().dictionary_encode()
    places = pc.index_in(pc.cast(wanted.dictionary, pa.string()), keys).take(wanted.indices)
    for source, target in PRODUCT.items():
        found = products[source].combine_chunks().dictionary_encode()
        values = pa.DictionaryArray.from_arrays(found.indices.take(places), found.dictionary)
        table, extra[source] = table.append_column(source, values), target
    return table, extra


def explain(params: Params) -> str:
    return _("Baskets of households in dollars; times are UTC, days those of New York.")


EXAMPLES = (((*COLUMNS, "week"), COLUMNS), (("customer_id", "date", "amount"), None))
