"""The step, and the walk over many members' activities.

Order at one instant: what the year's end gives, lots expire, the tier's term ends, then the activity happens.
"""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_DAY,
    A_ID,
    A_KIND,
    ADJUST,
    ALL_REWARDS,
    BUDGETS,
    CHOOSE,
    CONTINUOUS,
    COUNTERS,
    DONE,
    FAR,
    HAS_VALUE,
    HAS_WINDOW,
    LOT_SIZE,
    NEEDS_EFFECTS,
    NEEDS_ENTRIES,
    NEEDS_LOTS,
    NEEDS_RECEIPTS,
    NO_DAY,
    NOW_DAY,
    NOW_EAGER,
    NOW_EFFECTS,
    NOW_ENTRIES,
    NOW_JOINED,
    NOW_KEEPS,
    NOW_MEMBER,
    NOW_RECEIPTS,
    NOW_SINCE,
    NOW_TIER,
    NOW_UNTIL,
    REDEEM,
    RETURN,
    ROLLING,
    RULE_CAP_USED,
    RULE_CAP_WINDOW,
    RULE_FIRED,
    RULE_GATE_WINDOW,
    RULE_GOT,
    SLOTS,
    TIERS,
    UNITS,
    VERSION,
    VERSIONS,
    W_FIRST,
    W_HELD,
    W_LOTS,
    W_OWED,
    YEARLY,
    Memory,
    Row,
    Stack,
    Table,
    Tables,
)

from .adjusting import adjust
from .days import version_on
from .earning import sale
from .lots import expire_lots
from .mode import jit
from .returning import give_back
from .spending import choose, give_yearly_rewards, next_settlement, redeem
from .tiers import end_tier, next_change, watch_tier
from .versions import tables_at, take_over


@jit
def reset(tables: Tables, memory: Memory, member: int, keeps: int, eager: int) -> None:
    """A member about whom nothing is known yet."""
    now = memory.now
    now[NOW_DAY], now[NOW_TIER], now[NOW_UNTIL], now[NOW_ENTRIES], now[NOW_RECEIPTS] = NO_DAY, 0, FAR, 0, 0
    now[NOW_KEEPS], now[NOW_EAGER], now[NOW_MEMBER] = keeps, eager, member
    now[NOW_JOINED], now[NOW_SINCE] = NO_DAY, NO_DAY
    for counter in range(tables.sizes[COUNTERS]):
        has = memory.counters[counter]
        has[HAS_WINDOW], has[HAS_VALUE] = -1, 0
    for rule in range(tables.sizes[SLOTS]):
        knows = memory.rules[rule]
        knows[RULE_CAP_WINDOW], knows[RULE_CAP_USED], knows[RULE_GATE_WINDOW], knows[RULE_FIRED] = -1, 0, -1, 0
        knows[RULE_GOT] = 0
    for reward in range(tables.sizes[ALL_REWARDS]):
        memory.choices[reward] = 0
    for unit in range(tables.sizes[UNITS]):
        wallet = memory.wallets[unit]
        wallet[W_OWED], wallet[W_LOTS], wallet[W_FIRST], wallet[W_HELD] = 0, 0, 0, 0


@jit
def advance(tables: Tables, memory: Memory, day: int) -> None:
    """Let time pass up to the beginning of ``day``: years are settled, lots expire, tiers end, in order."""
    now = memory.now
    if day <= now[NOW_DAY]:
        return
    if now[NOW_DAY] == NO_DAY:
        now[NOW_DAY], now[NOW_JOINED], now[NOW_SINCE] = day, day, day
        return
    settles = next_settlement(tables, now[NOW_DAY])
    while True:
        changes = next_change(tables, memory)
        upcoming = min(settles, changes, now[NOW_UNTIL])
        if upcoming > day:
            break
        if settles == upcoming:
            expire_lots(tables, memory, upcoming - 1)
            give_yearly_rewards(tables, memory, upcoming)
            settles = next_settlement(tables, upcoming)
        expire_lots(tables, memory, upcoming)
        now[NOW_DAY] = upcoming
        if now[NOW_UNTIL] <= upcoming:
            end_tier(tables, memory, upcoming)  # one that is watched, too: one step a day
        else:
            watch_tier(tables, memory, 0, upcoming)
    expire_lots(tables, memory, day)
    now[NOW_DAY] = day


@jit
def onward(stack: Stack, tables: Tables, memory: Memory, day: int) -> Tables:
    """Let time pass up to ``day``; each version that begins by then takes over on its day. The tables then in force."""
    if memory.now[NOW_DAY] == NO_DAY and version_on(stack.begins, day) != tables.sizes[VERSION]:
        tables = tables_at(stack, version_on(stack.begins, day))
    while True:
        following = stack.begins[tables.sizes[VERSION] + 1]
        advance(tables, memory, min(day, following))
        if day < following:
            return tables
        tables = tables_at(stack, tables.sizes[VERSION] + 1)
        take_over(tables, memory, following)


@jit
def in_force(stack: Stack, memory: Memory) -> Tables:
    """The tables of the version that a member stands in."""
    return tables_at(stack, version_on(stack.begins, memory.now[NOW_DAY]))


@jit
def step(stack: Stack, tables: Tables, memory: Memory, activity: Row, measures: Row, bare: Row) -> None:
    """The activity happens, after ``onward`` to its day."""
    if activity[A_KIND] == RETURN:
        give_back(stack, memory, activity, measures, bare)
    elif activity[A_KIND] == REDEEM:
        redeem(tables, memory, activity)
    elif activity[A_KIND] == ADJUST:
        adjust(tables, memory, activity)
    elif activity[A_KIND] == CHOOSE:
        choose(tables, memory, activity)
    else:
        sale(tables, memory, activity, measures)
    watch_tier(tables, memory, activity[A_ID], activity[A_DAY])


@jit
def lacking(tables: Tables, memory: Memory, days: int) -> int:
    """Whether there is room for whatever one step may do; ``days``: how much time passes in it."""
    now, sizes = memory.now, tables.sizes
    passes = 0 if now[NOW_DAY] == NO_DAY else days
    years = sizes[YEARLY] * (passes // 350 + 2)
    lots = 0
    for unit in range(sizes[UNITS]):
        lots += memory.wallets[unit][W_LOTS]
        if (memory.wallets[unit][W_LOTS] + 2 + sizes[ALL_REWARDS] * (1 + years)) * LOT_SIZE > len(memory.lots[unit]):
            return NEEDS_LOTS
    quiet = now[NOW_UNTIL] == FAR and sizes[CONTINUOUS] == 0 and sizes[VERSIONS] == 1
    terms = 2 if quiet else passes // 28 + 2 + sizes[TIERS] + 2 * sizes[VERSIONS]
    effects = 2 * (years + 1) * (lots + 2 * sizes[ALL_REWARDS]) + 2 * sizes[SLOTS] + terms
    effects += 4 * sizes[VERSIONS] * sizes[UNITS]
    if now[NOW_KEEPS] == 1:
        effects += (now[NOW_RECEIPTS] + 1) * sizes[SLOTS] * 2 + lots * sizes[SLOTS]
    if now[NOW_EFFECTS] + effects >= len(memory.effects):
        return NEEDS_EFFECTS
    fed = sizes[ROLLING] * (1 + sizes[SLOTS]) * (1 + now[NOW_KEEPS] * (now[NOW_RECEIPTS] + 1))
    if now[NOW_ENTRIES] + fed > len(memory.entries):
        return NEEDS_ENTRIES
    if now[NOW_KEEPS] == 1 and now[NOW_RECEIPTS] + 1 >= len(memory.receipts):
        return NEEDS_RECEIPTS
    return DONE


@jit
def walk(
    stack: Stack,
    memory: Memory,
    activities: Table,
    measures: Table,
    bare: Table,
    begins: Row,
    keeps: Row,
    eager: Row,
    rooms: Table,
    until: int,
    position: Row,
) -> int:
    """Walk members from ``position`` (member, activity) on; stops where room is lacking and can be called again.

    ``rooms``: by activity what may be used of each budget; afterwards what is left of it.
    """
    tables = in_force(stack, memory)
    while position[0] + 1 < len(begins):
        member, place = position[0], position[1]
        if place == begins[member] and memory.now[NOW_MEMBER] != member:
            reset(tables, memory, member, keeps[member], eager[member])
        over = place == begins[member + 1]
        day = until if over else activities[place][A_DAY]
        need = lacking(tables, memory, day - memory.now[NOW_DAY])
        if need != DONE:
            return need
        tables = onward(stack, tables, memory, day)
        if over:
            position[0] = member + 1
        else:
            for budget in range(tables.sizes[BUDGETS]):
                memory.rooms[budget] = rooms[place][budget]
            step(stack, tables, memory, activities[place], measures[place], bare[place])
            for budget in range(tables.sizes[BUDGETS]):
                rooms[place][budget] = memory.rooms[budget]
            position[1] = place + 1
    return DONE
