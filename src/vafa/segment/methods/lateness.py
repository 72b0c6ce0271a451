"""Who is later than usual, measured in their own gaps, and what they brought a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "lateness"
TITLE = _("Later than usual")
NEEDS = ("days", "summary", "gaps", "abc_xyz", "ladder")


@dataclass(frozen=True)
class Params:
    """Nothing to choose."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, half_gaps, late (0/1), good (0/1), year_revenue``.

    half_gaps: 4 stands for more than 4/2 and up to 5/2 own median gaps since the last purchase, and so on
    (null without a gap); late:
    lapsed, or more than two own median gaps away; good: came back at least once and is A or B;
    year_revenue: net, in the 365 days up to the last purchase.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    if not row["late"]:
        return gettext("Not later than usual.")
    return gettext("Later than usual: more than twice the own median gap has passed since the last purchase.")


EXAMPLES = (
    Example((("a", "2026-01-05", 100),), ({"half_gaps": None, "late": 0, "good": 0, "year_revenue": 100},)),
    Example(
        (("a", "2025-01-01", 100), ("a", "2026-01-01", 100), ("a", "2026-01-11", 100)),
        ({"half_gaps": 0, "late": 0, "good": 1, "year_revenue": 200},),
    ),
    Example(
        (("a", "2026-01-01", 100), ("a", "2026-01-11", 100)),
        ({"half_gaps": 4, "late": 1, "good": 1},),
        as_of="2026-02-01",
    ),
)
