"""The step, and the walk over many members' activities.

Order at one instant: what the year's end gives, lots expire, the tier's term ends, then the activity happens.
"""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_DAY,
    A_ID,
    A_KIND,
    BUDGETS,
    CHOOSE,
    CONTINUOUS,
    COUNTERS,
    DONE,
    EARNS,
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
    REWARDS,
    ROLLING,
    RULE_CAP_USED,
    RULE_CAP_WINDOW,
    RULE_FIRED,
    RULE_GATE_WINDOW,
    RULE_GOT,
    TIERS,
    UNITS,
    W_FIRST,
    W_HELD,
    W_LOTS,
    W_OWED,
    YEARLY,
    Memory,
    Row,
    Table,
    Tables,
)

from .earning import sale
from .lots import expire_lots
from .mode import jit
from .returning import give_back
from .spending import choose, give_yearly_rewards, next_settlement, redeem
from .tiers import end_tier, next_change, watch_tier


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
    for rule in range(tables.sizes[EARNS]):
        knows = memory.rules[rule]
        knows[RULE_CAP_WINDOW], knows[RULE_CAP_USED], knows[RULE_GATE_WINDOW], knows[RULE_FIRED] = -1, 0, -1, 0
        knows[RULE_GOT] = 0
    for reward in range(tables.sizes[REWARDS]):
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
            end_tier(tables, memory, upcoming)
        watch_tier(tables, memory, 0, upcoming)
    expire_lots(tables, memory, day)
    now[NOW_DAY] = day


@jit
def step(tables: Tables, memory: Memory, activity: Row, measures: Row, bare: Row) -> None:
    """Time passes, then the activity happens."""
    advance(tables, memory, activity[A_DAY])
    if activity[A_KIND] == RETURN:
        give_back(tables, memory, activity, measures, bare)
    elif activity[A_KIND] == REDEEM:
        redeem(tables, memory, activity)
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
        if (memory.wallets[unit][W_LOTS] + 2 + sizes[REWARDS] * (1 + years)) * LOT_SIZE > len(memory.lots[unit]):
            return NEEDS_LOTS
    terms = 2 if now[NOW_UNTIL] == FAR and sizes[CONTINUOUS] == 0 else passes // 28 + 2 + sizes[TIERS]
    effects = 2 * (years + 1) * (lots + 2 * sizes[REWARDS]) + 2 * sizes[EARNS] + 4 * sizes[UNITS] + terms
    if now[NOW_KEEPS] == 1:
        effects += (now[NOW_RECEIPTS] + 1) * sizes[EARNS] * 2 + lots * sizes[EARNS]
    if now[NOW_EFFECTS] + effects >= len(memory.effects):
        return NEEDS_EFFECTS
    fed = sizes[ROLLING] * (1 + sizes[EARNS]) * (1 + now[NOW_KEEPS] * (now[NOW_RECEIPTS] + 1))
    if now[NOW_ENTRIES] + fed > len(memory.entries):
        return NEEDS_ENTRIES
    if now[NOW_KEEPS] == 1 and now[NOW_RECEIPTS] + 1 >= len(memory.receipts):
        return NEEDS_RECEIPTS
    return DONE


@jit
def walk(
    tables: Tables,
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
    while position[0] + 1 < len(begins):
        member = position[0]
        if position[1] == begins[member] and memory.now[NOW_MEMBER] != member:
            reset(tables, memory, member, keeps[member], eager[member])
        while position[1] < begins[member + 1]:
            place = position[1]
            activity = activities[place]
            need = lacking(tables, memory, activity[A_DAY] - memory.now[NOW_DAY])
            if need != DONE:
                return need
            for budget in range(tables.sizes[BUDGETS]):
                memory.rooms[budget] = rooms[place][budget]
            step(tables, memory, activity, measures[place], bare[place])
            for budget in range(tables.sizes[BUDGETS]):
                rooms[place][budget] = memory.rooms[budget]
            position[1] = place + 1
        need = lacking(tables, memory, until - memory.now[NOW_DAY])
        if need != DONE:
            return need
        advance(tables, memory, until)
        position[0] = member + 1
    return DONE
