"""What files of a preset mean where nobody says otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defaults:
    """None: nothing is known beyond what the file says. ``date_order`` counts only where the dates don't show it;
    ``written_in``: the zone in which times without an offset are written, where it is not the shop's."""

    time_zone: str | None = None
    currency: str | None = None
    date_order: str | None = None
    written_in: str | None = None
