"""The compiled walk for callers in Python; only the compiled copy of this folder has it."""

from __future__ import annotations

from numba import int64, njit

from vafa.reward.engine.native import CHECKED, MEMORY, OPTIONS, TABLES, TOLD, set_at

from .walk import walk

tables_at, memory_at, told_at = set_at(TABLES), set_at(MEMORY), set_at(TOLD)


@njit(int64(int64, int64, int64, int64), cache=not CHECKED, **OPTIONS)
def door(tables: int, memory: int, told: int, until: int) -> int:
    """``walk`` with what it needs at three addresses; see ``native.blocks``."""
    of = told_at(told)
    return walk(
        tables_at(tables),
        memory_at(memory),
        of.activities,
        of.measures,
        of.bare,
        of.begins,
        of.keeps,
        of.eager,
        of.rooms,
        until,
        of.position,
    )
