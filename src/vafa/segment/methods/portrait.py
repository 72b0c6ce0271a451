"""Portrait of the best: what they take, when they come and how much they buy, beside everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number, percent
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "portrait"
TITLE = _("Portrait of the best")
NEEDS = ("days", "summary", "traits")


@dataclass(frozen=True)
class Params:
    """``best``: the first so many percent by revenue; ``least_days``: who bought on fewer days has no voice;
    ``least_customers``: a trait of fewer is left out."""

    best: int = 20
    least_days: int = 3
    least_customers: int = 10


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``trait, value, best_customers, other_customers, best_share, other_share, lift, z``.

    Traits as in ``traits``. best_share: the mean, over the best customers, of the share of their days with it;
    other_share: over all others; lift: best_share ÷ other_share (null where that is 0); z: their difference in
    standard errors (Welch 1947), so that who buys often doesn't count more than who buys seldom.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    told = {
        "value": row["value"],
        "best": percent(row["best_share"]),
        "others": percent(row["other_share"]),
        "z": number(abs(row["z"]), 1),
    }
    return (
        gettext("%(value)s: the best on %(best)s of their days, others on %(others)s (%(z)s standard errors).") % told
    )


def _days(who: str, product: str, count: int) -> tuple[tuple[Any, ...], ...]:
    return tuple((who, 7 * day, product, None, 100, 0, None) for day in range(count))


_BOUGHT = tuple((who, "1970-03-01", amount) for who, amount in (("a", 900), ("b", 800), ("c", 20), ("d", 10)))
EXAMPLES = (
    Example(_BOUGHT[:1], ()),
    Example(  # the best two take tea on 4 of 4 and 2 of 4 days, the others on 1 of 4 and never
        _BOUGHT,
        (
            {"trait": "product", "value": "bread", "best_customers": 1, "best_share": 0.25, "other_share": 0.875},
            {"trait": "product", "value": "tea", "best_share": 0.75, "other_share": 0.125, "lift": 6.0},
        ),
        {"best": 50, "least_customers": 3},
        goods=(
            *_days("a", "tea", 4),
            *_days("b", "tea", 2),
            *(("b", 7 * day, "bread", None, 100, 0, None) for day in (2, 3)),
            *_days("c", "tea", 1),
            *(("c", 7 * day, "bread", None, 100, 0, None) for day in (1, 2, 3)),
            *_days("d", "bread", 4),
        ),
    ),
)
