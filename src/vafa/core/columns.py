"""What can be asked of a customer, room by room: the words in which segments are defined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NUMBER, SHARE, MONEY, DAY, CHOICE, FLAG, TEXT, SEGMENT = KINDS = (
    "number",
    "share",  # 0–1, told in percent
    "money",  # minor units, written in major ones
    "day",
    "choice",
    "flag",
    "text",
    "segment",
)


@dataclass(frozen=True)
class Column:
    """``sql``: an expression over ``know_customer c`` and what ``joins`` adds, in SQL that both databases know."""

    name: str
    title: str  # as it stands before “is …”; translated when it is shown
    kind: str
    sql: str
    joins: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)  # value → its name

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise TypeError(f"the column {self.name} is of no known kind: {self.kind!r}")


Catalogue = Mapping[str, Column]
