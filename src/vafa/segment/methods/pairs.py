"""Goes well with: products that are taken together more often than chance would have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number, percent
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "pairs"
TITLE = _("Goes well with")
NEEDS = ()


@dataclass(frozen=True)
class Params:
    """``products``: the most frequent so many are looked at; ``least``: baskets that must hold both;
    ``others``: so many are told of each product."""

    products: int = 500
    least: int = 5
    others: int = 5


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``product, other, together, baskets, other_baskets, all_baskets, share, lift, least_lift, place``.

    A basket is what one customer took on one day. share: of the product's baskets, those with the other (the rule's
    confidence); lift: how many times more often than if both were taken independently (Brin, Motwani, Ullman and Tsur
    1997, there as interest); least_lift: if the count were two standard errors smaller, and above 1 for all rows;
    place: 1 is the surest for its product.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    told = {
        "share": percent(row["share"]),
        "product": row["product"],
        "other": row["other"],
        "lift": number(row["lift"], 1),
    }
    return gettext("%(share)s of baskets with %(product)s hold %(other)s too, %(lift)s times what chance gives.") % told


def _basket(day: int, *products: str) -> tuple[tuple[Any, ...], ...]:
    return tuple(("a", day, product, None, 100, 0, None) for product in products)


_EIGHT = tuple(row for day in range(8) for row in _basket(day, "tea", "sugar"))
_REST = tuple(row for day in range(8, 40) for row in _basket(day, "bread"))
EXAMPLES = (
    Example((("a", "1970-02-10", 100),), (), goods=_EIGHT),  # in every basket: no more often than chance
    Example(
        (("a", "1970-02-10", 100),),
        (
            {"product": "sugar", "other": "tea", "together": 8, "share": 1.0, "lift": 5.0, "place": 1},
            {"product": "tea", "other": "sugar", "baskets": 8, "other_baskets": 8, "all_baskets": 40},
        ),
        goods=_EIGHT + _REST,
    ),
    Example((("a", "1970-02-10", 100),), (), {"least": 9}, goods=_EIGHT + _REST),
)
