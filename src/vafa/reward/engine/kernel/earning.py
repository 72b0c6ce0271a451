"""Earning: a sale, a joining or an event goes through counters, rules, debts, the tier and automatic rewards."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_AMOUNT,
    A_DAY,
    A_ID,
    A_KIND,
    ANY,
    AT_RULE,
    BETWEEN,
    BY_EARNING,
    C_MEASURE,
    C_WINDOW,
    COUNTERS,
    CROSSES,
    CROSSING_NEW,
    E_BASKET,
    E_BONUS,
    E_CAP,
    E_CAP_WINDOW,
    E_COUNTER,
    E_GATE,
    E_GIVES,
    E_HIGH,
    E_LOW,
    E_ON,
    E_SLOT,
    E_UNIT,
    EARNS,
    EVERY,
    HALF_UP,
    L_LEFT,
    NOW_KEEPS,
    NOW_TIER,
    OPEN,
    PURCHASE,
    RULE_CAP_USED,
    RULE_CAP_WINDOW,
    RULE_FIRED,
    RULE_GATE_WINDOW,
    S_BEFORE,
    S_EXACT,
    S_GRANTED,
    S_OPENED,
    S_ROUNDED,
    SAY_BONUS,
    SAY_EARN,
    SAY_ISSUE,
    SAY_OWED,
    U_ALIVE,
    U_DENOMINATOR,
    U_ISSUED,
    U_ROUND,
    U_ROUND_AT,
    UNITS,
    UP,
    VERSION,
    W_OWED,
    Memory,
    Row,
    Tables,
)

from .budgets import within_budgets
from .counting import count, counter_now, feed_counters
from .days import window_of
from .lots import dies, find_lot, keep_alive, open_lot, put
from .mode import jit
from .receipts import keep_receipt
from .saying import reason_owed, say
from .spending import give_automatic_rewards
from .tiers import reach_tier

NOTHING = -1  # a rule that doesn't fire; not the same as a rule that gives 0


@jit
def sale(tables: Tables, memory: Memory, activity: Row, measures: Row) -> None:
    """Counters, the tier where the crossing purchase earns at the new one, rules, debts, tier, rewards."""
    day, before = activity[A_DAY], memory.scratch[S_BEFORE]
    for counter in range(tables.sizes[COUNTERS]):
        before[counter] = counter_now(tables, memory, counter, day)
    for counter in range(tables.sizes[COUNTERS]):
        measure = tables.counters[counter][C_MEASURE]
        if measure >= 0:
            count(tables, memory, counter, day, measures[measure])
    if tables.sizes[CROSSING_NEW] == 1:
        reach_tier(tables, memory, activity)
    tier = memory.now[NOW_TIER]
    earn_all(tables, memory, activity, measures)
    settle_debts(tables, memory, activity[A_ID], day)
    if memory.now[NOW_KEEPS] == 1:
        keep_receipt(tables, memory, activity, measures, tier)
    keep_alive_by_earning(tables, memory, activity[A_ID], day)
    if tables.sizes[CROSSING_NEW] == 0:
        reach_tier(tables, memory, activity)
    give_automatic_rewards(tables, memory, activity[A_ID], day, activity[A_AMOUNT])


@jit
def keep_alive_by_earning(tables: Tables, memory: Memory, activity: int, day: int) -> None:
    for unit in range(tables.sizes[UNITS]):
        if tables.units[unit][U_ALIVE] & BY_EARNING and memory.scratch[S_OPENED][unit] == 1:
            keep_alive(tables, memory, activity, day, unit, BY_EARNING)


@jit
def earn_all(tables: Tables, memory: Memory, activity: Row, measures: Row) -> None:
    """Rule after rule; the rules of one unit share one rounding."""
    exact, rounded = memory.scratch[S_EXACT], memory.scratch[S_ROUNDED]
    opened, granted = memory.scratch[S_OPENED], memory.scratch[S_GRANTED]
    for unit in range(tables.sizes[UNITS]):
        exact[unit], rounded[unit], opened[unit] = 0, 0, 0
    for rule in range(tables.sizes[EARNS]):
        told = tables.earns[rule]
        granted[told[E_SLOT]] = 0
        if told[E_ON] not in (ANY, activity[A_KIND]) or activity[A_AMOUNT] < told[E_BASKET]:
            continue
        won = rule_amount(tables, memory, rule, activity[A_DAY], measures)
        if won == NOTHING:
            continue
        unit = told[E_UNIT]
        if told[E_GATE] == OPEN or told[E_GATE] == BETWEEN:
            if tables.units[unit][U_ROUND_AT] == AT_RULE:
                exact[unit], rounded[unit] = 0, 0
            exact[unit] += won
            won = round_unit(tables, unit, exact[unit]) - rounded[unit]
            rounded[unit] += won
        won = within_cap(tables, memory, rule, activity[A_DAY], won)
        won = within_budgets(tables, memory, rule, told[E_SLOT], won)
        if won > 0:
            granted[told[E_SLOT]] = won
            grant(tables, memory, activity, rule, won)


@jit
def rule_amount(tables: Tables, memory: Memory, rule: int, day: int, measures: Row) -> int:
    """What a rule gives: exact numerators, or whole units where a gate counts them; NOTHING: it does not fire."""
    told = tables.earns[rule]
    tier = memory.now[NOW_TIER]
    worth = measures[tables.measured[rule][tier]] * tables.rates[rule][tier]
    if told[E_GATE] == OPEN:
        return worth if worth > 0 else 0
    counter = told[E_COUNTER]
    before, after = memory.scratch[S_BEFORE][counter], counter_now(tables, memory, counter, day)
    if told[E_GATE] == EVERY:
        return max(after // told[E_LOW] - before // told[E_LOW], 0) * told[E_GIVES]
    if told[E_GATE] == CROSSES:
        return first_crossing(tables, memory, rule, day, after)
    return max(worth, 0) if is_between(told, before) else NOTHING


@jit
def is_between(told: Row, before: int) -> bool:
    return before >= told[E_LOW] and (told[E_HIGH] < 0 or before < told[E_HIGH])


@jit
def first_crossing(tables: Tables, memory: Memory, rule: int, day: int, after: int) -> int:
    """A limit is crossed once in each window of its counter."""
    told = tables.earns[rule]
    knows = memory.rules[told[E_SLOT]]
    window = window_of(tables, memory, day, tables.counters[told[E_COUNTER]][C_WINDOW])
    if after < told[E_LOW] or (knows[RULE_GATE_WINDOW] == window and knows[RULE_FIRED] == 1):
        return NOTHING
    knows[RULE_GATE_WINDOW], knows[RULE_FIRED] = window, 1
    return told[E_GIVES]


@jit
def round_unit(tables: Tables, unit: int, exact: int) -> int:
    told = tables.units[unit]
    if told[U_ROUND] == HALF_UP:
        return (2 * exact + told[U_DENOMINATOR]) // (2 * told[U_DENOMINATOR])
    if told[U_ROUND] == UP:
        return -(-exact // told[U_DENOMINATOR])
    return exact // told[U_DENOMINATOR]


@jit
def within_cap(tables: Tables, memory: Memory, rule: int, day: int, won: int) -> int:
    told = tables.earns[rule]
    knows = memory.rules[told[E_SLOT]]
    if told[E_CAP_WINDOW] < 0 or won <= 0:
        return won
    if told[E_CAP_WINDOW] == PURCHASE:
        return min(won, told[E_CAP])
    number = window_of(tables, memory, day, told[E_CAP_WINDOW])
    if knows[RULE_CAP_WINDOW] != number:
        knows[RULE_CAP_WINDOW], knows[RULE_CAP_USED] = number, 0
    won = max(min(won, told[E_CAP] - knows[RULE_CAP_USED]), 0)  # a lower cap than that of the version before
    knows[RULE_CAP_USED] += won
    return won


@jit
def grant(tables: Tables, memory: Memory, activity: Row, rule: int, won: int) -> None:
    """Into the activity's own lot of the unit, which is opened where it isn't yet."""
    told, day = tables.earns[rule], activity[A_DAY]
    unit = told[E_UNIT]
    opened = memory.scratch[S_OPENED][unit] == 1
    lot = own_lot(tables, memory, unit, activity[A_ID], day, opened)
    memory.scratch[S_OPENED][unit] = 1
    put(memory, unit, lot, won)
    kind = SAY_ISSUE if tables.units[unit][U_ISSUED] == 1 else SAY_BONUS if told[E_BONUS] == 1 else SAY_EARN
    say(tables, memory, activity[A_ID], day, kind, unit, won, told[E_SLOT], lot)
    feed_counters(tables, memory, unit, day, won)


@jit
def own_lot(tables: Tables, memory: Memory, unit: int, origin: int, day: int, opened: bool) -> int:
    """Where the activity's lot of a unit begins."""
    if opened:
        return find_lot(memory, unit, origin)
    expires = dies(tables, tables.sizes[VERSION], unit, memory.now[NOW_TIER], day)
    return open_lot(tables, memory, unit, origin, day, expires)


@jit
def settle_debts(tables: Tables, memory: Memory, activity: int, day: int) -> None:
    """What is owed after an earlier return is taken from what was just earned."""
    for unit in range(tables.sizes[UNITS]):
        owed = memory.wallets[unit][W_OWED]
        if owed > 0 and memory.scratch[S_OPENED][unit] == 1:
            lot = find_lot(memory, unit, activity)
            paid = min(owed, memory.lots[unit][lot + L_LEFT])
            if paid > 0:
                memory.wallets[unit][W_OWED] -= paid
                put(memory, unit, lot, -paid)
                say(tables, memory, activity, day, SAY_OWED, unit, -paid, reason_owed(tables), lot)
