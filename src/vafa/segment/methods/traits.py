"""Traits of buying: on which share of their days each customer takes a thing, comes on a weekday, buys so much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "traits"
TITLE = _("Traits of buying")
NEEDS = ()


@dataclass(frozen=True)
class Params:
    """Nothing to set."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, trait, value, days, of_days, millionths``.

    trait: category, brand, product, weekday (1 Monday to 7 Sunday) or size (different products of a
    day: 1, 2-4, 5-9, 10+); of_days: their days with products told; millionths: days of these in whole
    millionths, so that sums of them are the same in any order.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    told = {
        "trait": f"{row['trait']} {row['value']}",
        "days": number(row["days"]),
        "of": number(row["of_days"]),
    }
    return gettext("%(trait)s: on %(days)s of %(of)s days.") % told


_BOUGHT = (("a", "1970-02-10", 100),)
EXAMPLES = (
    Example(_BOUGHT, ()),
    Example(
        _BOUGHT,
        (
            {"trait": "brand", "value": "Ahmad", "days": 1, "of_days": 3, "millionths": 333_333},
            {"trait": "category", "value": "hot", "days": 2, "millionths": 666_666},
            {"trait": "product", "value": "mint", "days": 2},
            {"trait": "product", "value": "tea", "days": 2},
            {"trait": "size", "value": "1", "days": 2},
            {"trait": "size", "value": "2-4", "days": 1},
            {"trait": "weekday", "value": "3", "days": 1},
            {"trait": "weekday", "value": "4", "days": 2},
        ),
        goods=(  # 1 January 1970 was a Thursday
            ("a", 0, "tea", "hot", 100, 0, "Ahmad"),
            ("a", 0, "tea", "hot", 100, 0, None),
            ("a", 7, "tea", "hot", 100, 0, None),
            ("a", 7, "mint", None, 100, 0, None),
            ("a", 13, "mint", None, 100, 0, None),
        ),
    ),
)
