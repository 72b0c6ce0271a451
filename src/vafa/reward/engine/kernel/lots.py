"""Wallets: lots in the order of use (earliest expiry, then earliest earned, then id)."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    L_AVAILABLE,
    L_EARNED,
    L_EXPIRED,
    L_EXPIRES,
    L_LEFT,
    L_ORIGIN,
    NOW_KEEPS,
    SAY_EXPIRE,
    U_PENDING,
    UNITS,
    W_FIRST,
    W_HELD,
    W_LOTS,
    Memory,
    Row,
    Tables,
)

from .mode import jit
from .saying import reason_expired, say

CROWDED = 24  # empty lots that may stand before they are cleared away


@jit
def comes_before(lot: Row, expires: int, earned: int, origin: int) -> bool:
    if lot[L_EXPIRES] != expires:
        return lot[L_EXPIRES] < expires
    if lot[L_EARNED] != earned:
        return lot[L_EARNED] < earned
    return lot[L_ORIGIN] <= origin


@jit
def open_lot(tables: Tables, memory: Memory, unit: int, origin: int, day: int, expires: int) -> int:
    """A new, empty lot in its place, which is returned."""
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    if memory.now[NOW_KEEPS] == 0 and wallet[W_FIRST] > CROWDED and 2 * wallet[W_FIRST] > wallet[W_LOTS]:
        clear_away(memory, unit)
    place = wallet[W_LOTS]
    while place > 0 and not comes_before(lots[place - 1], expires, day, origin):
        copy_lot(lots[place], lots[place - 1])
        place -= 1
    lot = lots[place]
    lot[L_ORIGIN] = origin
    lot[L_LEFT] = 0
    lot[L_EARNED] = day
    lot[L_AVAILABLE] = day + tables.units[unit][U_PENDING]
    lot[L_EXPIRES] = expires
    lot[L_EXPIRED] = 0
    wallet[W_LOTS] += 1
    wallet[W_FIRST] = min(wallet[W_FIRST], place)
    return place


@jit
def clear_away(memory: Memory, unit: int) -> None:
    """Move the lots that hold something to the front."""
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    kept = 0
    for place in range(wallet[W_FIRST], wallet[W_LOTS]):
        lot = lots[place]
        if lot[L_LEFT] > 0:
            copy_lot(lots[kept], lot)
            kept += 1
    wallet[W_FIRST] = 0
    wallet[W_LOTS] = kept


@jit
def copy_lot(target: Row, source: Row) -> None:
    target[L_ORIGIN] = source[L_ORIGIN]
    target[L_LEFT] = source[L_LEFT]
    target[L_EARNED] = source[L_EARNED]
    target[L_AVAILABLE] = source[L_AVAILABLE]
    target[L_EXPIRES] = source[L_EXPIRES]
    target[L_EXPIRED] = source[L_EXPIRED]


@jit
def find_lot(memory: Memory, unit: int, origin: int) -> int:
    """The place of the lot that an activity opened, −1 where there is none; the latest are looked at first."""
    lots = memory.lots[unit]
    place = memory.wallets[unit][W_LOTS] - 1
    while place >= 0 and lots[place][L_ORIGIN] != origin:
        place -= 1
    return place


@jit
def put(memory: Memory, unit: int, lot: Row, amount: int) -> None:
    """Into a lot, or (negative) out of it."""
    lot[L_LEFT] += amount
    memory.wallets[unit][W_HELD] += amount


@jit
def first_live(memory: Memory, unit: int) -> int:
    """The place of the first lot that holds something; the number of lots where none does."""
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    place = wallet[W_FIRST]
    while place < wallet[W_LOTS] and lots[place][L_LEFT] == 0:
        place += 1
    wallet[W_FIRST] = place
    return place


@jit
def expire_lots(tables: Tables, memory: Memory, day: int) -> None:
    """Lots that are no longer usable on ``day`` are emptied, in the order in which they die."""
    while True:
        due, expires, earned, origin = -1, day, day, 0
        for unit in range(tables.sizes[UNITS]):
            place = first_live(memory, unit)
            if place < memory.wallets[unit][W_LOTS]:
                lot = memory.lots[unit][place]
                if lot[L_EXPIRES] <= day and (due < 0 or not comes_after(lot, expires, earned, origin)):
                    due, expires, earned, origin = unit, lot[L_EXPIRES], lot[L_EARNED], lot[L_ORIGIN]
        if due < 0:
            return
        lot = memory.lots[due][memory.wallets[due][W_FIRST]]
        left = lot[L_LEFT]
        lot[L_EXPIRED] += left
        put(memory, due, lot, -left)
        say(tables, memory, lot[L_ORIGIN], expires, SAY_EXPIRE, due, -left, reason_expired(tables), lot)


@jit
def comes_after(lot: Row, expires: int, earned: int, origin: int) -> bool:
    if lot[L_EXPIRES] != expires:
        return lot[L_EXPIRES] > expires
    if lot[L_EARNED] != earned:
        return lot[L_EARNED] > earned
    return lot[L_ORIGIN] >= origin


@jit
def draw(
    tables: Tables, memory: Memory, activity: int, day: int, kind: int, unit: int, wanted: int, reason: int
) -> int:
    """Take units from the lots in their order; what waits yet is passed over. Returns what was there."""
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    left = wanted
    place = first_live(memory, unit)
    while left > 0 and place < wallet[W_LOTS]:
        lot = lots[place]
        place += 1
        if lot[L_LEFT] > 0 and lot[L_AVAILABLE] <= day:
            taken = min(left, lot[L_LEFT])
            left -= taken
            put(memory, unit, lot, -taken)
            say(tables, memory, activity, day, kind, unit, -taken, reason, lot)
    return wanted - left
