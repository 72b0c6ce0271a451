"""What goes into the engine and what comes out."""

from __future__ import annotations

from typing import NamedTuple

from vafa.core.records import Line


class Activity(NamedTuple):
    """Something a member did. ``id`` names it for ever; those of one member come in order of time."""

    id: int
    day: int
    kind: str  # signup | event | sale | return | redeem | choose
    amount: int = 0  # minor units, positive in sales and in returns
    lines: tuple[Line, ...] = ()
    returns: int = 0  # the sale that a return gives back; 0: not told
    reward: str = ""
    units: int = 0  # of a redemption: how many units it took; of a choice: from how many on a reward comes
    store: str = ""
    channel: str = ""
    tender: str = ""
    event: str = ""  # its name


class Effect(NamedTuple):
    """One movement, seen from the member's side."""

    activity: int
    day: int
    kind: str  # earn | bonus | issue | redeem | return | expire | owed | tier
    unit: str
    amount: int
    reason: str
    tier: str
    lot: int  # the activity that opened the lot; 0: the debt itself
    available_day: int
    expires_day: int | None
    balance_after: int  # spendable units of that kind, right after
