"""Walking many members: the same step over columns, and what was said as columns."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vafa.reward.engine import compiled, memory
from vafa.reward.engine.account import EFFECTS, reasons
from vafa.reward.engine.calendar_tables import check_days
from vafa.reward.engine.cuts import within_budgets
from vafa.reward.engine.fields import (
    DONE,
    FAR,
    NEEDS_EFFECTS,
    NOW_EFFECTS,
    NOW_MEMBER,
    RETURN,
    Stack,
)
from vafa.reward.engine.kernel.versions import tables_at
from vafa.reward.engine.kernel.walk import walk
from vafa.reward.engine.logs import Log, Writing, joined
from vafa.reward.engine.plan import Plan
from vafa.reward.engine.timelines import Ints, Timelines

__all__ = ["EFFECTS", "Log", "reasons", "walk_many"]
EARN, BONUS, ISSUE, REDEEM, RETURNED, EXPIRE, OWED, TIER, FORFEIT, EXTEND = range(10)
COMPILE_FROM = 200_000  # activities; with fewer, plain Python is done before the compiler is
EXPECTED = 4  # effects of an activity that a log has room for from the beginning
LEAST_PART = 50_000  # activities that are worth a thread of their own
READY_FROM = 30_000  # the same, where the compiled code only needs to be loaded; else it is compiled meanwhile


def walk_many(
    plan: Plan, told: Timelines, takes: NDArray[np.bool_], *, until: int, compile_it: bool | None = None
) -> Log:
    """Walk every member from the beginning through day ``until``.

    ``takes``: by member, whether rewards that must be asked for are taken as soon as they are affordable.
    ``compile_it``: compiled, or plain Python with the same result; None: by the number of activities.
    Where the programme has budgets the walk is repeated until none is exceeded.
    """
    if not plan.course.has_budgets:
        return walk_once(plan, told, takes, np.zeros((len(told.day), 0), np.int64), until, compile_it)[0]
    return within_budgets(plan, told, lambda rooms: walk_once(plan, told, takes, rooms, until, compile_it))


def walk_once(
    plan: Plan, told: Timelines, takes: NDArray[np.bool_], rooms: Ints, until: int, compile_it: bool | None
) -> tuple[Log, Ints]:
    """What was said, and what is left of ``rooms``, the most that each activity may use of each budget."""
    rows = np.arange(1, len(told.day) + 1)
    columns = (rows, told.day, told.kind, told.amount, told.returns, told.reward, told.units)
    activities = np.ascontiguousarray(np.column_stack(columns).astype(np.int64))
    returning = np.zeros(len(told.customers), dtype=np.int64)
    returning[told.member[told.kind == RETURN]] = 1
    arrays = (activities, told.measures, told.bare, told.begins, returning, takes.astype(np.int64), rooms)
    if len(told.day):
        check_days(plan.tables, int(told.day.min()), max(int(told.day.max()), until))
    fast = _is_worth_it(len(told.day)) if compile_it is None else compile_it
    stack = plan.course.stack
    fast = fast and _fits(stack, told)
    return _compiled(stack, arrays, until) if fast else _plain(stack, arrays, until)


def _is_worth_it(activities: int) -> bool:
    if activities < READY_FROM or activities >= COMPILE_FROM or compiled.is_ready():
        return activities >= READY_FROM
    compiled.prepare()
    return False


def _fits(stack: Stack, told: Timelines) -> bool:
    """Whether all sums stay within 64 bits; plain Python's numbers have no such limit."""
    if not told.measures.size:
        return True
    largest = max((rate for rates in stack.rates for rule in rates for rate in rule), default=1)
    rules = max(len(earns) for earns in stack.earns)
    most = max(int(np.abs(told.measures).max()), int(told.amount.max()))
    longest = int(np.diff(told.begins).max())
    return most * max(largest * rules * 2, longest * 2) < FAR


def _plain(stack: Stack, arrays: tuple[Ints, ...], until: int) -> tuple[Log, Ints]:
    tables, said = tables_at(stack, 0), Writing(EXPECTED * len(arrays[0]))
    room, position = memory.fresh(tables), [0, 0]
    room.now[NOW_MEMBER] = -1
    told: Any = [*(array.tolist() for array in arrays), until, position]
    while (need := walk(stack, room, *told)) != DONE:
        if need == NEEDS_EFFECTS and room.now[NOW_EFFECTS]:
            said.take(room)
        else:
            memory.grow(tables, room, need)
    said.take(room)
    return joined([said]), np.array(told[6], dtype=np.int64).reshape(arrays[-1].shape)


def _compiled(stack: Stack, arrays: tuple[Ints, ...], until: int) -> tuple[Log, Ints]:
    """Members are shared out among the machine's cores: they have nothing in common but the tables."""
    versions = [compiled.arrays(tables_at(stack, number)) for number in range(len(stack.sizes))]
    tables, left, begins = compiled.blocks(versions), arrays[-1].copy(), arrays[3]
    shared = [np.ascontiguousarray(array) for array in arrays[:-1]]
    walk, first = compiled.kernel().door, tables_at(stack, 0)

    def part(of: tuple[int, int]) -> Writing:
        position, room = np.array([of[0], begins[of[0]]]), compiled.room(first)
        told = [*shared, left, position]
        told[3] = begins[: of[1] + 1]
        told_block, said = compiled.blocks([told]), Writing(EXPECTED * int(begins[of[1]] - begins[of[0]]))
        room.now[NOW_MEMBER] = -1
        while True:
            room_block = compiled.blocks([room])
            need = walk(tables.ctypes.data, room_block.ctypes.data, told_block.ctypes.data, until)
            if need == DONE or (need == NEEDS_EFFECTS and room.now[NOW_EFFECTS]):
                said.take(room)
            else:
                room = compiled.grown(room, need)
            if need == DONE:
                return said

    parts = _parts(begins)
    with ThreadPoolExecutor(len(parts)) as threads:
        return joined(list(threads.map(part, parts))), left


def _parts(begins: Ints) -> list[tuple[int, int]]:
    """Members from … to, about as many activities in each part."""
    count = max(min(os.cpu_count() or 1, int(begins[-1]) // LEAST_PART), 1)
    cuts = np.searchsorted(begins, np.arange(1, count) * begins[-1] // count)
    return list(pairwise([0, *cuts.tolist(), len(begins) - 1]))
