"""RFM: how recently, how often, how much, in five classes each, and the named groups over them.

The groups are data, ``segment/rfm_groups.toml``: edit the file to name them otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.segment.running import Engine, Example, Result, run

KIND = "rfm"
TITLE = _("Recency, frequency, money")
NEEDS = ("days", "summary")
GROUPS = Path(__file__).resolve().parent.parent / "rfm_groups.toml"
NAMES = (  # for the catalogue of texts; the file decides
    _("Champions"),
    _("Can't lose them"),
    _("New customers"),
    _("Promising"),
    _("Loyal customers"),
    _("Potential loyalists"),
    _("Need attention"),
    _("About to sleep"),
    _("At risk"),
    _("Hibernating"),
    _("Lost"),
)


@dataclass(frozen=True)
class Params:
    """Nothing to choose."""


def compute(connection: Engine, params: Params | None = None) -> Result:
    """``customer_id, r, f, m``: classes 1 to 5, ties by customer id, 5 the latest, most frequent, largest."""
    return run(connection, __file__, params or Params())


@dataclass(frozen=True)
class Group:
    """A named group: both ends belong to the interval; ``twice_fm`` is f + m, so that it stays whole."""

    name: str
    r: tuple[int, int]
    twice_fm: tuple[int, int]


@cache
def groups() -> tuple[Group, ...]:
    """The named groups in the order of their file; the first that fits is taken, the last takes the rest."""
    table = tomllib.loads(GROUPS.read_text("utf-8"))["group"]
    found = []
    for entry in table:
        low, high = entry.get("r", (1, 5))
        fm_low, fm_high = entry.get("fm", (1, 5))
        found.append(Group(entry["name"], (int(low), int(high)), (round(2 * fm_low), round(2 * fm_high))))
    return tuple(found)


def group_of(r: int, f: int, m: int) -> str:
    """The name of the group of a customer with these three classes."""
    for group in groups():
        if group.r[0] <= r <= group.r[1] and group.twice_fm[0] <= f + m <= group.twice_fm[1]:
            return group.name
    return groups()[-1].name


def explain(row: Mapping[str, Any]) -> str:
    return gettext("%(group)s: class %(r)s of 5 by last purchase, %(f)s by number of purchases, %(m)s by sales.") % {
        "group": gettext(group_of(row["r"], row["f"], row["m"])),
        **{key: row[key] for key in "rfm"},
    }


EXAMPLES = (
    Example((("a", "2026-01-05", 100),), ({"r": 1, "f": 1, "m": 1},)),
    Example(  # all alike: the id decides
        tuple((name, "2026-01-05", 100) for name in "edcba"),
        tuple({"customer_id": name, "r": n, "f": n, "m": n} for n, name in enumerate("abcde", 1)),
    ),
)
