"""What each customer bought and gave back, day by day: the ground that the other methods stand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "days"
TITLE = _("Purchase days")
NEEDS: tuple[str, ...] = ()


@dataclass(frozen=True)
class Params:
    """Nothing to choose."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, day, month, bought (1 on a purchase day), purchases, amount (net), gap, new_month``.

    Several receipts of a day are one purchase day; a return lowers the amount of its own day and makes
    no purchase day.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    if not row["bought"]:
        return gettext("Something was given back; that is no purchase day.")
    if row["gap"] is None:
        return gettext("The first purchase day.")
    return gettext("Bought again after %(gap)s days.") % {"gap": row["gap"]}


EXAMPLES = (
    Example((("a", "2026-01-05", 100),), ({"customer_id": "a", "bought": 1, "amount": 100, "gap": None},)),
    Example(
        (("a", "2026-01-05", 100), ("a", "2026-01-05", 50), ("a", "2026-01-15", 70), ("a", "2026-01-20", -30)),
        (
            {"bought": 1, "purchases": 2, "amount": 150, "gap": None, "new_month": 1},
            {"bought": 1, "purchases": 1, "amount": 70, "gap": 10, "new_month": 0},
            {"bought": 0, "purchases": 0, "amount": -30, "gap": None, "new_month": 0},
        ),
    ),
)
