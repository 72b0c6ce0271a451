"""Look-alikes: who isn't among the best yet, but buys like them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "lookalikes"
TITLE = _("Look-alikes of the best")
NEEDS = ("days", "summary", "traits", "portrait")


@dataclass(frozen=True)
class Params:
    """``best`` and ``least_days`` as in ``portrait``; ``marks``: of its traits the surest so many are looked for,
    those with a ``z`` of ``least_z`` and a lift of ``least_lift`` or more."""

    best: int = 20
    least_days: int = 3
    marks: int = 10
    least_z: float = 3.0
    least_lift: float = 1.2


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, alike, of_marks, of_days``: who shows ``alike`` of the marks as often as the best do."""
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    told = {"alike": number(row["alike"]), "of": number(row["of_marks"])}
    return gettext("Buys like the best in %(alike)s of %(of)s respects.") % told


def _weeks(who: str, *products: str) -> tuple[tuple[Any, ...], ...]:
    return tuple((who, 7 * week, product, None, 100, 0, None) for week, product in enumerate(products))


_BEST, _OTHERS = [f"b{n}" for n in range(8)], [f"n{n}" for n in range(32)]
BOUGHT = tuple((who, "1970-03-01", 900) for who in _BEST) + tuple((who, "1970-03-01", 10) for who in _OTHERS)
_TAKEN = {
    "b0": ("tea", "tea", "nuts"),
    "n0": ("tea", "tea", "tea"),
    "n1": ("bread", "tea", "bread"),
    "n2": ("bread", "tea", "bread"),
}  # all else: the best take tea, the others bread
ALIKE = tuple(
    row for who in _BEST + _OTHERS for row in _weeks(who, *_TAKEN.get(who, ("tea" if who[0] == "b" else "bread",) * 3))
)
EXAMPLES = (
    Example(BOUGHT[:1], ()),
    Example(BOUGHT, ({"customer_id": "n0", "alike": 1, "of_marks": 1, "of_days": 3},), {"marks": 1}, goods=ALIKE),
)
