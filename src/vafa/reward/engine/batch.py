"""Walking many members: the same step over columns, and what was said as columns."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vafa.reward.engine import compiled, memory
from vafa.reward.engine.account import EFFECTS, reasons
from vafa.reward.engine.calendar_tables import check_days
from vafa.reward.engine.cuts import within_budgets
from vafa.reward.engine.fields import (
    DONE,
    EFFECT_SIZE,
    FAR,
    NEEDS_EFFECTS,
    NOW_EFFECTS,
    NOW_MEMBER,
    RETURN,
    SAY_EXPIRE,
    SAY_EXTEND,
    X_ACTIVITY,
    X_AMOUNT,
    X_BALANCE,
    X_DAY,
    X_KIND,
    X_LOT,
    X_MEMBER,
    X_REASON,
    X_TIER,
    X_UNIT,
    Memory,
    Stack,
)
from vafa.reward.engine.kernel.versions import tables_at
from vafa.reward.engine.kernel.walk import walk
from vafa.reward.engine.plan import Plan
from vafa.reward.engine.timelines import Ints, Timelines

__all__ = ["EFFECTS", "Log", "reasons", "walk_many"]
EARN, BONUS, ISSUE, REDEEM, RETURNED, EXPIRE, OWED, TIER, FORFEIT, EXTEND = range(10)
COMPILE_FROM = 200_000  # activities; with fewer, plain Python is done before the compiler is
LEAST_PART = 50_000  # activities that are worth a thread of their own
READY_FROM = 30_000  # the same, where the compiled code only needs to be loaded; else it is compiled meanwhile


Narrow = NDArray[np.signedinteger[Any]]  # numbers to find something by, in fewer bytes: they are the most of a log


class Log(NamedTuple):
    """Effects as columns, in the order of the walk, members one after another."""

    member: Narrow
    row: Narrow  # of the activity; −1 where only time had passed
    day: Narrow
    kind: Narrow  # place in EFFECTS
    unit: Narrow  # row of the plan's units; −1 in a change of tier
    amount: Ints
    reason: Narrow  # place in reasons(plan)
    tier: Narrow
    lot: Ints  # id of the activity that opened the lot; 0: the debt itself
    balance: Ints


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
    parts, left = _compiled(stack, arrays, until) if fast else _plain(stack, arrays, until)
    return Log(*map(np.concatenate, zip(*parts, strict=True))), left


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


def _plain(stack: Stack, arrays: tuple[Ints, ...], until: int) -> tuple[list[Log], Ints]:
    tables = tables_at(stack, 0)
    room, position, parts = memory.fresh(tables), [0, 0], []
    room.now[NOW_MEMBER] = -1
    told: Any = [*(array.tolist() for array in arrays), until, position]
    while (need := walk(stack, room, *told)) != DONE:
        if need == NEEDS_EFFECTS and room.now[NOW_EFFECTS]:
            parts.append(_flushed(room))
        else:
            memory.grow(tables, room, need)
    return [*parts, _flushed(room)], np.array(told[6], dtype=np.int64).reshape(arrays[-1].shape)


def _compiled(stack: Stack, arrays: tuple[Ints, ...], until: int) -> tuple[list[Log], Ints]:
    """Members are shared out among the machine's cores: they have nothing in common but the tables."""
    versions = [compiled.arrays(tables_at(stack, number)) for number in range(len(stack.sizes))]
    tables, left, begins = compiled.blocks(versions), arrays[-1].copy(), arrays[3]
    shared = [np.ascontiguousarray(array) for array in arrays[:-1]]
    walk, first = compiled.kernel().door, tables_at(stack, 0)

    def part(of: tuple[int, int]) -> list[Log]:
        position, room = np.array([of[0], begins[of[0]]]), compiled.room(first)
        told = [*shared, left, position]
        told[3] = begins[: of[1] + 1]
        told_block = compiled.blocks([told])
        said: list[Log] = []
        room.now[NOW_MEMBER] = -1
        while True:
            room_block = compiled.blocks([room])
            need = walk(tables.ctypes.data, room_block.ctypes.data, told_block.ctypes.data, until)
            if need == DONE:
                return [*said, _flushed(room)]
            if need == NEEDS_EFFECTS and room.now[NOW_EFFECTS]:
                said.append(_flushed(room))
            else:
                room = compiled.grown(room, need)

    parts = _parts(begins)
    with ThreadPoolExecutor(len(parts)) as threads:
        return list(chain.from_iterable(threads.map(part, parts))), left


def _parts(begins: Ints) -> list[tuple[int, int]]:
    """Members from … to, about as many activities in each part."""
    count = max(min(os.cpu_count() or 1, int(begins[-1]) // LEAST_PART), 1)
    cuts = np.searchsorted(begins, np.arange(1, count) * begins[-1] // count)
    return list(pairwise([0, *cuts.tolist(), len(begins) - 1]))


def _flushed(room: Memory) -> Log:
    """What was said so far, as columns; the room is free again."""
    count, room.now[NOW_EFFECTS] = int(room.now[NOW_EFFECTS]), 0
    said = np.asarray(room.effects[:count], dtype=np.int64).reshape(count, EFFECT_SIZE)
    extends = said[:, X_KIND] == SAY_EXTEND
    said = said[~extends] if extends.any() else said
    timely = (said[:, X_KIND] == SAY_EXPIRE) | (said[:, X_ACTIVITY] <= 0)
    return Log(
        member=said[:, X_MEMBER].astype(np.int32),
        row=np.where(timely, -1, said[:, X_ACTIVITY] - 1).astype(np.int32),
        day=said[:, X_DAY].astype(np.int32),
        kind=said[:, X_KIND].astype(np.int16),
        unit=said[:, X_UNIT].astype(np.int16),
        amount=said[:, X_AMOUNT].copy(),
        reason=said[:, X_REASON].astype(np.int16),
        tier=said[:, X_TIER].astype(np.int16),
        lot=said[:, X_LOT].copy(),
        balance=said[:, X_BALANCE].copy(),
    )
