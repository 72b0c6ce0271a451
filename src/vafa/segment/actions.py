"""Writing where customers stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import batched

from django.db import connection, transaction

from vafa.core import bulk
from vafa.segment.analysis import Analysis
from vafa.segment.models import Standing
from vafa.segment.predicting import KEPT, Prediction

COLUMNS = [
    "customer_id",
    "purchases",
    "revenue",
    "first_day",
    "last_day",
    "twice_median_gap",
    "r",
    "f",
    "m",
    "rfm_group",
    "abc",
    "xyz",
    "rung",
    "lapsed",
    "late",
    "good",
    "year_revenue",
    "top_share",
    "buying_type",
]


def keep(analysis: Analysis, ahead: Prediction | None) -> int:
    """Replace all standings by those of ``analysis`` with what ``ahead`` says of each; returns how many there are."""
    told = dict(ahead.rows()) if ahead is not None else {}
    nothing = (None,) * len(KEPT)
    table = analysis.standings.select(COLUMNS)
    ids: dict[str, int] = {}
    with transaction.atomic():
        codes = table["customer_id"].to_pylist()
        rows = bulk.select_in(connection, "SELECT code, id FROM know_customer WHERE code IN ({})", codes)
        ids = dict(rows)
        Standing.objects.all().delete()
        columns = [column.to_pylist() for column in table.columns]
        for part in batched(zip(*columns, strict=True), 20_000):
            bulk.insert(
                connection,
                "segment_standing",
                [*COLUMNS, *KEPT],
                [(ids[row[0]], *row[1:], *told.get(row[0], nothing)) for row in part if row[0] in ids],
            )
    return len(ids)


def forget(customer_ids: Sequence[int]) -> None:
    """Cards that are no more stand nowhere until everybody's standing is worked out again."""
    Standing.objects.filter(customer_id__in=customer_ids).delete()
