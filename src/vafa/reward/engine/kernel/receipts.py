"""What a sale counted for and brought, kept while it may still be returned."""

from __future__ import annotations

from vafa.reward.engine.fields import (
    A_AMOUNT,
    A_DAY,
    A_ID,
    C_WINDOW,
    COUNTERS,
    E_SLOT,
    EARNS,
    MEASURES,
    NOW_RECEIPTS,
    Q_AMOUNT,
    Q_DAY,
    Q_ID,
    Q_TIER,
    RECEIPT_HEAD,
    S_BEFORE,
    S_GRANTED,
    Memory,
    Row,
    Tables,
)

from .days import window_of
from .mode import jit


@jit
def measure_place(measure: int) -> int:
    return RECEIPT_HEAD + measure


@jit
def before_place(tables: Tables, counter: int) -> int:
    return RECEIPT_HEAD + tables.sizes[MEASURES] + counter


@jit
def window_place(tables: Tables, counter: int) -> int:
    return before_place(tables, tables.sizes[COUNTERS] + counter)


@jit
def granted_place(tables: Tables, slot: int) -> int:
    return window_place(tables, tables.sizes[COUNTERS] + slot)


@jit
def keep_receipt(tables: Tables, memory: Memory, activity: Row, measures: Row, tier: int) -> None:
    receipt = memory.receipts[memory.now[NOW_RECEIPTS]]
    memory.now[NOW_RECEIPTS] += 1
    receipt[Q_ID] = activity[A_ID]
    receipt[Q_DAY] = activity[A_DAY]
    receipt[Q_TIER] = tier
    receipt[Q_AMOUNT] = activity[A_AMOUNT]
    for measure in range(tables.sizes[MEASURES]):
        receipt[measure_place(measure)] = measures[measure]
    for counter in range(tables.sizes[COUNTERS]):
        receipt[before_place(tables, counter)] = memory.scratch[S_BEFORE][counter]
        window = window_of(tables, memory, activity[A_DAY], tables.counters[counter][C_WINDOW])
        receipt[window_place(tables, counter)] = window
    for rule in range(tables.sizes[EARNS]):
        slot = tables.earns[rule][E_SLOT]
        receipt[granted_place(tables, slot)] = memory.scratch[S_GRANTED][slot]
