"""What the engine remembers of one member between two activities, and how it is kept as bytes."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

from vafa.reward.engine.plan import Plan

FIXED = 4  # day, tier, tier's last day (−1: no end), number of window entries


@dataclass(slots=True)
class Lot:
    """Units that one activity brought."""

    unit: int
    origin: int  # the activity that opened it
    granted: int
    left: int
    earned_day: int
    available_day: int
    expires_day: int  # the first day on which it is no longer usable; −1: never
    expired: int = 0

    def order(self) -> tuple[int, int, int]:
        """The order in which lots are drawn."""
        return (self.expires_day if self.expires_day >= 0 else 2**62, self.earned_day, self.origin)


@dataclass(slots=True)
class State:
    """One member: tier, counters, caps, gates, debts, lots."""

    day: int
    tier: int
    tier_until: int
    counter_window: list[int]
    counter_value: list[int]
    cap_window: list[int]
    cap_used: list[int]
    gate_window: list[int]
    gate_fired: list[int]
    owed: list[int]  # by unit
    lots: list[Lot] = field(default_factory=list)
    entries: list[tuple[int, int, int]] = field(default_factory=list)  # rolling windows: (counter, day, amount)
    next_expiry: int = -1  # a hint: no lot expires before this day; −1: unknown


def new_state(plan: Plan) -> State:
    counters, earns, units = len(plan.counters.ids), len(plan.earns.ids), len(plan.units.ids)
    return State(
        -(2**31),
        0,
        -1,
        [-1] * counters,
        [0] * counters,
        [-1] * earns,
        [0] * earns,
        [-1] * earns,
        [0] * earns,
        [0] * units,
    )


def to_bytes(state: State) -> bytes:
    """All of the state as 64-bit integers; lots and entries that hold nothing are left out."""
    numbers = array("q", (state.day, state.tier, state.tier_until, len(state.entries)))
    for column in (
        state.counter_window,
        state.counter_value,
        state.cap_window,
        state.cap_used,
        state.gate_window,
        state.gate_fired,
        state.owed,
    ):
        numbers.extend(column)
    for entry in state.entries:
        numbers.extend(entry)
    for lot in state.lots:
        numbers.extend(
            (lot.unit, lot.origin, lot.granted, lot.left, lot.earned_day, lot.available_day, lot.expires_day)
        )
    return numbers.tobytes()


def from_bytes(plan: Plan, kept: bytes) -> State:
    numbers = array("q")
    numbers.frombytes(kept)
    values = numbers.tolist()
    counters, earns, units = len(plan.counters.ids), len(plan.earns.ids), len(plan.units.ids)
    at = FIXED
    columns: list[Any] = []
    for size in (counters, counters, earns, earns, earns, earns, units):
        columns.append(values[at : at + size])
        at += size
    end = at + 3 * values[3]
    entries = [(values[i], values[i + 1], values[i + 2]) for i in range(at, end, 3)]
    lots = [Lot(*values[i : i + 7]) for i in range(end, len(values), 7)]
    made = State(values[0], values[1], values[2], *columns)
    made.lots, made.entries = lots, entries
    return made
