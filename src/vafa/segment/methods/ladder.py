"""The ladder, or "sales skirt": buyer, client, regular, adherent, advocate, and who is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vafa.core.figures import number
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "ladder"
TITLE = _("Ladder")
NEEDS = ("days", "summary", "gaps")
RUNGS = ("buyer", "client", "regular", "adherent", "advocate")
_TEXTS = {
    "buyer": _("Buyer: bought once."),
    "client": _("Client: came back."),
    "regular": _("Regular: keeps coming on many days in several months."),
}


@dataclass(frozen=True)
class Params:
    """``active_days``: patience with everybody; a regular needs ``regular_days`` in ``regular_months``."""

    active_days: int = 365
    regular_days: int = 4
    regular_months: int = 3


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, rung, lapsed (0/1), since, twice_median_gap, patience``, the last three in days.

    since: days from the last purchase to as_of; patience: max(active_days, twice the own median gap).
    """
    return run(connection, __file__, params or Params())


def explain(row: Mapping[str, Any]) -> str:
    text = gettext("The last purchase was %(since)s days ago; up to %(patience)s days are usual.") % {
        "since": number(row["since"]),
        "patience": number(row["patience"]),
    }
    return f"{gettext(_TEXTS[row['rung']])} {text}"


_FOUR = (("a", "2026-01-01", 1), ("a", "2026-01-11", 1), ("a", "2026-02-01", 1), ("a", "2026-03-01", 1))
EXAMPLES = (
    Example((("a", "2026-01-05", 100),), ({"rung": "buyer", "lapsed": 0, "since": 0, "patience": 365},)),
    Example((("a", "2026-01-05", 100),), ({"rung": "buyer", "lapsed": 1},), {"active_days": 30}, "2026-02-05"),
    Example((("a", "2026-01-05", 100), ("a", "2026-01-05", 100)), ({"rung": "client", "lapsed": 0},)),
    Example(_FOUR, ({"rung": "regular", "lapsed": 0, "twice_median_gap": 42},), {"active_days": 30}),
    Example(_FOUR, ({"rung": "regular", "lapsed": 0, "since": 42},), {"active_days": 30}, "2026-04-12"),
    Example(_FOUR, ({"rung": "client", "lapsed": 1, "since": 43},), {"active_days": 30}, "2026-04-13"),
)
