"""What goes into the engine and what comes out."""

from __future__ import annotations

from typing import NamedTuple

from vafa.core.records import Line

UNKNOWN_SALE = -1  # a return names a purchase that isn't in the history


class Activity(NamedTuple):
    """Something a member did. ``id`` names it for ever; those of one member come in order of time."""

    id: int
    day: int
    kind: str  # signup | event | sale | return | redeem | choose | adjust | merge | leave
    amount: int = 0  # minor units, positive in sales and in returns
    lines: tuple[Line, ...] = ()
    returns: int = 0  # the sale that a return gives back; 0: not told; UNKNOWN_SALE
    reward: str = ""
    units: int = 0  # of a redemption: how many units it took; of a choice: from how many on a reward comes;
    # of an adjustment: given, or (negative) taken
    store: str = ""
    channel: str = ""
    tender: str = ""
    event: str = ""  # its name
    unit: str = ""  # of an adjustment
    how: int = 0  # of an adjustment: PLAINLY, TAKES_ALL, FORGIVES
    joins: tuple[Activity, ...] = ()  # of a merge: all that the other card did until then

    @property
    def gives_back(self) -> bool:
        """Whether it is a return, or another card that comes with it had one."""
        return self.kind == "return" or any(one.gives_back for one in self.joins)


class Effect(NamedTuple):
    """One movement, seen from the member's side."""

    activity: int
    day: int
    kind: str  # earn | bonus | issue | redeem | return | expire | owed | tier | forfeit | extend | adjust | merge
    unit: str
    amount: int
    reason: str
    tier: str
    lot: int  # the activity that opened the lot; 0: the debt itself; extend: lots earned up to this day live on
    available_day: int  # extend: lots earned from this day on
    expires_day: int | None
    balance_after: int  # spendable units of that kind, right after
    earned_day: int | None = None  # of a lot that came by a merge: when it was earned
