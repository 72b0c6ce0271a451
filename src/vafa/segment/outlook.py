"""What a forecast says of the whole shop and of itself, small enough to be kept beside a day's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vafa.segment.clv.calibrating import Trial
from vafa.segment.clv.forecast import Forecast, Mark


@dataclass(frozen=True)
class Outlook:
    """Purchase days of all customers within ``days`` after ``day``, and what speaks for and against that."""

    day: int
    days: int
    total: float
    low: float
    high: float
    ranking_only: bool
    trial: Trial | None
    marks: tuple[Mark, ...]

    @classmethod
    def of(cls, found: Forecast) -> Outlook:
        return cls(
            found.day,
            found.horizon,
            found.total,
            found.total_low,
            found.total_high,
            found.ranking_only,
            found.trial,
            found.marks,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day,
            "days": self.days,
            "total": self.total,
            "low": self.low,
            "high": self.high,
            "ranking_only": self.ranking_only,
            "trial": None if self.trial is None else list(self.trial),
            "marks": [list(mark) for mark in self.marks],
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Outlook:
        trial = None if kept["trial"] is None else Trial(*kept["trial"])
        return cls(**kept | {"trial": trial, "marks": tuple(Mark(*mark) for mark in kept["marks"])})
