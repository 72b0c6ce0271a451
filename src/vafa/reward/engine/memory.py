"""A member between two activities: as rows for the step, and kept as bytes."""

from __future__ import annotations

import threading
from array import array

from vafa.reward.engine.fields import (
    COUNTERS,
    EARNS,
    EFFECT_SIZE,
    FAR,
    L_LEFT,
    LOT_SIZE,
    MEASURES,
    NEEDS_EFFECTS,
    NEEDS_ENTRIES,
    NEEDS_LOTS,
    NO_DAY,
    NOW_DAY,
    NOW_ENTRIES,
    NOW_SIZE,
    NOW_TIER,
    NOW_UNTIL,
    RECEIPT_HEAD,
    REWARDS,
    SCRATCH_ROWS,
    UNITS,
    W_FIRST,
    W_HELD,
    W_LOTS,
    W_OWED,
    Memory,
    Tables,
)

FORMAT = 2  # the first number of the bytes; other bytes are not read
HEAD = 5  # format, day, tier, the tier's end, entries of rolling windows
GROWS = 64
_room = threading.local()


def receipt_size(tables: Tables) -> int:
    sizes = tables.sizes
    return int(RECEIPT_HEAD + sizes[MEASURES] + 2 * sizes[COUNTERS] + sizes[EARNS])


def scratch_size(tables: Tables) -> int:
    return int(max(tables.sizes[:6]) + 1)


def fresh(tables: Tables) -> Memory:
    """A member about whom nothing is known yet, as lists."""
    sizes = tables.sizes
    now = [0] * NOW_SIZE
    now[NOW_DAY], now[NOW_UNTIL] = NO_DAY, FAR
    return Memory(
        now=now,
        counters=[[-1, 0] for _counter in range(sizes[COUNTERS])],
        rules=[[-1, 0, -1, 0] for _rule in range(sizes[EARNS])],
        wallets=[[0, 0, 0, 0] for _unit in range(sizes[UNITS])],
        lots=[_lots(sizes[REWARDS] + 3) for _unit in range(sizes[UNITS])],
        entries=[],
        effects=_effects(),
        receipts=[],
        scratch=[[0] * scratch_size(tables) for _row in range(SCRATCH_ROWS)],
    )


def _lots(count: int) -> list[list[int]]:
    return [[0] * LOT_SIZE for _lot in range(count)]


def _effects() -> list[list[int]]:
    """Rows to write effects into; a thread uses its own again and again."""
    if not hasattr(_room, "effects"):
        _room.effects = [[0] * EFFECT_SIZE for _row in range(GROWS)]
    rows: list[list[int]] = _room.effects
    return rows


def grow(tables: Tables, memory: Memory, need: int) -> None:
    """More rows where the step said that room is lacking."""
    if need == NEEDS_EFFECTS:
        memory.effects.extend([0] * EFFECT_SIZE for _row in range(len(memory.effects)))
    elif need == NEEDS_LOTS:
        for lots in memory.lots:
            lots.extend(_lots(GROWS + len(lots)))
    elif need == NEEDS_ENTRIES:
        memory.entries.extend([0, 0, 0] for _row in range(GROWS + len(memory.entries)))
    else:
        width = receipt_size(tables)
        memory.receipts.extend([0] * width for _row in range(GROWS + len(memory.receipts)))


def to_bytes(tables: Tables, memory: Memory) -> bytes:
    """All that is known of the member as 64-bit integers; lots that hold nothing are left out."""
    now = memory.now
    numbers = array("q", (FORMAT, now[NOW_DAY], now[NOW_TIER], now[NOW_UNTIL], now[NOW_ENTRIES]))
    live = [
        [lot for lot in lots[wallet[W_FIRST] : wallet[W_LOTS]] if lot[L_LEFT]]
        for wallet, lots in zip(memory.wallets, memory.lots, strict=True)
    ]
    for wallet, lots in zip(memory.wallets, live, strict=True):
        numbers.extend((wallet[W_OWED], len(lots)))
    for row in (*memory.counters, *memory.rules, *memory.entries[: now[NOW_ENTRIES]]):
        numbers.extend(row)
    for lots in live:
        for lot in lots:
            numbers.extend(lot)
    return numbers.tobytes()


def from_bytes(tables: Tables, kept: bytes) -> Memory:
    """The member as they were kept."""
    numbers = array("q")
    numbers.frombytes(kept)
    values = numbers.tolist()
    if not values or values[0] != FORMAT:
        raise ValueError("these bytes are not a member's memory")
    sizes, now = tables.sizes, [0] * NOW_SIZE
    now[NOW_DAY], now[NOW_TIER], now[NOW_UNTIL], now[NOW_ENTRIES] = values[1:HEAD]
    at = HEAD + 2 * sizes[UNITS]
    heads = [values[i : i + 2] for i in range(HEAD, at, 2)]

    def rows(count: int, width: int) -> list[list[int]]:
        nonlocal at
        begins, at = at, at + count * width
        return [values[i : i + width] for i in range(begins, at, width)]

    counters, rules = rows(sizes[COUNTERS], 2), rows(sizes[EARNS], 4)
    entries = rows(now[NOW_ENTRIES], 3)
    wallets, lots = [], []
    for owed, count in heads:
        held = rows(count, LOT_SIZE)
        wallet = [owed, count, 0, 0]
        wallet[W_FIRST], wallet[W_HELD] = 0, sum(lot[L_LEFT] for lot in held)
        wallets.append(wallet)
        held.extend(_lots(sizes[REWARDS] + 3))
        lots.append(held)
    scratch = [[0] * scratch_size(tables) for _row in range(SCRATCH_ROWS)]
    return Memory(now, counters, rules, wallets, lots, entries, _effects(), [], scratch)
