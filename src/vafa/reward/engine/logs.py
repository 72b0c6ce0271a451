"""What a walk over many members said, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vafa.reward.engine.fields import (
    EFFECT_SIZE,
    NOW_EFFECTS,
    SAY_EXPIRE,
    SAY_EXTEND,
    X_ACTIVITY,
    X_AMOUNT,
    X_BALANCE,
    X_DAY,
    X_KIND,
    X_LOT,
    X_MEMBER,
    X_REASON,
    X_TIER,
    X_UNIT,
    Memory,
)
from vafa.reward.engine.timelines import Ints

Narrow = NDArray[np.signedinteger[Any]]  # numbers to find something by, in fewer bytes: they are the most of a log


class Log(NamedTuple):
    """Effects as columns, in the order of the walk, members one after another."""

    member: Narrow
    row: Narrow  # of the activity; −1 where only time had passed
    day: Narrow
    kind: Narrow  # place in EFFECTS
    unit: Narrow  # row of the plan's units; −1 in a change of tier
    amount: Ints
    reason: Narrow  # place in reasons(plan)
    tier: Narrow
    lot: Ints  # id of the activity that opened the lot; 0: the debt itself
    balance: Ints


PLACES = Log(X_MEMBER, X_ACTIVITY, X_DAY, X_KIND, X_UNIT, X_AMOUNT, X_REASON, X_TIER, X_LOT, X_BALANCE)  # type: ignore[arg-type]
BITS = Log(32, 32, 32, 16, 16, 64, 16, 16, 64, 64)  # type: ignore[arg-type]


class Writing:
    """A log as it is written: its columns have room ahead, which takes no memory until something is there."""

    def __init__(self, expected: int) -> None:
        self.count = 0
        self.columns = [np.empty(max(expected, 1), dtype=f"int{bits}") for bits in BITS]

    def take(self, room: Memory) -> None:
        """Write down what was said; its room is free again."""
        count, room.now[NOW_EFFECTS] = int(room.now[NOW_EFFECTS]), 0
        said = np.asarray(room.effects[:count], dtype=np.int64).reshape(count, EFFECT_SIZE)
        extends = said[:, X_KIND] == SAY_EXTEND
        said = said[~extends] if extends.any() else said
        begins, self.count = self.count, self.count + len(said)
        while self.count > len(self.columns[0]):
            self.columns = [np.concatenate([column, np.empty_like(column)]) for column in self.columns]
        for column, place in zip(self.columns, PLACES, strict=True):
            column[begins : self.count] = said[:, place]
        timely = (said[:, X_KIND] == SAY_EXPIRE) | (said[:, X_ACTIVITY] <= 0)
        self.columns[1][begins : self.count] = np.where(timely, -1, said[:, X_ACTIVITY] - 1)


def joined(parts: Sequence[Writing]) -> Log:
    """The parts' logs, one after another."""
    logs = [[column[: part.count] for column in part.columns] for part in parts]
    return Log(*(logs[0] if len(logs) == 1 else map(np.concatenate, zip(*logs, strict=True))))
