"""Lifetime value so far: the mean receipt × receipts a month × margin × months of a life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "ltv"
TITLE = _("Lifetime value")
NEEDS = ("days", "summary")


@dataclass(frozen=True)
class Params:
    """Nothing to choose."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """One row of sums over the known customers: ``customers, purchases, revenue, lives, costed_revenue, cost``.

    lives: calendar months from first to last purchase, both counted, of everybody; costed_revenue and
    cost: of the receipts whose cost is known (null where none is).
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    return gettext("%(purchases)s purchases of %(customers)s customers in %(lives)s months of buying.") % {
        key: number(row[key]) for key in ("purchases", "customers", "lives")
    }


EXAMPLES = (
    Example(
        (("a", "2026-01-31", 100), ("a", "2026-02-01", 50), ("b", "2026-02-01", 30), (None, "2026-02-01", 70)),
        ({"customers": 2, "purchases": 3, "revenue": 180, "lives": 3, "cost": None},),
    ),
)
