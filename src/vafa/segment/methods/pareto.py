"""Which share of customers brings which share of revenue (Pareto)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "pareto"
TITLE = _("Pareto")
NEEDS = ("days", "summary")


@dataclass(frozen=True)
class Params:
    """Nothing to choose: every whole percent is there."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``percent, customers, revenue``: the first ceil(percent × all) customers by revenue and what they bring.

    The row whose percent is null holds the smallest number of customers that brings half of all revenue
    (null where there is no revenue).
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    if row["percent"] is None:
        return gettext("%(customers)s customers bring half of sales.") % {"customers": number(row["customers"] or 0)}
    return gettext("The first %(percent)s %% of customers are %(customers)s people.") % {
        "percent": number(row["percent"]),
        "customers": number(row["customers"]),
    }


EXAMPLES = (
    Example(
        (("a", "2026-01-05", 100),),
        (*({"percent": p, "customers": 1, "revenue": 100} for p in range(1, 101)), {"percent": None, "customers": 1}),
    ),
    Example(
        (("a", "2026-01-05", 10), ("b", "2026-01-05", 10), ("c", "2026-01-06", 30)),
        (
            *({"percent": p, "customers": 1, "revenue": 30} for p in range(1, 34)),
            *({"percent": p, "customers": 2, "revenue": 40} for p in range(34, 67)),
            *({"percent": p, "customers": 3, "revenue": 50} for p in range(67, 101)),
            {"percent": None, "customers": 1, "revenue": 50},
        ),
    ),
)
