"""ABC by share of revenue, XYZ by steadiness: nine cells, and N for those too new to tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "abc_xyz"
TITLE = _("ABC and XYZ")
NEEDS = ("days", "summary")
_ABC = {
    "A": _("Among those who bring the first 80 %% of sales."),
    "B": _("Among those who bring the next 15 %% of sales."),
    "C": _("Among those who bring the last 5 %% of sales."),
}
_XYZ = {
    "X": _("Buys steadily from month to month."),
    "Y": _("Buys with some swing from month to month."),
    "Z": _("Buys by fits and starts."),
    "N": _("Too new to tell how steadily."),
}


@dataclass(frozen=True)
class Params:
    """Limits in hundredths: ``a`` and ``b`` of the share before the customer, ``x`` and ``y`` of
    standard deviation ÷ mean of monthly revenue; ``least_months``: fewer are too few to tell."""

    a: int = 80
    b: int = 95
    x: int = 50
    y: int = 100
    least_months: int = 3


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, abc, xyz, top_share`` (among the first so many percent of customers, 1–100).

    Months run from the customer's first purchase to as_of, empty ones as 0; a customer with nothing net
    is C; one whose mean is nothing or less is Z.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    return " ".join(gettext(text) % {} for text in (_ABC[row["abc"]], _XYZ[row["xyz"]]))


EXAMPLES = (
    Example((("a", "2026-01-05", 100),), ({"abc": "A", "xyz": "N", "top_share": 100},)),
    Example(  # 100 and 300 in turn: mean 200, deviation 100, exactly ½
        (("a", "2026-01-05", 100), ("a", "2026-02-05", 300), ("a", "2026-03-05", 100), ("a", "2026-04-05", 300)),
        ({"abc": "A", "xyz": "X"},),
    ),
    Example(  # a month without a purchase counts as 0: 300, 0, 300: deviation 141, mean 200
        (("a", "2026-01-05", 300), ("a", "2026-03-05", 300), ("b", "2026-01-05", 50), ("b", "2026-03-05", -50)),
        ({"customer_id": "a", "abc": "A", "xyz": "Y"}, {"customer_id": "b", "abc": "C", "xyz": "Z"}),
    ),
)
