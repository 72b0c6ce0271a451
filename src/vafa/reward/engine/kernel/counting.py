"""Counters: what is added up, within which window."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    C_BALANCE,
    C_COUNT,
    C_FROM,
    C_GOAL,
    C_UNIT,
    C_WINDOW,
    COUNTERS,
    HAS_VALUE,
    HAS_WINDOW,
    N_AMOUNT,
    N_COUNTER,
    N_DAY,
    NOW_DAY,
    NOW_ENTRIES,
    ROLLING_DAYS,
    ROLLING_MONTHS,
    STREAK,
    Memory,
    Tables,
)

from .days import streak_number, window_begins, window_of
from .mode import jit
from .saying import spendable


@jit
def is_rolling(window: int) -> bool:
    return window in (ROLLING_DAYS, ROLLING_MONTHS)


@jit
def counter_now(tables: Tables, memory: Memory, counter: int, day: int) -> int:
    """The counter's value in the window of ``day``."""
    told = tables.counters[counter]
    if told[C_BALANCE] == 1:
        return spendable(tables, memory, told[C_UNIT], day)
    if is_rolling(told[C_WINDOW]):
        begins = window_begins(tables, day, told[C_WINDOW], told[C_COUNT])
        total = 0
        for place in range(memory.now[NOW_ENTRIES]):
            entry = memory.entries[place]
            if entry[N_COUNTER] == counter and begins <= entry[N_DAY] <= day:
                total += entry[N_AMOUNT]
        return total
    has = memory.counters[counter]
    if told[C_WINDOW] == STREAK:
        return has[HAS_VALUE] if has[HAS_WINDOW] >= streak_number(tables, day, told[C_COUNT]) - 1 else 0
    return has[HAS_VALUE] if has[HAS_WINDOW] == window_of(tables, memory, day, told[C_WINDOW]) else 0


@jit
def count(tables: Tables, memory: Memory, counter: int, day: int, amount: int) -> None:
    """Add ``amount`` on ``day``, and see whether streaks that follow the counter go on."""
    if amount == 0:
        return
    if not add(tables, memory, counter, day, amount):
        return
    for other in range(tables.sizes[COUNTERS]):
        if tables.counters[other][C_FROM] == counter:
            follow(tables, memory, other, day)


@jit
def follow(tables: Tables, memory: Memory, counter: int, day: int) -> None:
    """One more in a row where the goal is reached for the first time in its window; one less where it is lost."""
    told, has = tables.counters[counter], memory.counters[counter]
    number = streak_number(tables, day, told[C_COUNT])
    reached = counter_now(tables, memory, told[C_FROM], day) >= told[C_GOAL]
    if reached and has[HAS_WINDOW] < number:
        has[HAS_VALUE] = has[HAS_VALUE] + 1 if has[HAS_WINDOW] == number - 1 else 1
        has[HAS_WINDOW] = number
    elif not reached and has[HAS_WINDOW] == number:
        has[HAS_VALUE] -= 1
        has[HAS_WINDOW] = number - 1


@jit
def add(tables: Tables, memory: Memory, counter: int, day: int, amount: int) -> bool:
    """Add ``amount`` on ``day``; False: it falls in a window that is over already, and changes nothing."""
    told = tables.counters[counter]
    if is_rolling(told[C_WINDOW]):
        forget_entries(memory, counter, window_begins(tables, memory.now[NOW_DAY], told[C_WINDOW], told[C_COUNT]))
        entry = memory.entries[memory.now[NOW_ENTRIES]]
        entry[N_COUNTER], entry[N_DAY], entry[N_AMOUNT] = counter, day, amount
        memory.now[NOW_ENTRIES] += 1
        return True
    number = window_of(tables, memory, day, told[C_WINDOW])
    has = memory.counters[counter]
    if has[HAS_WINDOW] == number:
        has[HAS_VALUE] += amount
    elif has[HAS_WINDOW] < number:
        has[HAS_WINDOW] = number
        has[HAS_VALUE] = amount
    return has[HAS_WINDOW] == number


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
        if tables.counters[counter][C_UNIT] == unit and tables.counters[counter][C_BALANCE] == 0:
            count(tables, memory, counter, day, amount)
