"""A return: what remains of the purchase is valued again, and the difference goes back.

The tier and the gates of the purchase stay as they were. What counts on ("every 100") is turned back
on the counter as it stands, while its window lasts, whichever purchases had brought it. What can't
be taken from the lots is owed, forgiven or left, as the unit's policy says; what expired is gone.
"""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_AMOUNT,
    A_DAY,
    A_ID,
    A_RETURNS,
    AT_RULE,
    BETWEEN,
    C_MEASURE,
    C_WINDOW,
    COUNTERS,
    CROSSES,
    E_BASKET,
    E_CAP_WINDOW,
    E_COUNTER,
    E_GATE,
    E_GIVES,
    E_LOW,
    E_ON,
    E_SLOT,
    E_UNIT,
    EARNS,
    EVENT,
    EVERY,
    L_AVAILABLE,
    L_EXPIRED,
    L_LEFT,
    LOT_SIZE,
    MEASURES,
    NOW_RECEIPTS,
    ONLY_PENDING,
    OWED,
    Q_AMOUNT,
    Q_DAY,
    Q_ID,
    Q_TIER,
    RULE_FIRED,
    RULE_GATE_WINDOW,
    S_BACK,
    S_BEFORE,
    S_EXACT,
    S_ROUNDED,
    SAY_OWED,
    SAY_RETURN,
    SIGNUP,
    U_RETURNS,
    U_ROUND_AT,
    UNITS,
    W_LOTS,
    W_OWED,
    WITHIN_BALANCE,
    Memory,
    Row,
    Stack,
    Tables,
)

from .budgets import give_room_back
from .counting import count, counter_now, feed_counters
from .days import version_on, window_of
from .earning import is_between, round_unit
from .lots import find_lot, put
from .mode import jit
from .receipts import before_place, granted_place, measure_place, window_place
from .saying import say, say_debt
from .versions import tables_at


@jit
def give_back(stack: Stack, memory: Memory, activity: Row, measures: Row, bare: Row) -> None:
    """Take back what the returned part had brought, by the version that the purchase was made under.

    A return that names no purchase is taken from the latest purchases first, so that nobody keeps
    points by leaving the receipt at home; one that names an unknown purchase changes nothing.
    """
    left = activity[A_AMOUNT]
    for place in range(memory.now[NOW_RECEIPTS] - 1, -1, -1):
        receipt = memory.receipts[place]
        if activity[A_RETURNS] != 0 and receipt[Q_ID] != activity[A_RETURNS]:
            continue
        part = min(left, receipt[Q_AMOUNT])
        if part > 0 or (activity[A_RETURNS] != 0 and receipt[Q_AMOUNT] > 0):
            tables = tables_at(stack, version_on(stack.begins, receipt[Q_DAY]))
            return_part(tables, memory, activity, measures, bare, receipt, part)
            left -= part
        if left <= 0:
            return


@jit
def return_part(
    tables: Tables, memory: Memory, activity: Row, measures: Row, bare: Row, receipt: Row, part: int
) -> None:
    receipt[Q_AMOUNT] -= part
    what_goes_back(tables, memory, activity, measures, bare, receipt, part)
    back, before = memory.scratch[S_BACK], memory.scratch[S_BEFORE]
    for counter in range(tables.sizes[COUNTERS]):
        before[counter] = counter_now(tables, memory, counter, activity[A_DAY])
    for counter in range(tables.sizes[COUNTERS]):
        measure = tables.counters[counter][C_MEASURE]
        if measure >= 0:
            count(tables, memory, counter, receipt[Q_DAY], -back[measure])
    for measure in range(tables.sizes[MEASURES]):
        receipt[measure_place(measure)] -= back[measure]
    take_back_all(tables, memory, activity, receipt)


@jit
def what_goes_back(
    tables: Tables, memory: Memory, activity: Row, measures: Row, bare: Row, receipt: Row, part: int
) -> None:
    """Of each measure: all of it where nothing remains; else as much as the returned lines count for."""
    back = memory.scratch[S_BACK]
    for measure in range(tables.sizes[MEASURES]):
        has = receipt[measure_place(measure)]
        told = measures[measure]
        if part != activity[A_AMOUNT]:
            told = part * bare[measure]
        back[measure] = has if receipt[Q_AMOUNT] == 0 else min(has, told)


@jit
def take_back_all(tables: Tables, memory: Memory, activity: Row, receipt: Row) -> None:
    """Rule after rule, so that what one takes back is seen by those that count it."""
    exact, rounded = memory.scratch[S_EXACT], memory.scratch[S_ROUNDED]
    for unit in range(tables.sizes[UNITS]):
        exact[unit], rounded[unit] = 0, 0
    for rule in range(tables.sizes[EARNS]):
        told = tables.earns[rule]
        if told[E_ON] in (SIGNUP, EVENT):
            continue
        place = granted_place(tables, told[E_SLOT])
        granted, gate = receipt[place], told[E_GATE]
        if gate == EVERY:
            back = turned_back(tables, memory, activity, receipt, rule)
        elif gate == CROSSES:
            back = granted if granted > 0 and not still_crossed(tables, memory, activity, receipt, rule) else 0
        else:
            back = granted - still_worth(tables, receipt, rule, exact, rounded)
        if back > 0:
            receipt[place] = max(granted - back, 0)
            take(tables, memory, activity, receipt, rule, back)


@jit
def still_worth(tables: Tables, receipt: Row, rule: int, exact: Row, rounded: Row) -> int:
    """What an open rule grants for what remains, never more than it had granted."""
    told = tables.earns[rule]
    granted = receipt[granted_place(tables, told[E_SLOT])]
    if receipt[Q_AMOUNT] < told[E_BASKET]:
        return 0
    if told[E_GATE] == BETWEEN and not is_between(told, receipt[before_place(tables, told[E_COUNTER])]):
        return granted
    unit = told[E_UNIT]
    if tables.units[unit][U_ROUND_AT] == AT_RULE:
        exact[unit], rounded[unit] = 0, 0
    exact[unit] += receipt[measure_place(tables.measured[rule][receipt[Q_TIER]])] * tables.rates[rule][receipt[Q_TIER]]
    now = round_unit(tables, unit, exact[unit]) - rounded[unit]
    rounded[unit] += now
    return min(granted, now)


@jit
def same_window(tables: Tables, memory: Memory, activity: Row, receipt: Row, counter: int) -> bool:
    window = tables.counters[counter][C_WINDOW]
    return receipt[window_place(tables, counter)] == window_of(tables, memory, activity[A_DAY], window)


@jit
def turned_back(tables: Tables, memory: Memory, activity: Row, receipt: Row, rule: int) -> int:
    """How many units the counter fell by."""
    told = tables.earns[rule]
    counter, every = told[E_COUNTER], told[E_LOW]
    granted = receipt[granted_place(tables, told[E_SLOT])]
    if same_window(tables, memory, activity, receipt, counter):
        now = counter_now(tables, memory, counter, activity[A_DAY])
        fallen = (memory.scratch[S_BEFORE][counter] // every - now // every) * told[E_GIVES]
        return fallen if told[E_CAP_WINDOW] < 0 and told[E_BASKET] == 0 else min(fallen, granted)
    measure = tables.counters[counter][C_MEASURE]
    start = receipt[before_place(tables, counter)]
    remains = receipt[measure_place(measure)] if measure >= 0 else 0
    return granted - ((start + remains) // every - start // every) * told[E_GIVES]


@jit
def still_crossed(tables: Tables, memory: Memory, activity: Row, receipt: Row, rule: int) -> bool:
    told = tables.earns[rule]
    if receipt[Q_AMOUNT] <= 0:
        return False
    if not same_window(tables, memory, activity, receipt, told[E_COUNTER]):
        return True
    return counter_now(tables, memory, told[E_COUNTER], activity[A_DAY]) >= told[E_LOW]


@jit
def take(tables: Tables, memory: Memory, activity: Row, receipt: Row, rule: int, amount: int) -> None:
    """Take units back: from the purchase's own lot, then (what counts on) from the latest, then as the policy says."""
    told, day = tables.earns[rule], activity[A_DAY]
    unit = told[E_UNIT]
    knows = memory.rules[told[E_SLOT]]
    if told[E_GATE] == CROSSES and knows[RULE_GATE_WINDOW] == receipt[window_place(tables, told[E_COUNTER])]:
        knows[RULE_FIRED] = 0
    feed_counters(tables, memory, unit, receipt[Q_DAY], -amount)
    policy, found = tables.units[unit][U_RETURNS], find_lot(memory, unit, receipt[Q_ID])
    short = amount
    if found >= 0:
        lots = memory.lots[unit]
        if policy == ONLY_PENDING and lots[found + L_AVAILABLE] <= day:
            return
        short -= take_from(tables, memory, activity, unit, rule, found, short)
        gone = min(lots[found + L_EXPIRED], short)  # nobody has what expired
        lots[found + L_EXPIRED] -= gone
        short -= gone
    if policy == ONLY_PENDING:
        return
    if told[E_GATE] == EVERY:
        lot = (memory.wallets[unit][W_LOTS] - 1) * LOT_SIZE
        while short > 0 and lot >= 0:
            short -= take_from(tables, memory, activity, unit, rule, lot, short)
            lot -= LOT_SIZE
    forgiven = short if policy == WITHIN_BALANCE else 0
    give_room_back(tables, memory, rule, amount - forgiven, receipt[Q_DAY], day)
    if short > 0 and policy == OWED:
        memory.wallets[unit][W_OWED] += short
        say_debt(tables, memory, activity[A_ID], day, SAY_OWED, unit, -short, told[E_SLOT])


@jit
def take_from(tables: Tables, memory: Memory, activity: Row, unit: int, rule: int, lot: int, wanted: int) -> int:
    taken = min(wanted, memory.lots[unit][lot + L_LEFT])
    if taken > 0:
        put(memory, unit, lot, -taken)
        slot = tables.earns[rule][E_SLOT]
        say(tables, memory, activity[A_ID], activity[A_DAY], SAY_RETURN, unit, -taken, slot, lot)
    return taken
