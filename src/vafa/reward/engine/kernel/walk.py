"""The step, and the walk over many members' activities.

Order at one instant: lots expire, the tier's term ends, then the activity happens.
"""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_DAY,
    A_KIND,
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
    NOW_KEEPS,
    NOW_MEMBER,
    NOW_RECEIPTS,
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
    UNITS,
    W_FIRST,
    W_HELD,
    W_LOTS,
    W_OWED,
    Memory,
    Row,
    Table,
    Tables,
)

from .counting import highest_tier, hold_tier
from .earning import sale
from .lots import expire_lots
from .mode import jit
from .returning import give_back
from .saying import say_tier
from .spending import redeem


@jit
def reset(tables: Tables, memory: Memory, member: int, keeps: int, eager: int) -> None:
    """A member about whom nothing is known yet."""
    now = memory.now
    now[NOW_DAY], now[NOW_TIER], now[NOW_UNTIL], now[NOW_ENTRIES], now[NOW_RECEIPTS] = NO_DAY, 0, FAR, 0, 0
    now[NOW_KEEPS], now[NOW_EAGER], now[NOW_MEMBER] = keeps, eager, member
    for counter in range(tables.sizes[COUNTERS]):
        has = memory.counters[counter]
        has[HAS_WINDOW], has[HAS_VALUE] = -1, 0
    for rule in range(tables.sizes[EARNS]):
        knows = memory.rules[rule]
        knows[RULE_CAP_WINDOW], knows[RULE_CAP_USED], knows[RULE_GATE_WINDOW], knows[RULE_FIRED] = -1, 0, -1, 0
    for unit in range(tables.sizes[UNITS]):
        wallet = memory.wallets[unit]
        wallet[W_OWED], wallet[W_LOTS], wallet[W_FIRST], wallet[W_HELD] = 0, 0, 0, 0


@jit
def advance(tables: Tables, memory: Memory, day: int) -> None:
    """Let time pass up to the beginning of ``day``: lots expire and the tier's term ends, in order."""
    now = memory.now
    if day <= now[NOW_DAY]:
        return
    while now[NOW_UNTIL] <= day:
        ends = now[NOW_UNTIL]
        expire_lots(tables, memory, ends)
        end_tier(tables, memory, ends)
    expire_lots(tables, memory, day)
    now[NOW_DAY] = day


@jit
def end_tier(tables: Tables, memory: Memory, day: int) -> None:
    """The term is over: the tier is what the day before would give."""
    now = memory.now
    before = now[NOW_TIER]
    now[NOW_TIER], now[NOW_UNTIL] = 0, FAR
    reached = highest_tier(tables, memory, day - 1)
    if reached > 0:
        hold_tier(tables, memory, reached, day - 1)
        if now[NOW_UNTIL] <= day:  # a term that is over at once must not be entered again
            now[NOW_TIER], now[NOW_UNTIL] = 0, FAR
    if now[NOW_TIER] != before:
        say_tier(tables, memory, 0, day)


@jit
def step(tables: Tables, memory: Memory, activity: Row, measures: Row, bare: Row) -> None:
    """Time passes, then the activity happens."""
    advance(tables, memory, activity[A_DAY])
    if activity[A_KIND] == RETURN:
        give_back(tables, memory, activity, measures, bare)
    elif activity[A_KIND] == REDEEM:
        redeem(tables, memory, activity)
    else:
        sale(tables, memory, activity, measures)


@jit
def lacking(tables: Tables, memory: Memory, days: int) -> int:
    """Whether there is room for whatever one step may do; ``days``: how much time passes in it."""
    now, sizes = memory.now, tables.sizes
    lots = 0
    for unit in range(sizes[UNITS]):
        lots += memory.wallets[unit][W_LOTS]
        if (memory.wallets[unit][W_LOTS] + 2 + sizes[REWARDS]) * LOT_SIZE > len(memory.lots[unit]):
            return NEEDS_LOTS
    terms = 2 if now[NOW_UNTIL] == FAR else days // 28 + 2
    effects = 2 * lots + 2 * sizes[EARNS] + 2 * sizes[UNITS] + 4 * sizes[REWARDS] + terms
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
    until: int,
    position: Row,
) -> int:
    """Walk members from ``position`` (member, activity) on; stops where room is lacking and can be called again."""
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
            step(tables, memory, activity, measures[place], bare[place])
            position[1] = place + 1
        need = lacking(tables, memory, until - memory.now[NOW_DAY])
        if need != DONE:
            return need
        advance(tables, memory, until)
        position[0] = member + 1
    return DONE
