"""What the shop owes its members in units: where it came from and where it went; pure.

The rows come from the ledger's entries, summed by day. What a wallet holds at the end of a day is the
sum of all entries up to it, so opening + movements = closing holds by construction; whether the entries
are right is told by comparing them with the lots and with the accounts on their other side.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from vafa.core.calendar import month_number, month_start
from vafa.ledger.posting import CONTRA

COLUMNS = ("earned", "issued", "redeemed", "expired", "returned", "forfeited", "adjusted", "owed")
COLUMN_OF = {
    "earn": "earned",
    "bonus": "earned",
    "issue": "issued",
    "redeem": "redeemed",
    "cancel": "redeemed",
    "expire": "expired",
    "return": "returned",
    "forfeit": "forfeited",
    "adjust": "adjusted",
    "merge": "adjusted",  # of two cards: nothing in all
    "owed": "owed",
}


class Flow(NamedTuple):
    """Entries of one day that say the same: ``amount`` units, signed from the member's side."""

    unit: str
    account: str  # wallet, or owed: what a member owes after a return
    contra: str
    kind: str
    reason: str  # the rule or reward
    day: int
    amount: int


class Held(NamedTuple):
    """What the lots of a unit hold by themselves, beside what their entries add up to."""

    unit: str
    left: int
    entries: int
    differing: int  # lots whose entries add up to something else


@dataclass
class Movement:
    """One unit between two days: opening + all movements = closing, in units.

    ``owed`` is what wallets gave up against debts; ``debt_*`` are those debts (units that members owe
    after a return of what they had spent), positive.
    """

    unit: str
    since: int
    until: int
    opening: int = 0
    moved: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    debt_opening: int = 0
    debt_arisen: int = 0

    @property
    def closing(self) -> int:
        return self.opening + sum(self.moved.values())

    @property
    def debt_settled(self) -> int:
        return -self.moved["owed"]

    @property
    def debt_closing(self) -> int:
        return self.debt_opening + self.debt_arisen - self.debt_settled

    @property
    def is_empty(self) -> bool:
        return not (self.opening or self.debt_opening or self.debt_arisen or any(self.moved.values()))


def movement(flows: Iterable[Flow], since: int, until: int) -> list[Movement]:
    """The movement of each unit from the beginning of ``since`` to the end of ``until``, by name of the unit."""
    found: dict[str, Movement] = {}
    for flow in flows:
        if flow.day > until:
            continue
        row = found.setdefault(flow.unit, Movement(flow.unit, since, until))
        before = flow.day < since
        if flow.account == "owed":
            if before:
                row.debt_opening -= flow.amount
            else:
                row.debt_arisen -= flow.amount
        elif before:
            row.opening += flow.amount
            if flow.kind == "owed":
                row.debt_opening += flow.amount
        else:
            row.moved[COLUMN_OF[flow.kind]] += flow.amount
    return [found[unit] for unit in sorted(found)]


def months(since: int, until: int, calendar: str) -> list[tuple[int, int]]:
    """The first and last day of each calendar month that ``since`` … ``until`` touches, cut to that span."""
    first, last = month_number(since, calendar), month_number(until, calendar)
    return [
        (max(since, month_start(month, calendar)), min(until, month_start(month + 1, calendar) - 1))
        for month in range(first, last + 1)
    ]


SPANS = ("month", "quarter", "year", "this_year", "last_year", "all")


def span(name: str, today: int, first: int, calendar: str) -> tuple[int, int]:
    """First and last day of a span in the shop's calendar; ``first``: the day of the oldest entry.

    month, quarter, year: this month and those before it, 1, 3 or 12 in all. What is unknown is a year.
    """
    month = month_number(today, calendar)
    january = month - month % 12
    if name == "last_year":
        return month_start(january - 12, calendar), month_start(january, calendar) - 1
    begin = {"month": month, "quarter": month - 2, "this_year": january}.get(name, month - 11)
    return (min(first, today) if name == "all" else month_start(begin, calendar)), today


def by_month(flows: Sequence[Flow], since: int, until: int, calendar: str) -> list[Movement]:
    """The movement of each unit month by month, oldest first; units that never moved are left out."""
    spans = months(since, until, calendar)
    begins = [first for first, _last in spans]
    inside: dict[tuple[str, int], list[Flow]] = {}
    for flow in flows:
        if since <= flow.day <= until:
            inside.setdefault((flow.unit, bisect_right(begins, flow.day) - 1), []).append(flow)
    found = []
    for whole in movement(flows, since, until):
        held, debt = whole.opening, whole.debt_opening
        for place, (first, last) in enumerate(spans):
            told = movement(inside.get((whole.unit, place), ()), first, last)
            row = told[0] if told else Movement(whole.unit, first, last)
            row.opening, row.debt_opening = held, debt
            held, debt = row.closing, row.debt_closing
            if not row.is_empty:
                found.append(row)
    return sorted(found, key=lambda row: (row.since, row.unit))


class Difference(NamedTuple):
    """The ledger does not agree with itself: ``code`` says how, in units."""

    code: str  # lots: entries and lots differ; contra: a kind stands against a foreign account
    unit: str
    entries: int
    other: int  # lots: what the lots hold; contra: how many units stand there
    detail: str = ""  # lots: how many lots differ; contra: the kind and the account


def differences(flows: Iterable[Flow], held: Iterable[Held]) -> list[Difference]:
    """Where the movements do not add up to what the lots hold, or went to an account that is not of their kind.

    ``flows``: all of them, without the expiries that are not booked yet. ``verify-ledger`` looks deeper.
    """
    sums: dict[str, int] = {}
    strays: dict[tuple[str, str, str], int] = {}
    for flow in flows:
        if flow.account == "wallet":
            sums[flow.unit] = sums.get(flow.unit, 0) + flow.amount
            if CONTRA[flow.kind] != flow.contra:
                stray = (flow.unit, flow.kind, flow.contra)
                strays[stray] = strays.get(stray, 0) + abs(flow.amount)
    lots = {row.unit: row for row in held}
    found = []
    for unit in sorted(sums.keys() | lots.keys()):
        row = lots.get(unit, Held(unit, 0, 0, 0))
        if sums.get(unit, 0) != row.left or row.differing:
            found.append(Difference("lots", unit, sums.get(unit, 0), row.left, str(row.differing)))
    for (unit, kind, contra), amount in sorted(strays.items()):
        found.append(Difference("contra", unit, amount, amount, f"{kind} → {contra}"))
    return found
