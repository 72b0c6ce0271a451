"""Two cards of one person become one: what the engine knows of them is put together; pure.

Each was walked by itself until then, so what it had earned stays as it was promised: lots keep their
days, debts stay owed. Counters are added up, and a tier that only both together reach is reached now.
"""

from __future__ import annotations

from collections.abc import Sequence

from vafa.reward.engine import memory as kept
from vafa.reward.engine.fields import (
    ADJUST,
    ALL_REWARDS,
    C_BALANCE,
    C_WINDOW,
    COUNTERS,
    CROSSES,
    E_CAP,
    E_CAP_WINDOW,
    E_COUNTER,
    E_GATE,
    E_SLOT,
    EARNS,
    EFFECT_SIZE,
    FAR,
    HAS_VALUE,
    HAS_WINDOW,
    L_AVAILABLE,
    L_EARNED,
    L_EXPIRED,
    L_EXPIRES,
    L_LEFT,
    L_ORIGIN,
    LOT_SIZE,
    N_AMOUNT,
    N_COUNTER,
    N_DAY,
    NOW_ENTRIES,
    NOW_RECEIPTS,
    NOW_SINCE,
    NOW_TIER,
    NOW_UNTIL,
    PURCHASE,
    Q_DAY,
    Q_ID,
    RULE_CAP_USED,
    RULE_CAP_WINDOW,
    RULE_FIRED,
    RULE_GATE_WINDOW,
    RULE_GOT,
    SAY_MERGE,
    STREAK,
    UNITS,
    W_LOTS,
    W_OWED,
    Memory,
    Tables,
)
from vafa.reward.engine.kernel.counting import counter_now, is_rolling
from vafa.reward.engine.kernel.days import window_of
from vafa.reward.engine.kernel.lots import find_lot, open_lot, put
from vafa.reward.engine.kernel.saying import reason_of_unit, say, say_debt, say_tier
from vafa.reward.engine.kernel.tiers import highest_tier, reach_tier, watch_tier

ROOM = 64  # effects of the other card that nobody reads
SHIFT = 32  # see own_origin


def other_card(tables: Tables) -> Memory:
    """A member about whom nothing is known yet, who says what they do to nobody."""
    return kept.fresh(tables)._replace(effects=[[0] * EFFECT_SIZE for _row in range(ROOM)])


def make_room(tables: Tables, memory: Memory, other: Memory) -> None:
    """Room for all that the other card brings."""
    for unit in range(tables.sizes[UNITS]):
        more = other.wallets[unit][W_LOTS] * LOT_SIZE
        memory.lots[unit].extend([0] * more)
    memory.entries.extend([0, 0, 0] for _row in range(other.now[NOW_ENTRIES]))
    width = kept.receipt_size(tables)
    memory.receipts.extend([0] * width for _row in range(other.now[NOW_RECEIPTS]))
    needed = sum(wallet[W_LOTS] + 1 for wallet in other.wallets)
    memory.effects.extend([0] * EFFECT_SIZE for _row in range(needed))


def join(tables: Tables, memory: Memory, other: Memory, number: int, day: int) -> dict[tuple[int, int], int]:
    """All of ``other`` comes to ``memory`` on ``day``, of which both know; the days on which its lots were earned.

    ``number``: of the activity that is the merge.
    """
    counted = [_counted(tables, memory, other, counter, day) for counter in range(tables.sizes[COUNTERS])]
    _join_tiers(tables, memory, other, number, day)
    _join_counters(tables, memory, other, counted, day)
    _join_rules(tables, memory, other, day)
    _join_receipts(memory, other)
    for reward in range(tables.sizes[ALL_REWARDS]):
        memory.choices[reward] = memory.choices[reward] or other.choices[reward]
    earned = _join_wallets(tables, memory, other, number, day)
    if highest_tier(tables, memory, tables.conditions, day, 0) > memory.now[NOW_TIER]:
        reach_tier(tables, memory, [number, day, ADJUST, 0, 0, -1, 0])
    watch_tier(tables, memory, number, day)
    return earned


def leave(tables: Tables, memory: Memory, number: int, day: int) -> None:
    """The card that is given up: all that is in it goes out, and nothing of it is waited for any more."""
    for unit in range(tables.sizes[UNITS]):
        wallet, lots, reason = memory.wallets[unit], memory.lots[unit], reason_of_unit(tables, unit)
        for place in range(wallet[W_LOTS]):
            lot = place * LOT_SIZE
            left = lots[lot + L_LEFT]
            if left > 0:
                put(memory, unit, lot, -left)
                say(tables, memory, number, day, SAY_MERGE, unit, -left, reason, lot)
        if wallet[W_OWED] > 0:
            owed, wallet[W_OWED] = wallet[W_OWED], 0
            say_debt(tables, memory, number, day, SAY_MERGE, unit, owed, reason)
    memory.now[NOW_TIER], memory.now[NOW_UNTIL] = 0, FAR


def own_origin(origin: int, number: int) -> int:
    """What a year's end gives has a number made of its day, which both cards may have: there it gets another."""
    return origin if origin > 0 else origin - (number << SHIFT)


def _join_wallets(tables: Tables, memory: Memory, other: Memory, number: int, day: int) -> dict[tuple[int, int], int]:
    earned: dict[tuple[int, int], int] = {}
    for unit in range(tables.sizes[UNITS]):
        lots, reason = other.lots[unit], reason_of_unit(tables, unit)
        for place in range(other.wallets[unit][W_LOTS]):
            lot = place * LOT_SIZE
            origin = own_origin(lots[lot + L_ORIGIN], number)
            here = open_lot(tables, memory, unit, origin, lots[lot + L_EARNED], lots[lot + L_EXPIRES])
            memory.lots[unit][here + L_AVAILABLE] = lots[lot + L_AVAILABLE]
            memory.lots[unit][here + L_EXPIRED] = lots[lot + L_EXPIRED]
            left = lots[lot + L_LEFT]
            if left > 0:
                here = find_lot(memory, unit, origin)
                put(memory, unit, here, left)
                say(tables, memory, number, day, SAY_MERGE, unit, left, reason, here)
                earned[(unit, origin)] = lots[lot + L_EARNED]
        owed = other.wallets[unit][W_OWED]
        if owed > 0:
            memory.wallets[unit][W_OWED] += owed
            say_debt(tables, memory, number, day, SAY_MERGE, unit, -owed, reason)
    return earned


def _join_tiers(tables: Tables, memory: Memory, other: Memory, number: int, day: int) -> None:
    """The higher tier, of two equal ones the one that lasts longer."""
    mine, theirs = memory.now, other.now
    if theirs[NOW_TIER] == mine[NOW_TIER] > 0:
        mine[NOW_UNTIL] = max(mine[NOW_UNTIL], theirs[NOW_UNTIL])
        mine[NOW_SINCE] = min(mine[NOW_SINCE], theirs[NOW_SINCE])
    elif theirs[NOW_TIER] > mine[NOW_TIER]:
        for field in (NOW_TIER, NOW_UNTIL, NOW_SINCE):
            mine[field] = theirs[field]
        say_tier(tables, memory, number, day)


def _counted(tables: Tables, memory: Memory, other: Memory, counter: int, day: int) -> tuple[int, int]:
    return counter_now(tables, memory, counter, day), counter_now(tables, other, counter, day)


def _join_counters(tables: Tables, memory: Memory, other: Memory, counted: Sequence[tuple[int, int]], day: int) -> None:
    """Sums of what both count in today's windows; of a streak the longer one."""
    for counter, (mine, theirs) in enumerate(counted):
        told, has = tables.counters[counter], memory.counters[counter]
        if told[C_BALANCE] == 1 or is_rolling(told[C_WINDOW]):
            continue
        if told[C_WINDOW] == STREAK:
            if theirs > mine:
                has[HAS_WINDOW], has[HAS_VALUE] = other.counters[counter]
            continue
        has[HAS_WINDOW] = window_of(tables, memory, day, told[C_WINDOW])
        has[HAS_VALUE] = mine + theirs
    for place in range(other.now[NOW_ENTRIES]):
        entry = memory.entries[memory.now[NOW_ENTRIES]]
        for field in (N_COUNTER, N_DAY, N_AMOUNT):
            entry[field] = other.entries[place][field]
        memory.now[NOW_ENTRIES] += 1


def _join_rules(tables: Tables, memory: Memory, other: Memory, day: int) -> None:
    """Room under a cap is what both have left of it; what either had crossed is crossed."""
    for rule in range(tables.sizes[EARNS]):
        told = tables.earns[rule]
        mine, theirs = memory.rules[told[E_SLOT]], other.rules[told[E_SLOT]]
        if told[E_CAP_WINDOW] >= 0 and told[E_CAP_WINDOW] != PURCHASE:
            used = 0
            for each, knows in ((memory, mine), (other, theirs)):
                if knows[RULE_CAP_WINDOW] == window_of(tables, each, day, told[E_CAP_WINDOW]):
                    used += knows[RULE_CAP_USED]
            mine[RULE_CAP_WINDOW] = window_of(tables, memory, day, told[E_CAP_WINDOW])
            mine[RULE_CAP_USED] = min(used, told[E_CAP])
        mine[RULE_GOT] = max(mine[RULE_GOT], theirs[RULE_GOT])
        if told[E_GATE] == CROSSES:
            window = tables.counters[told[E_COUNTER]][C_WINDOW]
            if theirs[RULE_FIRED] == 1 and theirs[RULE_GATE_WINDOW] == window_of(tables, other, day, window):
                mine[RULE_GATE_WINDOW], mine[RULE_FIRED] = window_of(tables, memory, day, window), 1


def _join_receipts(memory: Memory, other: Memory) -> None:
    for place in range(other.now[NOW_RECEIPTS]):
        memory.receipts[memory.now[NOW_RECEIPTS]] = other.receipts[place]
        memory.now[NOW_RECEIPTS] += 1
    count = memory.now[NOW_RECEIPTS]
    memory.receipts[:count] = sorted(memory.receipts[:count], key=lambda receipt: (receipt[Q_DAY], receipt[Q_ID]))
