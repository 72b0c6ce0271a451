"""Two years side by side: who came, came back, bought more or less, and who was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "years"
TITLE = _("This year beside the last")
NEEDS = ("days", "summary")
WAYS = ("came", "back", "up", "down", "lost", "gone")
_TEXTS = {
    "came": _("First bought this year."),
    "back": _("Came back after a year away."),
    "up": _("Bought for as much as last year, or more."),
    "down": _("Bought for less than last year."),
    "lost": _("Bought last year and not this year."),
    "gone": _("Bought neither this year nor last year."),
}


@dataclass(frozen=True)
class Params:
    """``days`` of a year that ends with the last day that counts."""

    days: int = 365


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, purchases_now, revenue_now, purchases_before, revenue_before, tenth, way``.

    now: the last ``days`` days; before: as many before them; revenue in minor units, returns off on their
    own day. tenth: 1 (the largest) to 10 by revenue_now, of those who bought now; null for the others.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    return gettext(_TEXTS[row["way"]])


_TWO = (("a", "2025-01-10", 500), ("a", "2026-01-09", 300), ("a", "2026-01-10", -100))
EXAMPLES = (
    Example((("a", "2026-01-05", 100),), ({"revenue_now": 100, "revenue_before": 0, "tenth": 1, "way": "came"},)),
    Example(_TWO, ({"purchases_now": 1, "revenue_now": 200, "revenue_before": 500, "way": "down"},)),
    Example(_TWO[:1] + (("a", "2026-01-10", 500),), ({"tenth": 1, "way": "up"},)),
    Example(_TWO[:1], ({"purchases_now": 0, "purchases_before": 1, "tenth": None, "way": "lost"},), as_of="2026-01-10"),
    Example(_TWO[:1], ({"purchases_before": 0, "tenth": None, "way": "gone"},), as_of="2027-01-10"),
    Example(_TWO[:1] + (("a", "2027-01-10", 1),), ({"purchases_now": 1, "way": "back"},)),
)
