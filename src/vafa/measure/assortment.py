"""What is bought, as of the newest figures: kept in memory until there are newer ones, and said in words."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from vafa.core import figures
from vafa.core.words import ngettext
from vafa.measure.models import Snapshot
from vafa.segment import queries as segment
from vafa.segment.assortment import Assortment


def of(newest: Snapshot) -> Assortment | None:
    """None where no product is told."""
    return _of(newest.day, newest.made_at)


@lru_cache(maxsize=2)
def _of(day: int, _made_at: datetime) -> Assortment | None:
    return segment.assortment(day, segment.basis())


@lru_cache(maxsize=16)
def _fans(day: int, _made_at: datetime, kind: str, name: str) -> tuple[dict[str, Any], ...]:
    return tuple(segment.fans(day, segment.basis(), kind=kind, name=name))


def fans(newest: Snapshot, kind: str, name: str) -> tuple[dict[str, Any], ...]:
    """Rows of ``methods.affinity``, the strongest fan first."""
    return _fans(newest.day, newest.made_at, kind, name)


def finding(found: Assortment) -> str:
    """How few products bring the first 80 % of sales."""
    cells = found.cells()
    first = sum(count for cell, (count, _amount) in cells.items() if cell[0] == "A")
    everything = sum(count for count, _amount in cells.values())
    told = {"first": figures.number(first), "all": figures.number(everything), "share": figures.percent(0.8)}
    text = ngettext(
        "<em>%(first)s product</em> of %(all)s brings %(share)s of sales.",
        "<em>%(first)s products</em> of %(all)s bring %(share)s of sales.",
        first,
    )
    return text % told
