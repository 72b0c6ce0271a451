"""ABC and XYZ of products: which bring the sales, which are asked for steadily, who takes them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number, percent
from vafa.core.words import gettext_noop as _
from vafa.core.words import ngettext
from vafa.segment.running import Engine, Example, Result, run

KIND = "products"
TITLE = _("ABC and XYZ of products")
NEEDS = ()


@dataclass(frozen=True)
class Params:
    """Limits in hundredths, as in ``abc_xyz``: ``a`` and ``b`` of the share of sales before the product, ``x`` and
    ``y`` of standard deviation ÷ mean of its baskets a month; ``least_months``: fewer are too few to tell."""

    a: int = 80
    b: int = 95
    x: int = 50
    y: int = 100
    least_months: int = 3


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``product, category, brand, customers, baskets, amount, again_share, abc, xyz``; sales to known customers.

    A basket is what one customer took on one day; months run from the product's first one to as_of, empty ones
    count as 0; again_share: of its customers, those who took it on two days or more (0–1).
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    told = {
        "product": row["product"],
        "customers": number(row["customers"]),
        "baskets": number(row["baskets"]),
        "again": percent(row["again_share"]),
    }
    text = ngettext(
        "%(product)s: %(baskets)s baskets of %(customers)s customer; %(again)s took it again.",
        "%(product)s: %(baskets)s baskets of %(customers)s customers; %(again)s took it again.",
        row["customers"],
    )
    return text % told


def _sold(product: str, amount: int, *days: int, who: str = "a") -> tuple[tuple[Any, ...], ...]:
    return tuple((who, 20_454 + day, product, "kind", amount, 0, "brand") for day in days)  # from 1 January 2026


_YEAR = tuple(("a", f"2026-{month:02}-05", 100) for month in range(1, 7))
EXAMPLES = (
    Example(_YEAR, (), goods=()),
    Example(
        _YEAR,
        (
            {"product": "nuts", "abc": "B", "xyz": "Y", "customers": 1, "baskets": 3, "again_share": 1.0},
            {"product": "oil", "abc": "C", "xyz": "N", "amount": 1, "again_share": 0.0, "brand": "brand"},
            {"product": "tea", "abc": "A", "xyz": "X", "amount": 600},
        ),
        goods=(  # in six months: tea each month, nuts in the first three, oil in the last one
            *_sold("tea", 100, 0, 31, 59, 90, 120, 151),
            *_sold("nuts", 30, 0, 31, 59),
            *_sold("oil", 1, 155),
        ),
    ),
    Example(
        _YEAR[:2],
        ({"product": "tea", "customers": 2, "baskets": 3, "again_share": 0.5, "category": "kind"},),
        goods=(*_sold("tea", 5, 0, 0, 31), *_sold("tea", 5, 3, who="b")),
    ),
)
