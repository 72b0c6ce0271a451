"""Reading where customers stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from vafa.know import mirror
from vafa.segment import analysis as analysing
from vafa.segment.analysis import Analysis
from vafa.segment.labels import RUNG_NAMES
from vafa.segment.models import Standing
from vafa.shop import queries as shop


def receipts() -> list[Path]:
    """The files that all analyses read, brought up to date; who asks of several days asks for them once."""
    return mirror.refresh(shop.club().calendar)


def analysis(as_of: int | None = None, files: Sequence[Path] | None = None) -> Analysis:
    """The whole analysis of the shop as of the end of a day (default: the last day with a receipt)."""
    club = shop.club()
    margin = None if club.margin_percent is None else Fraction(club.margin_percent, 100)
    return analysing.analyse(
        files or receipts(),
        currency=club.currency,
        calendar=club.calendar,
        as_of=as_of,
        active_days=club.active_days,
        margin=margin,
    )


def rungs(as_of: int, files: Sequence[Path] | None = None) -> dict[str, str]:
    """The rung on which each customer stood at the end of a day, by code."""
    club = shop.club()
    return analysing.rungs(files or receipts(), calendar=club.calendar, as_of=as_of, active_days=club.active_days)


def standing(customer_id: int) -> Standing | None:
    return Standing.objects.filter(customer_id=customer_id).first()


def standings(customer_ids: Iterable[int]) -> dict[int, Standing]:
    return Standing.objects.in_bulk(list(customer_ids))


FILTERS: dict[str, dict[str, Any]] = {
    "late": {"late": True, "good": True},
    "lapsed": {"lapsed": True},
    "once": {"rung": "buyer"},
    "best": {"top_share__lte": 20},
    **{rung: {"rung": rung} for rung in RUNG_NAMES},
    **{letter: {"abc": letter} for letter in "ABC"},
    **{letter: {"xyz": letter} for letter in "XYZN"},
}


def filtered(names: Iterable[str], groups: Iterable[str] = ()) -> QuerySet[Standing]:
    """Standings that pass all of the named filters (unknown names are passed over), the most valuable first."""
    rows = Standing.objects.all()
    for name in names:
        rows = rows.filter(**FILTERS.get(name, {}))
    for group in groups:
        rows = rows.filter(rfm_group=group)
    return rows.order_by("-year_revenue", "-revenue", "customer_id")
