"""What each month's newcomers brought, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "cohort_value"
TITLE = _("What newcomers brought")
NEEDS = ("days", "summary")


@dataclass(frozen=True)
class Params:
    """Nothing to choose."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``cohort, month, customers, purchases, revenue``; revenue in minor units, returns off in their own month.

    Months in which nobody of a cohort bought or gave back have no row; what is given back before the first
    purchase's month belongs to no cohort.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    told = {"customers": number(row["customers"]), "purchases": number(row["purchases"])}
    return gettext("%(customers)s of them bought in that month, %(purchases)s times together.") % told


_FIRST = {"cohort": 24312, "month": 24312, "customers": 2, "purchases": 3, "revenue": 600}
EXAMPLES = (
    Example(
        (("a", "2026-01-05", 100), ("b", "2026-01-06", 200), ("b", "2026-01-07", 300), ("a", "2026-03-01", -50)),
        (_FIRST, {"cohort": 24312, "month": 24314, "customers": 0, "purchases": 0, "revenue": -50}),
    ),
)
