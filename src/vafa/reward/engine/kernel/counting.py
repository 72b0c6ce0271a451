"""Counters and tiers: what is added up, and what it reaches."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    C_COUNT,
    C_UNIT,
    C_WINDOW,
    COUNTERS,
    HAS_VALUE,
    HAS_WINDOW,
    K_CLAUSE,
    K_COUNTER,
    K_LEAST,
    K_TIER,
    N_AMOUNT,
    N_COUNTER,
    N_DAY,
    NOW_DAY,
    NOW_ENTRIES,
    NOW_TIER,
    NOW_UNTIL,
    ROLLING_DAYS,
    ROLLING_MONTHS,
    T_COUNT,
    T_KIND,
    Memory,
    Tables,
)

from .days import first_dead_day, window_begins, window_of
from .mode import jit
from .saying import say_tier


@jit
def is_rolling(window: int) -> bool:
    return window in (ROLLING_DAYS, ROLLING_MONTHS)


@jit
def counter_now(tables: Tables, memory: Memory, counter: int, day: int) -> int:
    """The counter's value in the window of ``day``."""
    told = tables.counters[counter]
    if is_rolling(told[C_WINDOW]):
        begins = window_begins(tables, day, told[C_WINDOW], told[C_COUNT])
        total = 0
        for place in range(memory.now[NOW_ENTRIES]):
            entry = memory.entries[place]
            if entry[N_COUNTER] == counter and begins <= entry[N_DAY] <= day:
                total += entry[N_AMOUNT]
        return total
    has = memory.counters[counter]
    return has[HAS_VALUE] if has[HAS_WINDOW] == window_of(tables, day, told[C_WINDOW]) else 0


@jit
def count(tables: Tables, memory: Memory, counter: int, day: int, amount: int) -> None:
    """Add ``amount`` on ``day``; what falls in a window that is over already changes nothing."""
    if amount == 0:
        return
    told = tables.counters[counter]
    if is_rolling(told[C_WINDOW]):
        forget_entries(memory, counter, window_begins(tables, memory.now[NOW_DAY], told[C_WINDOW], told[C_COUNT]))
        entry = memory.entries[memory.now[NOW_ENTRIES]]
        entry[N_COUNTER], entry[N_DAY], entry[N_AMOUNT] = counter, day, amount
        memory.now[NOW_ENTRIES] += 1
        return
    number = window_of(tables, day, told[C_WINDOW])
    has = memory.counters[counter]
    if has[HAS_WINDOW] == number:
        has[HAS_VALUE] += amount
    elif has[HAS_WINDOW] < number:
        has[HAS_WINDOW] = number
        has[HAS_VALUE] = amount


@jit
def forget_entries(memory: Memory, counter: int, begins: int) -> None:
    kept = 0
    for place in range(memory.now[NOW_ENTRIES]):
        entry = memory.entries[place]
        if entry[N_COUNTER] != counter or entry[N_DAY] >= begins:
            stays = memory.entries[kept]
            stays[N_COUNTER], stays[N_DAY], stays[N_AMOUNT] = entry[N_COUNTER], entry[N_DAY], entry[N_AMOUNT]
            kept += 1
    memory.now[NOW_ENTRIES] = kept


@jit
def feed_counters(tables: Tables, memory: Memory, unit: int, day: int, amount: int) -> None:
    """Counters of a unit follow what is earned and taken back."""
    for counter in range(tables.sizes[COUNTERS]):
        if tables.counters[counter][C_UNIT] == unit:
            count(tables, memory, counter, day, amount)


@jit
def highest_tier(tables: Tables, memory: Memory, day: int) -> int:
    """The highest tier of which some clause holds as a whole on ``day``."""
    best, tier, clause, holds = 0, 0, -1, False
    for place in range(len(tables.conditions)):
        condition = tables.conditions[place]
        if condition[K_TIER] != tier or condition[K_CLAUSE] != clause:
            if holds:
                best = max(best, tier)
            tier, clause, holds = condition[K_TIER], condition[K_CLAUSE], True
        if holds and counter_now(tables, memory, condition[K_COUNTER], day) < condition[K_LEAST]:
            holds = False
    return max(best, tier) if holds else best


@jit
def hold_tier(tables: Tables, memory: Memory, tier: int, day: int) -> None:
    told = tables.tiers[tier]
    memory.now[NOW_TIER] = tier
    memory.now[NOW_UNTIL] = first_dead_day(tables, day, told[T_KIND], told[T_COUNT])


@jit
def reach_tier(tables: Tables, memory: Memory, activity: int, day: int) -> None:
    """Climb where a condition is met; reaching the same tier again prolongs it at once."""
    if len(tables.conditions) == 0:
        return
    reached = highest_tier(tables, memory, day)
    before = memory.now[NOW_TIER]
    if reached == 0 or reached < before:
        return
    hold_tier(tables, memory, reached, day)
    if reached > before:
        say_tier(tables, memory, activity, day)
