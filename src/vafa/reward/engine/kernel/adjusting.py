"""What a person corrects by hand: units given, units taken, a debt forgiven. It is a fact, as a redemption is.

It counts for no counter and no tier of purchases, and keeps nothing alive.
"""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_AMOUNT,
    A_DAY,
    A_ID,
    A_REWARD,
    A_UNITS,
    ALL_REWARDS,
    FORGIVES,
    L_AVAILABLE,
    NOW_TIER,
    OWED,
    S_BURNT,
    S_OPENED,
    SAY_ADJUST,
    TAKES_ALL,
    U_RETURNS,
    UNITS,
    VERSION,
    W_OWED,
    Memory,
    Row,
    Tables,
)

from .earning import settle_debts
from .lots import dies, draw, open_lot, put
from .mode import jit
from .saying import reason_of_unit, say, say_debt


@jit
def adjust(tables: Tables, memory: Memory, activity: Row) -> None:
    unit, units = activity[A_REWARD] - tables.sizes[ALL_REWARDS], activity[A_UNITS]
    if unit < 0:
        return
    if activity[A_AMOUNT] == FORGIVES:
        forgive(tables, memory, activity, unit, units)
    elif units > 0:
        give(tables, memory, activity, unit, units)
    else:
        take_away(tables, memory, activity, unit, -units)


@jit
def give(tables: Tables, memory: Memory, activity: Row, unit: int, units: int) -> None:
    """A lot of its own, usable at once, with the unit's term from today; what is owed is taken from it first."""
    day, opened = activity[A_DAY], memory.scratch[S_OPENED]
    expires = dies(tables, tables.sizes[VERSION], unit, memory.now[NOW_TIER], day)
    lot = open_lot(tables, memory, unit, activity[A_ID], day, expires)
    memory.lots[unit][lot + L_AVAILABLE] = day
    put(memory, unit, lot, units)
    say(tables, memory, activity[A_ID], day, SAY_ADJUST, unit, units, reason_of_unit(tables, unit), lot)
    for other in range(tables.sizes[UNITS]):
        opened[other] = 1 if other == unit else 0
    settle_debts(tables, memory, activity[A_ID], day)


@jit
def take_away(tables: Tables, memory: Memory, activity: Row, unit: int, units: int) -> None:
    """Out of the lots in their order; what is not there (any more) is owed, or left."""
    number, day, reason = activity[A_ID], activity[A_DAY], reason_of_unit(tables, unit)
    short = units - draw(tables, memory, number, day, SAY_ADJUST, unit, units, reason)
    memory.scratch[S_BURNT][unit] = 0
    if short > 0 and (activity[A_AMOUNT] == TAKES_ALL or tables.units[unit][U_RETURNS] == OWED):
        memory.wallets[unit][W_OWED] += short
        say_debt(tables, memory, number, day, SAY_ADJUST, unit, -short, reason)


@jit
def forgive(tables: Tables, memory: Memory, activity: Row, unit: int, units: int) -> None:
    """Of what is owed, as much as there is."""
    freed = min(units, memory.wallets[unit][W_OWED])
    if freed > 0:
        memory.wallets[unit][W_OWED] -= freed
        say_debt(tables, memory, activity[A_ID], activity[A_DAY], SAY_ADJUST, unit, freed, reason_of_unit(tables, unit))
