"""Wallets: lots in the order of use (earliest expiry, then earliest earned, then id)."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    L_AVAILABLE,
    L_EARNED,
    L_EXPIRED,
    L_EXPIRES,
    L_LEFT,
    L_ORIGIN,
    LOT_SIZE,
    NOW_KEEPS,
    NOW_TIER,
    S_BURNT,
    SAY_EXPIRE,
    U_PENDING,
    UNITS,
    V_ALIVE,
    V_TERMS,
    VERSION,
    W_FIRST,
    W_HELD,
    W_LOTS,
    Memory,
    Row,
    Tables,
)

from .days import first_dead_day
from .mode import jit
from .saying import reason_expired, say, say_extended

CROWDED = 24  # empty lots that may stand before they are cleared away


@jit
def comes_before(lots: Row, lot: int, expires: int, earned: int, origin: int) -> bool:
    """Whether the lot that begins at ``lot`` is used before one with these days and this origin."""
    if lots[lot + L_EXPIRES] != expires:
        return lots[lot + L_EXPIRES] < expires
    if lots[lot + L_EARNED] != earned:
        return lots[lot + L_EARNED] < earned
    return lots[lot + L_ORIGIN] <= origin


@jit
def open_lot(tables: Tables, memory: Memory, unit: int, origin: int, day: int, expires: int) -> int:
    """A new, empty lot in its place; returns where it begins."""
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    if memory.now[NOW_KEEPS] == 0 and wallet[W_FIRST] > CROWDED and 2 * wallet[W_FIRST] > wallet[W_LOTS]:
        clear_away(memory, unit)
    lot = wallet[W_LOTS] * LOT_SIZE
    while lot > 0 and not comes_before(lots, lot - LOT_SIZE, expires, day, origin):
        copy_lot(lots, lot, lot - LOT_SIZE)
        lot -= LOT_SIZE
    lots[lot + L_ORIGIN] = origin
    lots[lot + L_LEFT] = 0
    lots[lot + L_EARNED] = day
    lots[lot + L_AVAILABLE] = day + tables.units[unit][U_PENDING]
    lots[lot + L_EXPIRES] = expires
    lots[lot + L_EXPIRED] = 0
    wallet[W_LOTS] += 1
    wallet[W_FIRST] = min(wallet[W_FIRST], lot // LOT_SIZE)
    return lot


@jit
def clear_away(memory: Memory, unit: int) -> None:
    """Move the lots that hold something to the front."""
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    kept = 0
    for place in range(wallet[W_FIRST], wallet[W_LOTS]):
        if lots[place * LOT_SIZE + L_LEFT] > 0:
            copy_lot(lots, kept * LOT_SIZE, place * LOT_SIZE)
            kept += 1
    wallet[W_FIRST] = 0
    wallet[W_LOTS] = kept


@jit
def copy_lot(lots: Row, target: int, source: int) -> None:
    for field in range(LOT_SIZE):
        lots[target + field] = lots[source + field]


@jit
def find_lot(memory: Memory, unit: int, origin: int) -> int:
    """Where the lot that an activity opened begins; negative: nowhere. The latest are looked at first."""
    lots = memory.lots[unit]
    lot = (memory.wallets[unit][W_LOTS] - 1) * LOT_SIZE
    while lot >= 0 and lots[lot + L_ORIGIN] != origin:
        lot -= LOT_SIZE
    return lot


@jit
def put(memory: Memory, unit: int, lot: int, amount: int) -> None:
    """Into a lot, or (negative) out of it."""
    lots = memory.lots[unit]
    lots[lot + L_LEFT] += amount
    memory.wallets[unit][W_HELD] += amount


@jit
def first_live(memory: Memory, unit: int) -> int:
    """Where the first lot that holds something begins; the end of the lots where none does."""
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    place = wallet[W_FIRST]
    while place < wallet[W_LOTS] and lots[place * LOT_SIZE + L_LEFT] == 0:
        place += 1
    wallet[W_FIRST] = place
    return place * LOT_SIZE


@jit
def dies(tables: Tables, version: int, unit: int, tier: int, day: int) -> int:
    """The first day on which units of ``day`` are no longer usable, by the terms of a version."""
    terms = tables.terms[version * tables.sizes[UNITS] + unit]
    return first_dead_day(tables, day, terms[V_TERMS + 2 * tier], terms[V_TERMS + 2 * tier + 1])


@jit
def keep_alive(tables: Tables, memory: Memory, activity: int, day: int, unit: int, by: int) -> None:
    """What is held lives for another term from ``day`` on, where it was made to die without activity of that kind."""
    for version in range(tables.sizes[VERSION] + 1):
        if tables.terms[version * tables.sizes[UNITS] + unit][V_ALIVE] & by:
            prolong(tables, memory, activity, day, unit, version)


@jit
def prolong(tables: Tables, memory: Memory, activity: int, day: int, unit: int, version: int) -> None:
    """The lots that a version made live for another of its terms."""
    expires = dies(tables, version, unit, memory.now[NOW_TIER], day)
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    first, last = tables.begins[version], min(tables.begins[version + 1] - 1, day)
    moved = False
    for place in range(wallet[W_FIRST], wallet[W_LOTS]):
        lot = place * LOT_SIZE
        if lots[lot + L_LEFT] > 0 and lots[lot + L_EXPIRES] != expires and first <= lots[lot + L_EARNED] <= last:
            lots[lot + L_EXPIRES] = expires
            moved = True
    if moved:
        put_in_order(memory, unit)
        say_extended(tables, memory, activity, day, unit, expires, first, last)


@jit
def put_in_order(memory: Memory, unit: int) -> None:
    """The order of use again, after terms of several tiers became one, or those of one version changed."""
    wallet, lots = memory.wallets[unit], memory.lots[unit]
    hand = wallet[W_LOTS] * LOT_SIZE  # the next lot's place is free
    for place in range(wallet[W_FIRST] + 1, wallet[W_LOTS]):
        lot = place * LOT_SIZE
        copy_lot(lots, hand, lot)
        expires, earned, origin = lots[hand + L_EXPIRES], lots[hand + L_EARNED], lots[hand + L_ORIGIN]
        while lot > wallet[W_FIRST] * LOT_SIZE and not comes_before(lots, lot - LOT_SIZE, expires, earned, origin):
            copy_lot(lots, lot, lot - LOT_SIZE)
            lot -= LOT_SIZE
        copy_lot(lots, lot, hand)


@jit
def expire_lots(tables: Tables, memory: Memory, day: int) -> None:
    """Lots that are no longer usable on ``day`` are emptied, in the order in which they die."""
    while True:
        due, found, expires, earned, origin = -1, 0, day, 0, 0
        for unit in range(tables.sizes[UNITS]):
            lot, lots = first_live(memory, unit), memory.lots[unit]
            if lot == memory.wallets[unit][W_LOTS] * LOT_SIZE or lots[lot + L_EXPIRES] > day:
                continue
            earlier = lots[lot + L_EXPIRES] < expires or lots[lot + L_ORIGIN] != origin
            if due < 0 or (earlier and comes_before(lots, lot, expires, earned, origin)):
                due, found = unit, lot
                expires, earned, origin = lots[lot + L_EXPIRES], lots[lot + L_EARNED], lots[lot + L_ORIGIN]
        if due < 0:
            return
        lots = memory.lots[due]
        left = lots[found + L_LEFT]
        lots[found + L_EXPIRED] += left
        put(memory, due, found, -left)
        say(tables, memory, origin, expires, SAY_EXPIRE, due, -left, reason_expired(tables), found)


@jit
def draw(
    tables: Tables, memory: Memory, activity: int, day: int, kind: int, unit: int, wanted: int, reason: int
) -> int:
    """Take units from the lots in their order; what waits yet is passed over. Returns what was there."""
    lots, end = memory.lots[unit], memory.wallets[unit][W_LOTS] * LOT_SIZE
    left, lot = wanted, first_live(memory, unit)
    while left > 0 and lot < end:
        if lots[lot + L_LEFT] > 0 and lots[lot + L_AVAILABLE] <= day:
            taken = min(left, lots[lot + L_LEFT])
            left -= taken
            put(memory, unit, lot, -taken)
            say(tables, memory, activity, day, kind, unit, -taken, reason, lot)
        lot += LOT_SIZE
    if left < wanted:
        memory.scratch[S_BURNT][unit] = 1
    return wanted - left
