"""Customer retention rate of each whole month: (E − N) ÷ S × 100."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "crr"
TITLE = _("Kept customers (CRR)")
NEEDS = ("days", "summary")


@dataclass(frozen=True)
class Params:
    """``active_days``: a customer is active at a midnight with a purchase in so many days before it."""

    active_days: int = 365


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``month, s, e, n``: active at the start and at the end, and first purchases in the month."""
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    return gettext("%(s)s were active at the start, %(e)s at the end, %(n)s of them bought for the first time.") % {
        key: number(row[key]) for key in "sen"
    }


EXAMPLES = (
    Example((("a", "2026-01-05", 1),), ()),
    Example((("a", "2026-01-05", 1),), ({"s": 0, "e": 1, "n": 1},), as_of="2026-01-31"),
    Example(  # active for 30 days: on the last midnight of January a's 2 January is 30 days away, not more
        (("a", "2026-01-02", 1), ("b", "2026-01-01", 1), ("b", "2026-02-20", 1), ("c", "2026-02-10", 1)),
        ({"s": 0, "e": 1, "n": 2}, {"s": 1, "e": 2, "n": 1}),
        {"active_days": 30},
        "2026-02-28",
    ),
)
