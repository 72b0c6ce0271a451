"""Movement on the ladder: who climbed and who fell between two days, and what came before it.

What goes together with climbing need not have caused it: that is what a hold-out tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vafa.core.words import gettext_noop as _
from vafa.engage import queries as engage
from vafa.know import queries as know
from vafa.measure.models import Snapshot
from vafa.reward import queries as reward
from vafa.segment import queries as segment
from vafa.segment.methods.ladder import RUNGS

NEW = "new"  # had not bought before
WAYS = ("climbed", "stayed", "fell")
SURE = 2.0  # standard errors between two shares that can't be told apart by less
ENOUGH = 10  # people on each side
HAPPENED = {
    "joined": _("joined the club"),
    "reward": _("took a reward"),
    "letter": _("were written to"),
    "return": _("gave something back"),
}


@dataclass(frozen=True)
class After:
    """What happened to members of each way between the two days: (how many of them, of how many)."""

    what: str  # of HAPPENED
    counts: Mapping[str, tuple[int, int]]  # by WAYS

    def share(self, way: str) -> float | None:
        some, of = self.counts[way]
        return some / of if of else None

    @property
    def stands_out(self) -> bool:
        """Whether it came clearly more often to who climbed than to who stayed (a test of two shares)."""
        (a, n), (b, m) = self.counts["climbed"], self.counts["stayed"]
        if min(n, m) < ENOUGH or a * m <= b * n:
            return False
        together = (a + b) / (n + m)
        return a / n - b / m > SURE * sqrt(together * (1 - together) * (1 / n + 1 / m))


@dataclass(frozen=True)
class Movement:
    """What moved from the end of the day ``start`` to the end of the day ``end``."""

    start: int
    end: int
    flows: Mapping[tuple[str, str], int]  # (rung then or NEW, rung now): people
    after: tuple[After, ...]

    def moved(self, way: str) -> int:
        """People of a way, of those who had bought before."""
        return sum(n for (was, rung), n in self.flows.items() if was != NEW and way_of(was, rung) == way)

    @property
    def came(self) -> int:
        return sum(n for (was, _rung), n in self.flows.items() if was == NEW)

    def to(self, rung: str) -> int:
        """How many came to a rung from others, newcomers among them."""
        return sum(n for (was, now), n in self.flows.items() if now == rung != was)

    def off(self, rung: str) -> int:
        """How many left a rung, up or down."""
        return sum(n for (was, now), n in self.flows.items() if was == rung != now)


def way_of(was: str, rung: str) -> str:
    then, now = RUNGS.index(was), RUNGS.index(rung)
    return "climbed" if now > then else "fell" if now < then else "stayed"


def between(start: int, end: int, newest: Snapshot) -> Movement:
    """The movement between two days; kept in memory until there is a newer snapshot."""
    return _between(start, end, newest.day, newest.made_at)


@lru_cache(maxsize=8)
def _between(start: int, end: int, _day: int, _made_at: Any) -> Movement:
    table = segment.movement(start, end, segment.basis())
    flows: dict[tuple[str, str], int] = {}
    counted = table.group_by(["was", "rung"]).aggregate([([], "count_all")])
    for was, rung, count in zip(*(counted[name].to_pylist() for name in counted.column_names), strict=True):
        flows[was or NEW, rung] = count
    return Movement(start, end, flows, tuple(_after(table, start, end)))


def _after(table: pa.Table, start: int, end: int) -> list[After]:
    table = table.filter(pc.is_valid(table["was"]))
    ways = [way_of(*pair) for pair in zip(table["was"].to_pylist(), table["rung"].to_pylist(), strict=True)]
    codes = table["customer_id"].to_pylist()
    joined = {customer for customer, day in reward.joined_days().items() if start < day <= end}
    happened = {
        "joined": _coded(joined),
        "reward": _coded(reward.took_rewards(start + 1, end)),
        "letter": _coded(engage.written_to(start + 1, end)),
        "return": set(table.filter(pc.greater(table["returns"], 0))["customer_id"].to_pylist()),
    }
    return [
        After(
            what,
            {
                way: (sum(w == way and c in who for w, c in zip(ways, codes, strict=True)), ways.count(way))
                for way in WAYS
            },
        )
        for what, who in happened.items()
        if who
    ]


def _coded(ids: set[int]) -> set[str]:
    return set(know.codes_of(ids).values())


def people(start: int, end: int, *, was: str, rung: str) -> pa.Table:
    """Who went from one rung to another: ``segment.movement``'s rows, who bought most in between first."""
    table = segment.movement(start, end, segment.basis())
    came = pc.is_null(table["was"]) if was == NEW else pc.fill_null(pc.equal(table["was"], was), False)
    chosen = table.filter(pc.and_(came, pc.equal(table["rung"], rung)))
    return chosen.sort_by([("revenue", "descending"), ("customer_id", "ascending")])
