"""The summary of each customer that models of repeat buying start from.

Names as in the literature (Fader, Hardie and Lee, "Counting your customers the easy way", 2005).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "summary"
TITLE = _("Summary of customers")
NEEDS = ("days",)


@dataclass(frozen=True)
class Params:
    """``as_of``: the day from which we look back; None is the last day in the receipts."""

    as_of: int | None = None


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, purchases, revenue, frequency, recency, age (T), repeat_revenue, first_day, last_day, …``.

    frequency: purchase days − 1; recency: last − first day; age: as_of − first day; repeat_revenue: the
    daily totals of the repeat days summed, of which monetary_value is the mean; months: distinct
    calendar months with a purchase day. Who only gave something back is no customer yet.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    return gettext("Bought on %(days)s days; %(recency)s days lie between the first and the last.") % {
        "days": number(row["frequency"] + 1),
        "recency": number(row["recency"]),
    }


EXAMPLES = (
    Example(
        (("a", "2026-01-05", 100),),
        ({"purchases": 1, "revenue": 100, "frequency": 0, "recency": 0, "age": 0, "repeat_revenue": 0},),
    ),
    Example(
        (("a", "2026-01-05", 100), ("a", "2026-01-15", 70), ("a", "2026-02-14", 50), ("a", "2026-03-01", -20)),
        (
            {
                "purchases": 3,
                "revenue": 200,
                "frequency": 2,
                "recency": 40,
                "age": 55,
                "repeat_revenue": 120,
                "months": 2,
            },
        ),
    ),
    Example((("a", "2026-01-05", -100),), ()),
)
