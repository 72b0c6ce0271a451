"""Reading the mirror: the newest figures and how they came about."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from vafa.core.calendar import to_date
from vafa.measure.models import Snapshot
from vafa.segment import queries as segment
from vafa.segment.analysis import Analysis
from vafa.segment.outlook import Outlook


def newest() -> Snapshot | None:
    return Snapshot.objects.order_by("-day").first()


def before(day: int) -> Snapshot | None:
    """The newest snapshot that is at least ``day`` old."""
    return Snapshot.objects.filter(day__lte=day).order_by("-day").first()


def series(limit: int = 13) -> list[tuple[int, dict[str, Any]]]:
    """The last snapshot of each of the newest months, oldest first: (day, figures)."""
    by_month: dict[tuple[int, int], Snapshot] = {}
    for snapshot in Snapshot.objects.order_by("day"):
        day = to_date(snapshot.day)
        by_month[(day.year, day.month)] = snapshot
    return [(snapshot.day, snapshot.figures) for snapshot in list(by_month.values())[-limit:]]


def outlook(snapshot: Snapshot) -> Outlook | None:
    """What was forecast for the quarter after a snapshot's day."""
    kept = snapshot.figures.get("ahead")
    return Outlook.read(kept[0]) if kept else None


def analysis_of(snapshot: Snapshot) -> Analysis:
    """The whole analysis behind a snapshot; kept in memory until the next one."""
    return _analysis(snapshot.day, snapshot.made_at)


@lru_cache(maxsize=2)
def _analysis(day: int, _made_at: datetime) -> Analysis:
    return segment.analysis(day)
