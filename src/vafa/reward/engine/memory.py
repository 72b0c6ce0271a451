"""A member between two activities: as rows for the step, and kept as bytes."""

from __future__ import annotations

import threading
from array import array
from typing import Any

from vafa.reward.engine.fields import (
    ALL_REWARDS,
    BUDGETS,
    COUNTERS,
    EFFECT_SIZE,
    FAR,
    LOT_SIZE,
    MEASURES,
    NEEDS_EFFECTS,
    NEEDS_ENTRIES,
    NEEDS_LOTS,
    NO_DAY,
    NOW_DAY,
    NOW_ENTRIES,
    NOW_JOINED,
    NOW_SINCE,
    NOW_SIZE,
    NOW_TIER,
    NOW_UNTIL,
    RECEIPT_HEAD,
    SCRATCH_ROWS,
    SLOTS,
    UNITS,
    W_FIRST,
    W_HELD,
    W_LOTS,
    W_OWED,
    Memory,
    Tables,
)

FORMAT = 5  # the first number of the bytes; other bytes are not read
HEAD = 7  # format, day, tier, the tier's end, entries of rolling windows, the first day, the tier's first day
KEPT = (NOW_DAY, NOW_TIER, NOW_UNTIL, NOW_ENTRIES, NOW_JOINED, NOW_SINCE)
GROWS = 64
_room = threading.local()


def receipt_size(tables: Tables) -> int:
    sizes = tables.sizes
    return int(RECEIPT_HEAD + sizes[MEASURES] + 2 * sizes[COUNTERS] + sizes[SLOTS])


def scratch_size(tables: Tables) -> int:
    return max(*tables.sizes[:6], tables.sizes[SLOTS]) + 1


def fresh(tables: Tables) -> Memory:
    """A member about whom nothing is known yet, as lists."""
    sizes = tables.sizes
    now = [0] * NOW_SIZE
    now[NOW_DAY], now[NOW_UNTIL], now[NOW_JOINED], now[NOW_SINCE] = NO_DAY, FAR, NO_DAY, NO_DAY
    return Memory(
        now=now,
        counters=[[-1, 0] for _counter in range(sizes[COUNTERS])],
        rules=[[-1, 0, -1, 0, 0] for _rule in range(sizes[SLOTS])],
        wallets=[[0, 0, 0, 0] for _unit in range(sizes[UNITS])],
        lots=[[0] * _spare(tables) for _unit in range(sizes[UNITS])],
        entries=[],
        effects=_effects(),
        receipts=[],
        scratch=[[0] * scratch_size(tables) for _row in range(SCRATCH_ROWS)],
        choices=[0] * sizes[ALL_REWARDS],
        rooms=[FAR] * sizes[BUDGETS],
    )


def _spare(tables: Tables) -> int:
    """Numbers that the lots of one step need."""
    return int((tables.sizes[ALL_REWARDS] + 3) * LOT_SIZE)


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
            lots.extend(array("q", bytes(8 * (GROWS * LOT_SIZE + len(lots)))))
    elif need == NEEDS_ENTRIES:
        memory.entries.extend([0, 0, 0] for _row in range(GROWS + len(memory.entries)))
    else:
        width = receipt_size(tables)
        memory.receipts.extend([0] * width for _row in range(GROWS + len(memory.receipts)))


def to_bytes(memory: Memory) -> bytes:
    """All that is known of the member as 64-bit integers; the lots before the first live one are over."""
    now = memory.now
    numbers = [FORMAT, *(now[place] for place in KEPT)]
    for wallet in memory.wallets:
        numbers += (wallet[W_OWED], wallet[W_LOTS] - wallet[W_FIRST], wallet[W_HELD])
    for row in (memory.choices, *memory.counters, *memory.rules, *memory.entries[: now[NOW_ENTRIES]]):
        numbers += row
    kept = array("q", numbers)
    for wallet, lots in zip(memory.wallets, memory.lots, strict=True):
        kept.extend(lots[wallet[W_FIRST] * LOT_SIZE : wallet[W_LOTS] * LOT_SIZE])
    return kept.tobytes()


def readable(kept: bytes) -> bool:
    """Whether this engine wrote the bytes; those of an earlier one are made anew from the history."""
    return kept[:8] == array("q", [FORMAT]).tobytes()


def from_bytes(tables: Tables, kept: bytes) -> Memory:
    """The member as they were kept; lots stay in the array that they came in."""
    numbers = array("q")
    numbers.frombytes(kept)
    if not numbers or numbers[0] != FORMAT:
        raise ValueError("these bytes are not a member's memory")
    sizes, now = tables.sizes, [0] * NOW_SIZE
    for place, number in zip(KEPT, numbers[1:HEAD], strict=True):
        now[place] = number
    at = HEAD + 3 * sizes[UNITS]
    wallets = [[numbers[i], numbers[i + 1], 0, numbers[i + 2]] for i in range(HEAD, at, 3)]
    choices = numbers[at : at + sizes[ALL_REWARDS]].tolist()
    at += sizes[ALL_REWARDS]
    parts = []
    for count, width in ((sizes[COUNTERS], 2), (sizes[SLOTS], 5), (now[NOW_ENTRIES], 3)):
        end = at + count * width
        values = numbers[at:end].tolist()
        parts.append([values[i : i + width] for i in range(0, end - at, width)])
        at = end
    lots: Any = []
    spare = array("q", [0] * _spare(tables))
    for wallet in wallets:
        end = at + wallet[W_LOTS] * LOT_SIZE
        lots.append(numbers[at:end] + spare)
        at = end
    counters, rules, entries = parts
    width = scratch_size(tables)
    scratch = [[0] * width for _row in range(SCRATCH_ROWS)]
    return Memory(
        now, counters, rules, wallets, lots, entries, _effects(), [], scratch, choices, [FAR] * sizes[BUDGETS]
    )
