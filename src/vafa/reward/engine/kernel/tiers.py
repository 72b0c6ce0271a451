"""Tiers: what reaches them, how long they are held, and what happens when their term ends."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_DAY,
    A_ID,
    A_KIND,
    C_BALANCE,
    C_COUNT,
    C_UNIT,
    C_WINDOW,
    CONTINUOUS,
    DAY,
    DOWNGRADE,
    FAR,
    K_CLAUSE,
    K_COUNTER,
    K_LEAST,
    K_TIER,
    KEEP,
    L_EXPIRES,
    L_LEFT,
    LIFE,
    LOT_SIZE,
    MEMBER_YEAR,
    N_COUNTER,
    N_DAY,
    NOW_DAY,
    NOW_ENTRIES,
    NOW_JOINED,
    NOW_SINCE,
    NOW_TIER,
    NOW_UNTIL,
    ONE_STEP,
    SALE,
    T_COUNT,
    T_EXTRA,
    T_HERE,
    T_KIND,
    TIER,
    W_FIRST,
    W_LOTS,
    WEEK,
    Memory,
    Row,
    Table,
    Tables,
)

from .counting import counter_now, is_rolling
from .days import add_months, first_dead_day, leaves, member_year, month_of, start_of
from .mode import jit
from .saying import say_tier


@jit
def highest_tier(tables: Tables, memory: Memory, conditions: Table, day: int, only: int) -> int:
    """The highest tier of which some clause holds as a whole on ``day``; ``only``: that one alone, unless 0."""
    best, tier, clause, holds = 0, 0, -1, False
    for place in range(len(conditions)):
        condition = conditions[place]
        if condition[K_TIER] != tier or condition[K_CLAUSE] != clause:
            if holds:
                best = max(best, tier)
            tier, clause, holds = condition[K_TIER], condition[K_CLAUSE], only == 0 or condition[K_TIER] == only
        if holds and counter_now(tables, memory, condition[K_COUNTER], day) < condition[K_LEAST]:
            holds = False
    return max(best, tier) if holds else best


@jit
def hold_tier(tables: Tables, memory: Memory, tier: int, day: int) -> None:
    """From now on the tier, for its term from ``day``."""
    told, now = tables.tiers[tier], memory.now
    now[NOW_TIER] = tier
    ends = first_dead_day(tables, day, told[T_KIND], told[T_COUNT])
    now[NOW_UNTIL] = add_months(tables, ends, told[T_EXTRA]) if told[T_EXTRA] > 0 and ends < FAR else ends


@jit
def reach_tier(tables: Tables, memory: Memory, activity: Row) -> None:
    """Climb where a condition is met; reaching the same tier again by a purchase prolongs it at once."""
    if len(tables.conditions) == 0:
        return
    now, day = memory.now, activity[A_DAY]
    before = now[NOW_TIER]
    reached = highest_tier(tables, memory, tables.conditions, day, 0)
    if reached > before:
        hold_tier(tables, memory, reached, day)
        now[NOW_SINCE] = day
        say_tier(tables, memory, activity[A_ID], day)
    elif reached == before and reached > 0 and tables.sizes[CONTINUOUS] == 0 and activity[A_KIND] == SALE:
        hold_tier(tables, memory, reached, day)


@jit
def stays(tables: Tables, memory: Memory, day: int) -> bool:
    """Whether the tier is kept as things stand on ``day``."""
    tier = memory.now[NOW_TIER]
    if tables.sizes[DOWNGRADE] == KEEP or highest_tier(tables, memory, tables.keeps, day, tier) == tier:
        return True
    return highest_tier(tables, memory, tables.conditions, day, 0) >= tier


@jit
def fall(tables: Tables, memory: Memory, activity: int, day: int, as_of: int) -> None:
    """Down to what the conditions give as of a day, or one step, as the programme says."""
    now = memory.now
    before = now[NOW_TIER]
    reached = min(highest_tier(tables, memory, tables.conditions, as_of, 0), before - 1)
    if tables.sizes[DOWNGRADE] == ONE_STEP:
        reached = before - 1
        while tables.tiers[reached][T_HERE] == 0:
            reached -= 1
    now[NOW_TIER], now[NOW_UNTIL] = 0, FAR
    if reached > 0:
        hold_tier(tables, memory, reached, as_of)
        if now[NOW_UNTIL] <= day:  # a term that is over at once must not be entered again
            now[NOW_UNTIL] = FAR
            now[NOW_TIER] = reached if tables.sizes[CONTINUOUS] == 1 else 0
    now[NOW_SINCE] = day
    say_tier(tables, memory, activity, day)


@jit
def end_tier(tables: Tables, memory: Memory, day: int) -> None:
    """The term is over: the tier is what the day before would give."""
    now = memory.now
    if tables.sizes[CONTINUOUS] == 1:
        now[NOW_UNTIL] = FAR  # from now on it is watched
        watch_tier(tables, memory, 0, day)
    elif stays(tables, memory, day - 1):
        hold_tier(tables, memory, now[NOW_TIER], day - 1)
        if now[NOW_UNTIL] <= day:
            fall(tables, memory, 0, day, day - 1)
    else:
        fall(tables, memory, 0, day, day - 1)


@jit
def watch_tier(tables: Tables, memory: Memory, activity: int, day: int) -> None:
    """Where tiers are looked at continuously: down as soon as the conditions fail and the shortest stay is over."""
    now, watched = memory.now, tables.sizes[CONTINUOUS] == 1
    if watched and now[NOW_TIER] > 0 and now[NOW_UNTIL] == FAR and not stays(tables, memory, day):
        fall(tables, memory, activity, day, day)


@jit
def next_change(tables: Tables, memory: Memory) -> int:
    """The next day on which a watched tier may be lost without any activity; FAR: none."""
    now, found = memory.now, FAR
    if tables.sizes[CONTINUOUS] == 0 or now[NOW_TIER] == 0 or now[NOW_UNTIL] != FAR:
        return FAR
    if not stays(tables, memory, now[NOW_DAY]):
        return now[NOW_DAY] + 1  # one step was lost, and the next one does not hold either
    for place in range(len(tables.keeps)):
        condition = tables.keeps[place]
        if condition[K_TIER] == now[NOW_TIER]:
            found = min(found, counter_falls(tables, memory, condition[K_COUNTER]))
    for place in range(len(tables.conditions)):
        found = min(found, counter_falls(tables, memory, tables.conditions[place][K_COUNTER]))
    return found


@jit
def counter_falls(tables: Tables, memory: Memory, counter: int) -> int:
    """The next day after today on which a counter falls by itself; at the latest the next month's first."""
    told, today = tables.counters[counter], memory.now[NOW_DAY]
    found = FAR
    if told[C_BALANCE] == 1:
        wallet, lots = memory.wallets[told[C_UNIT]], memory.lots[told[C_UNIT]]
        for place in range(wallet[W_FIRST], wallet[W_LOTS]):
            lot = place * LOT_SIZE
            if lots[lot + L_LEFT] > 0 and lots[lot + L_EXPIRES] > today:
                found = min(found, lots[lot + L_EXPIRES])
        return found
    if is_rolling(told[C_WINDOW]):
        for place in range(memory.now[NOW_ENTRIES]):
            entry = memory.entries[place]
            if entry[N_COUNTER] == counter:
                day = leaves(tables, entry[N_DAY], told[C_WINDOW], told[C_COUNT])
                if day > today:
                    found = min(found, day)
        return found
    window = told[C_WINDOW]
    if window in (LIFE, TIER) or counter_now(tables, memory, counter, today) == 0:
        return FAR
    if window == MEMBER_YEAR:
        joined = memory.now[NOW_JOINED]
        return add_months(tables, joined, 12 * (member_year(tables, joined, today) + 1))
    return today + 1 if window in (DAY, WEEK) else start_of(tables, month_of(tables, today) + 1)
