"""What is said: one row an effect."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    ALL_REWARDS,
    L_AVAILABLE,
    L_EXPIRES,
    L_LEFT,
    L_ORIGIN,
    LOT_SIZE,
    NOW_EFFECTS,
    NOW_MEMBER,
    NOW_TIER,
    R_SLOT,
    SAY_EXTEND,
    SAY_TIER,
    SLOTS,
    U_WAITS,
    UNITS,
    W_FIRST,
    W_HELD,
    W_LOTS,
    X_ACTIVITY,
    X_AMOUNT,
    X_AVAILABLE,
    X_BALANCE,
    X_DAY,
    X_EXPIRES,
    X_KIND,
    X_LOT,
    X_MEMBER,
    X_REASON,
    X_TIER,
    X_UNIT,
    Memory,
    Tables,
)

from .mode import jit


@jit
def reason_of_reward(tables: Tables, reward: int) -> int:
    return tables.sizes[SLOTS] + tables.rewards[reward][R_SLOT]


@jit
def reason_of_unit(tables: Tables, unit: int) -> int:
    return tables.sizes[SLOTS] + tables.sizes[ALL_REWARDS] + unit


@jit
def reason_expired(tables: Tables) -> int:
    return tables.sizes[SLOTS] + tables.sizes[ALL_REWARDS] + tables.sizes[UNITS]


@jit
def reason_owed(tables: Tables) -> int:
    return reason_expired(tables) + 1


@jit
def spendable(tables: Tables, memory: Memory, unit: int, day: int) -> int:
    """What can be used on ``day``: all that is in the lots, but for what waits yet."""
    wallet = memory.wallets[unit]
    held = wallet[W_HELD]
    if tables.units[unit][U_WAITS] == 1:
        lots = memory.lots[unit]
        for place in range(wallet[W_FIRST], wallet[W_LOTS]):
            lot = place * LOT_SIZE
            if lots[lot + L_AVAILABLE] > day:
                held -= lots[lot + L_LEFT]
    return held


@jit
def _write(
    tables: Tables, memory: Memory, activity: int, day: int, kind: int, unit: int, amount: int, reason: int
) -> None:
    effect = memory.effects[memory.now[NOW_EFFECTS]]
    memory.now[NOW_EFFECTS] += 1
    effect[X_MEMBER] = memory.now[NOW_MEMBER]
    effect[X_ACTIVITY] = activity
    effect[X_DAY] = day
    effect[X_KIND] = kind
    effect[X_UNIT] = unit
    effect[X_AMOUNT] = amount
    effect[X_REASON] = reason
    effect[X_TIER] = memory.now[NOW_TIER]
    effect[X_LOT] = 0
    effect[X_AVAILABLE] = day
    effect[X_EXPIRES] = -1
    effect[X_BALANCE] = spendable(tables, memory, unit, day) if unit >= 0 else 0


@jit
def say(
    tables: Tables, memory: Memory, activity: int, day: int, kind: int, unit: int, amount: int, reason: int, lot: int
) -> None:
    """A movement of the lot that begins at ``lot``, after it happened."""
    lots = memory.lots[unit]
    effect = memory.effects[memory.now[NOW_EFFECTS]]
    _write(tables, memory, activity, day, kind, unit, amount, reason)
    effect[X_LOT] = lots[lot + L_ORIGIN]
    effect[X_AVAILABLE] = lots[lot + L_AVAILABLE]
    effect[X_EXPIRES] = lots[lot + L_EXPIRES]


@jit
def say_debt(
    tables: Tables, memory: Memory, activity: int, day: int, kind: int, unit: int, amount: int, reason: int
) -> None:
    """A debt that came up: no lot moved."""
    _write(tables, memory, activity, day, kind, unit, amount, reason)


@jit
def say_extended(
    tables: Tables, memory: Memory, activity: int, day: int, unit: int, expires: int, first: int, last: int
) -> None:
    """What is held of a unit lives until another day: the lots earned from the day ``first`` to ``last``."""
    effect = memory.effects[memory.now[NOW_EFFECTS]]
    _write(tables, memory, activity, day, SAY_EXTEND, unit, 0, reason_of_unit(tables, unit))
    effect[X_AVAILABLE], effect[X_LOT], effect[X_EXPIRES] = first, last, expires


@jit
def say_tier(tables: Tables, memory: Memory, activity: int, day: int) -> None:
    """The tier is another one from now on."""
    reason = reason_owed(tables) + 1 + memory.now[NOW_TIER]
    say_debt(tables, memory, activity, day, SAY_TIER, -1, 0, reason)
