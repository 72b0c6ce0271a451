"""THE TABLE: when this happened, that is done. One row an event; what is done is a function of a room."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from vafa.core.calendar import day_number
from vafa.events.worker import Reaction
from vafa.loop.daily import figures_as_of
from vafa.measure import queries as measure
from vafa.segment import queries as segment


def renew_figures(payload: dict[str, Any], now: datetime) -> None:
    """After a file, the overview shows what it brought, without waiting for the morning."""
    if not payload["new"]:
        return
    newest = measure.newest()
    last = segment.analysis().as_of or day_number(now.date())
    figures_as_of(max(last, newest.day if newest else last), now=now)


REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "file.imported": (renew_figures,),
}
