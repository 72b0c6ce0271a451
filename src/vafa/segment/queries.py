"""Reading where customers stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from django.db.models import QuerySet

from vafa.know import mirror
from vafa.segment import analysis as analysing
from vafa.segment import movement as moving
from vafa.segment import views as viewing
from vafa.segment.analysis import Analysis
from vafa.segment.labels import RUNG_NAMES, TYPE_NAMES
from vafa.segment.models import Standing
from vafa.segment.predicting import Prediction, predict
from vafa.segment.views import Views
from vafa.shop import queries as shop

FEWEST = 30  # customers from whom a forecast is made
WEEK = 7


class Basis(NamedTuple):
    """What analyses stand on. With it in hand they ask the database nothing, and can run side by side."""

    files: Sequence[Path]  # the receipts
    goods: Sequence[Path] | None  # what was bought, where products are told
    currency: str
    calendar: str
    active_days: int | None
    margin: Fraction | None


def basis() -> Basis:
    """The receipts, brought up to date, and what the club says; who asks of several days asks for it once."""
    club = shop.club()
    margin = None if club.margin_percent is None else Fraction(club.margin_percent, 100)
    receipts, goods = mirror.refresh(club.calendar), mirror.goods()
    return Basis(receipts, goods, club.currency, club.calendar, club.active_days, margin)


def analysis(as_of: int | None = None, on: Basis | None = None) -> Analysis:
    """The whole analysis of the shop as of the end of a day (default: the last day with a receipt)."""
    files, goods, currency, calendar, active_days, margin = on or basis()
    return analysing.analyse(
        files, currency=currency, calendar=calendar, as_of=as_of, active_days=active_days, margin=margin, goods=goods
    )


def ahead(found: Analysis, on: Basis | None = None) -> Prediction | None:
    """What each customer will do after the day of ``found``; None below ``FEWEST`` customers, who teach nothing."""
    if found.people < FEWEST or found.as_of is None:
        return None
    on = on or basis()
    return predict(on.files, currency=on.currency, calendar=on.calendar, as_of=found.as_of, margin=found.ltv.margin)


def rungs(as_of: int, on: Basis) -> dict[str, str]:
    """The rung on which each customer stood at the end of a day, by code."""
    return analysing.rungs(on.files, calendar=on.calendar, as_of=as_of, active_days=on.active_days)


def movement(start: int, end: int, on: Basis) -> pa.Table:
    """Who stood on which rung at the ends of two days, and what they bought in between; see ``segment.movement``."""
    return moving.movement(on.files, calendar=on.calendar, start=start, end=end, active_days=on.active_days)


def views(as_of: int, days: int, on: Basis) -> Views:
    """The customer base in five views; a year has ``days`` days."""
    return viewing.views(on.files, calendar=on.calendar, as_of=as_of, days=days)


def people_of_view(as_of: int, days: int, on: Basis, *, tenth: int | None = None, way: str | None = None) -> pa.Table:
    """Who stands behind a tenth of the year's buyers, or behind a way from year to year."""
    return viewing.people(on.files, calendar=on.calendar, as_of=as_of, days=days, tenth=tenth, way=way)


def standing(customer_id: int) -> Standing | None:
    return Standing.objects.filter(customer_id=customer_id).first()


def standings(customer_ids: Iterable[int]) -> dict[int, Standing]:
    return Standing.objects.in_bulk(list(customer_ids))


FILTERS: dict[str, dict[str, Any]] = {
    "late": {"late": True, "good": True},
    "lapsed": {"lapsed": True},
    "once": {"rung": "buyer"},
    "best": {"top_share__lte": 20},
    "due": {"due_day__isnull": False},  # within the week, see ``filtered``
    "overdue": {"days_late__gt": 0},
    **{rung: {"rung": rung} for rung in RUNG_NAMES},
    **{letter: {"abc": letter} for letter in "ABC"},
    **{letter: {"xyz": letter} for letter in "XYZN"},
    **{kind: {"buying_type": kind} for kind in TYPE_NAMES},
}


def filtered(names: Iterable[str], groups: Iterable[str] = ()) -> QuerySet[Standing]:
    """Standings that pass all of the named filters (unknown names are passed over), the most valuable first."""
    rows, names = Standing.objects.all(), list(names)
    for name in names:
        rows = rows.filter(**FILTERS.get(name, {}))
    if "due" in names:
        today = shop.today()
        rows = rows.filter(due_day__range=(today, today + WEEK - 1))
    for group in groups:
        rows = rows.filter(rfm_group=group)
    return rows.order_by("-year_revenue", "-revenue", "customer_id")
