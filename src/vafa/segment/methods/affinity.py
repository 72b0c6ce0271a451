"""Affinity: to which categories and brands each customer leans; the fans of a brand are read from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number, percent
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "affinity"
TITLE = _("Affinity to categories and brands")
NEEDS = ()


@dataclass(frozen=True)
class Params:
    """``least_days``: who took it on fewer days has no affinity to it."""

    least_days: int = 2


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, kind, name, days, of_days, share, shop_share, lift, place, fan``.

    kind: category or brand; days of of_days: on how many of their days with products told they took it (share);
    shop_share: the same of all customers together; lift: share ÷ shop_share; place: 1 is what this customer takes
    most often of the kind; fan: 1 is who takes this name most often.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    told = {
        "name": row["name"],
        "days": number(row["days"]),
        "of": number(row["of_days"]),
        "share": percent(row["shop_share"]),
    }
    return gettext("Took %(name)s on %(days)s of %(of)s days; all customers on %(share)s.") % told


def _took(who: str, category: str, *days: int, brand: str | None = None) -> tuple[tuple[Any, ...], ...]:
    return tuple((who, day, f"{category} {brand}", category, 100, 0, brand) for day in days)


EXAMPLES = (
    Example((("a", "1970-02-10", 100),), ()),
    Example(
        (("a", "1970-02-10", 100),),
        (
            {"customer_id": "a", "kind": "brand", "name": "Ahmad", "days": 3, "lift": 1.5, "place": 1, "fan": 1},
            {"customer_id": "a", "kind": "category", "name": "nuts", "days": 2, "place": 2, "share": 0.5},
            {"customer_id": "a", "kind": "category", "name": "tea", "days": 3, "of_days": 4, "place": 1, "fan": 1},
            {"customer_id": "b", "kind": "category", "name": "nuts", "days": 3, "shop_share": 0.625, "fan": 1},
        ),
        goods=(
            *_took("a", "tea", 1, 2, 3, brand="Ahmad"),
            *_took("a", "nuts", 3, 4),
            *_took("b", "nuts", 1, 2, 3),
            *_took("b", "tea", 9, brand="Ahmad"),
        ),
    ),
)
