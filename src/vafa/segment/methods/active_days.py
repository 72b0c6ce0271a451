"""How long a customer counts as active: the 90th percentile of all gaps between purchase days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "active_days"
TITLE = _("Active days")
NEEDS = ("days",)


@dataclass(frozen=True)
class Params:
    """Limits of the result, in days. Without a single gap it is the upper limit: nothing tells us to be stricter."""

    lowest: int = 30
    highest: int = 365


def compute(connection: Engine, params: Params | None = None) -> Result:
    """One row: ``active_days, gaps`` (linear interpolation, rounded up; ``gaps``: how many it is made from)."""
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    told = gettext("Nine of ten gaps between purchases are %(days)s days or shorter (of %(gaps)s gaps, within limits).")
    return told % {
        "days": number(row["active_days"]),
        "gaps": number(row["gaps"]),
    }


EXAMPLES = (
    Example((("a", "2026-01-05", 100),), ({"active_days": 365, "gaps": 0},)),
    Example((("a", "2026-01-01", 1), ("a", "2026-01-04", 1)), ({"active_days": 30, "gaps": 1},)),
    Example(  # gaps 40 and 61: 40 + 0.9 × 21 = 58.9
        (("a", "2026-01-01", 1), ("a", "2026-02-10", 1), ("a", "2026-04-12", 1)),
        ({"active_days": 59, "gaps": 2},),
    ),
)
