"""Cohorts: of those who first bought in a month, who bought again in each later one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "cohorts"
TITLE = _("Cohorts")
NEEDS = ("days", "summary")


@dataclass(frozen=True)
class Params:
    """Nothing to choose."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``cohort, month, customers``; months in which nobody of a cohort bought have no row."""
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    return gettext("%(customers)s of them bought in that month.") % {"customers": number(row["customers"])}


EXAMPLES = (
    Example((("a", "2026-01-05", 1),), ({"cohort": 24312, "month": 24312, "customers": 1},)),
    Example(
        (("a", "2026-01-05", 1), ("b", "2026-01-06", 1), ("a", "2026-03-01", 1), ("a", "2026-03-09", 1)),
        ({"cohort": 24312, "month": 24312, "customers": 2}, {"cohort": 24312, "month": 24314, "customers": 1}),
    ),
)
