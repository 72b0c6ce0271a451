"""What the engine says becomes what the ledger holds; pure.

The engine tells effects from the member's side. Each becomes a movement between the member's
account and the contra account of its kind. What an activity brought about is always compared with
what stands for it in the ledger, and only the difference is posted: the first time that is all of
it; after a return, a late purchase or a cancelled redemption it is the correction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

CONTRA = {
    "earn": "issuer",
    "bonus": "issuer",
    "issue": "issuer",
    "return": "issuer",
    "adjust": "issuer",
    "redeem": "redeemed",
    "cancel": "redeemed",
    "expire": "expired",
    "forfeit": "expired",
    "owed": "owed",
    "merge": "merged",
}
DEBTS = frozenset({"owed", "adjust", "merge"})  # without a lot they stand on what the member owes


class Key(NamedTuple):
    """What a movement is about: the same in the engine's effects and in the ledger's entries."""

    activity: int
    kind: str
    unit: str
    lot: int  # the activity that opened the lot; 0: no lot, the member's debt itself
    reason: str


class Movement(NamedTuple):
    owner: int
    key: Key
    day: int
    amount: int  # signed from the member's side


class Opening(NamedTuple):
    """A lot as the engine opened it."""

    owner: int
    unit: str
    activity: int
    granted: int
    earned_day: int
    available_day: int
    expires_day: int | None
    again: bool = False  # told of again after a walk through the history: it may stand already


class Extension(NamedTuple):
    """Lots that a member held before, earned of a unit between two days, live until another day: something happened."""

    owner: int
    unit: str
    first_day: int
    last_day: int
    expires_day: int | None


def totals(movements: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    summed: dict[Key, int] = defaultdict(int)
    for key, amount in movements:
        summed[key] += amount
    return {key: amount for key, amount in summed.items() if amount}


def differences(wanted: Mapping[Key, int], standing: Mapping[Key, int]) -> dict[Key, int]:
    """What must be posted so that ``standing`` becomes ``wanted``."""
    return {
        key: delta
        for key in [*wanted, *(key for key in standing if key not in wanted)]
        if (delta := wanted.get(key, 0) - standing.get(key, 0))
    }


def member_side(key: Key) -> str:
    """The member's account that a movement touches: debts that no lot carries stand on "owed"."""
    return "owed" if key.lot == 0 and key.kind in DEBTS else "wallet"


def contra_side(key: Key) -> str:
    return "issuer" if key.kind == "owed" and key.lot == 0 else CONTRA[key.kind]
