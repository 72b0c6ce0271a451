"""Spending: rewards that are asked for, and rewards that come by themselves."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_DAY,
    A_ID,
    A_REWARD,
    A_UNITS,
    ALL_REWARDS,
    BY_BURNING,
    EARNS,
    FAR,
    NO_DAY,
    NOW_EAGER,
    NOW_TIER,
    OWED,
    R_AMOUNT,
    R_AUTO,
    R_BLOCK,
    R_DAY,
    R_FORFEITS,
    R_GIVES,
    R_KEPT,
    R_LEAST,
    R_MONTH,
    R_PRICE,
    R_SHARE,
    R_SLOT,
    R_UNIT,
    R_WHOLE,
    REWARDS,
    S_BURNT,
    SAY_FORFEIT,
    SAY_ISSUE,
    SAY_OWED,
    SAY_REDEEM,
    U_ALIVE,
    U_RETURNS,
    UNITS,
    VERSION,
    W_OWED,
    YEARLY,
    Memory,
    Row,
    Tables,
)

from .budgets import within_budgets
from .days import month_of, start_of
from .lots import dies, draw, find_lot, keep_alive, open_lot, put
from .mode import jit
from .saying import reason_of_reward, reason_of_unit, reason_owed, say, say_debt, spendable


@jit
def redeem(tables: Tables, memory: Memory, activity: Row) -> None:
    """A reward that was taken is a fact, for as many units as it took; so is a gift handed over."""
    named, day = activity[A_REWARD], activity[A_DAY]
    if named < 0:
        return
    spend(tables, memory, activity, named, day)
    keep_alive_by_burning(tables, memory, activity[A_ID], day)


@jit
def spend(tables: Tables, memory: Memory, activity: Row, named: int, day: int) -> None:
    if named >= tables.sizes[ALL_REWARDS]:
        unit = named - tables.sizes[ALL_REWARDS]
        wanted = max(activity[A_UNITS], 1)
        draw(tables, memory, activity[A_ID], day, SAY_REDEEM, unit, wanted, reason_of_unit(tables, unit))
        return
    place = place_of(tables, named)
    if place < 0:
        return
    reward = tables.rewards[place]
    wanted = activity[A_UNITS] if activity[A_UNITS] > 0 else reward[R_LEAST]
    reason = reason_of_reward(tables, place)
    unit = reward[R_UNIT]
    taken = draw(tables, memory, activity[A_ID], day, SAY_REDEEM, unit, wanted, reason)
    short = activity[A_UNITS] - taken
    if short > 0 and tables.units[unit][U_RETURNS] == OWED:  # such as after a return that was told late
        memory.wallets[unit][W_OWED] += short
        say_debt(tables, memory, activity[A_ID], day, SAY_OWED, unit, -short, reason_owed(tables))
    if reward[R_KEPT] == 1 and taken >= reward[R_PRICE]:
        issue(tables, memory, activity[A_ID], day, place, taken // reward[R_PRICE])


@jit
def place_of(tables: Tables, slot: int) -> int:
    """The row of a reward in this version; negative: it has none."""
    place = tables.sizes[REWARDS] - 1
    while place >= 0 and tables.rewards[place][R_SLOT] != slot:
        place -= 1
    return place


@jit
def keep_alive_by_burning(tables: Tables, memory: Memory, activity: int, day: int) -> None:
    """Units that using them keeps alive."""
    for unit in range(tables.sizes[UNITS]):
        if tables.units[unit][U_ALIVE] & BY_BURNING and memory.scratch[S_BURNT][unit] == 1:
            keep_alive(tables, memory, activity, day, unit, BY_BURNING)
        memory.scratch[S_BURNT][unit] = 0


@jit
def give_automatic_rewards(tables: Tables, memory: Memory, activity: int, day: int, bill: int) -> None:
    """Rewards that come by themselves, in the document's order, as often as they are affordable."""
    for place in range(tables.sizes[REWARDS]):
        reward = tables.rewards[place]
        if reward[R_MONTH] > 0 or (reward[R_AUTO] == 0 and memory.now[NOW_EAGER] == 0):
            continue
        if tables.allowed[place][memory.now[NOW_TIER]] == 0:
            continue
        times = affordable(tables, memory, place, day, bill)
        times = within_budgets(tables, memory, tables.sizes[EARNS] + place, -1, times)
        if times > 0:
            wanted, reason = times * reward[R_PRICE], reason_of_reward(tables, place)
            draw(tables, memory, activity, day, SAY_REDEEM, reward[R_UNIT], wanted, reason)
            if reward[R_GIVES] >= 0:
                issue(tables, memory, activity, day, place, times)
    keep_alive_by_burning(tables, memory, activity, day)


@jit
def choose(tables: Tables, memory: Memory, activity: Row) -> None:
    """From now on a reward comes at so many units; if they are there, it comes at once."""
    if 0 <= activity[A_REWARD] < tables.sizes[ALL_REWARDS]:
        memory.choices[activity[A_REWARD]] = activity[A_UNITS]
        give_automatic_rewards(tables, memory, activity[A_ID], activity[A_DAY], 0)


@jit
def affordable(tables: Tables, memory: Memory, place: int, day: int, bill: int) -> int:
    """How often it can be had.

    Of a chosen amount how many steps, from the least on, within its share of the bill; where the member chose
    at how many units it comes, in blocks of so many.
    """
    reward = tables.rewards[place]
    chosen = memory.choices[reward[R_SLOT]]
    there = spendable(tables, memory, reward[R_UNIT], day)
    if reward[R_SHARE] > 0:
        there = min(there, bill * reward[R_SHARE] // (reward[R_WHOLE] * reward[R_AMOUNT]) * reward[R_PRICE])
    if reward[R_BLOCK] == 1:
        block = chosen if chosen > 0 else reward[R_LEAST]
        return there // block * (block // reward[R_PRICE])
    return there // reward[R_PRICE] if there >= reward[R_LEAST] else 0


@jit
def settlement_day(tables: Tables, reward: Row, after: int) -> int:
    """The first day after ``after`` at whose beginning a yearly reward is given; FAR: it is none."""
    if reward[R_MONTH] == 0:
        return FAR
    month = month_of(tables, after) // 12 * 12 + reward[R_MONTH] - 1
    for year in range(3):
        begins, following = start_of(tables, month + 12 * year), start_of(tables, month + 12 * year + 1)
        ends = min(begins + reward[R_DAY], following)
        if begins < FAR and ends > after:
            return ends
    return FAR


@jit
def next_settlement(tables: Tables, after: int) -> int:
    found = FAR
    if tables.sizes[YEARLY] == 1:
        for place in range(tables.sizes[REWARDS]):
            found = min(found, settlement_day(tables, tables.rewards[place], after))
    return found


@jit
def give_yearly_rewards(tables: Tables, memory: Memory, day: int) -> None:
    """At the end of the day before: whole rewards for what is there; the rest is kept or forfeited."""
    activity = NO_DAY - day  # nothing that a member did: a number that no activity has
    for place in range(tables.sizes[REWARDS]):
        reward, last = tables.rewards[place], day - 1
        if settlement_day(tables, reward, last) != day or tables.allowed[place][memory.now[NOW_TIER]] == 0:
            continue
        unit, reason = reward[R_UNIT], reason_of_reward(tables, place)
        times = spendable(tables, memory, unit, last) // reward[R_PRICE]
        if times > 0:
            draw(tables, memory, activity, last, SAY_REDEEM, unit, times * reward[R_PRICE], reason)
            if reward[R_GIVES] >= 0:
                issue(tables, memory, activity, last, place, times)
        if reward[R_FORFEITS] == 1:
            rest = spendable(tables, memory, unit, last)
            draw(tables, memory, activity, last, SAY_FORFEIT, unit, rest, reason)
        memory.scratch[S_BURNT][unit] = 0  # time alone keeps nothing alive


@jit
def issue(tables: Tables, memory: Memory, activity: int, day: int, place: int, times: int) -> None:
    """What a reward gives is a lot of its own unit."""
    reward = tables.rewards[place]
    unit = reward[R_GIVES]
    lot = find_lot(memory, unit, activity)
    if lot < 0:
        expires = dies(tables, tables.sizes[VERSION], unit, memory.now[NOW_TIER], day)
        lot = open_lot(tables, memory, unit, activity, day, expires)
    amount = times * reward[R_AMOUNT]
    put(memory, unit, lot, amount)
    say(tables, memory, activity, day, SAY_ISSUE, unit, amount, reason_of_reward(tables, place), lot)
