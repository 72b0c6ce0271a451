"""Buying types: who waits for discounts, who wanders, who plans by need, who is loyal; each with what tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number, percent
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "buying_types"
TITLE = _("Buying types")
NEEDS = ("days", "summary", "gaps", "ladder")
TYPES = ("loyal", "need_driven", "wanderer", "discount_hunter", "unclear")


@dataclass(frozen=True)
class Params:
    """What each type takes. Shares are 0–1.

    unclear: fewer than ``least_days`` purchase days, or no products told. discount_hunter: at least
    ``cheap_share`` of what they paid was for reduced goods, and ``cheap_lift`` times the shop's own share.
    loyal: at least ``loyal_days`` purchase days in a regular rhythm (the gaps' deviation is no more than their
    mean), not lapsed, ``again_share`` of what they take was bought before, from ``loyal_categories`` categories.
    need_driven: the same things again, or a regular rhythm. wanderer: neither.
    """

    least_days: int = 3
    cheap_share: float = 0.5
    cheap_lift: float = 1.5
    loyal_days: int = 6
    again_share: float = 0.3
    loyal_categories: int = 3


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, buying_type, purchase_days, again_share, cheap_share, shop_cheap_share, categories, regular``.

    again_share: of the different products of each purchase day, those bought on an earlier day; cheap_share: of
    what was paid, the part for goods at a discount (null and 0 without any product told); regular: 0 or 1.
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    if row["buying_type"] == "unclear":
        return gettext("Bought on too few days, or without products, to tell.")
    told = {
        "cheap": percent(row["cheap_share"]),
        "shop": percent(row["shop_cheap_share"]),
        "again": percent(row["again_share"]),
        "days": number(row["purchase_days"]),
        "categories": number(row["categories"]),
    }
    if row["buying_type"] == "discount_hunter":
        return gettext("%(cheap)s of what they pay is for reduced goods, in the whole shop %(shop)s.") % told
    rhythm = gettext("in a regular rhythm") if row["regular"] else gettext("now and then")
    told["rhythm"] = rhythm
    return (
        gettext(
            "Bought on %(days)s days %(rhythm)s; %(again)s of it were things bought before, of %(categories)s kinds."
        )
        % told
    )


def _week(who: str, product: str, weeks: int, apart: int = 7, cheaper: int = 0) -> tuple[tuple[Any, ...], ...]:
    day = 20_454  # 1 January 2026
    return tuple((who, day + n * apart, product, f"kind {product}", 100, cheaper) for n in range(weeks))


def _days(*days: str) -> tuple[tuple[str, str, int], ...]:
    return tuple(("a", day, 100) for day in days)


_WEEKLY = _days("2026-01-01", "2026-01-08", "2026-01-15", "2026-01-22", "2026-01-29", "2026-02-05", "2026-02-12")
EXAMPLES = (
    Example(_WEEKLY[:2], ({"buying_type": "unclear", "again_share": None},)),
    Example(
        _WEEKLY,
        ({"buying_type": "loyal", "again_share": 18 / 21, "categories": 3, "regular": 1},),
        goods=(*_week("a", "tea", 7), *_week("a", "nuts", 7), *_week("a", "oil", 7)),
    ),
    Example(
        _WEEKLY,
        ({"buying_type": "need_driven", "again_share": 6 / 7, "categories": 1},),
        goods=_week("a", "tea", 7),
    ),
    Example(
        _days("2026-01-01", "2026-01-02", "2026-01-03", "2026-04-01"),
        ({"buying_type": "wanderer", "again_share": 0.0, "regular": 0},),
        goods=tuple(("a", 20_454 + n, f"thing {n}", None, 100, 0) for n in range(3)),
    ),
    Example(
        (*_WEEKLY[:3], *(("b", day, 100) for _a, day, _n in _WEEKLY[:3])),
        (
            {"buying_type": "discount_hunter", "cheap_share": 1.0, "shop_cheap_share": 0.5},
            {"buying_type": "need_driven", "cheap_share": 0.0},
        ),
        goods=(*_week("a", "tea", 3, cheaper=1), *_week("b", "tea", 3)),
    ),
)
