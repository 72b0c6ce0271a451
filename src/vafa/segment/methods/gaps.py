"""Each customer's own rhythm: the median gap between purchase days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "gaps"
TITLE = _("Own rhythm")
NEEDS = ("days", "summary")


@dataclass(frozen=True)
class Params:
    """Nothing to choose."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, twice_median_gap`` in days, of those with two purchase days or more."""
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    half = row["twice_median_gap"] % 2
    return gettext("Usually comes back after %(days)s days.") % {"days": number(row["twice_median_gap"] / 2, half)}


EXAMPLES = (
    Example((("a", "2026-01-05", 100),), ()),
    Example((("a", "2026-01-05", 1), ("a", "2026-01-15", 1)), ({"customer_id": "a", "twice_median_gap": 20},)),
    Example(
        (("a", "2026-01-01", 1), ("a", "2026-01-11", 1), ("a", "2026-01-16", 1)),
        ({"twice_median_gap": 15},),
    ),
)
