"""Budgets in a back-test: where each runs out, found by walking again with what is known already.

Members are walked one after another, but a budget is used up in the order of time. Before the first
activity at which one runs out nothing depends on it; so that activity is told what was left, those
after it (in the same window) that nothing is, and all is walked again, until no budget is exceeded.
That takes one walk more than budgets run out (docs/decisions/0020-what-crosses-customers.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vafa.reward.engine.fields import BUDGETS, EARNS, FAR, REDEEM
from vafa.reward.engine.kernel.days import version_on, window_of
from vafa.reward.engine.kernel.spending import place_of
from vafa.reward.engine.memory import fresh
from vafa.reward.engine.plan import Plan
from vafa.reward.engine.timelines import Ints, Timelines

if TYPE_CHECKING:
    from vafa.reward.engine.batch import Log


class _Span(NamedTuple):
    """A budget of a version in one of its windows."""

    version: int
    budget: int
    rows: Ints  # its activities in the order of time


class _Reached(NamedTuple):
    place: int  # of the activity, in the order of time
    row: int
    span: int
    at: int  # the activity's place within its span
    left: int  # what there was before it


def within_budgets(plan: Plan, told: Timelines, walk: Callable[[Ints], tuple[Log, Ints]]) -> Log:
    """``walk``'s log once no budget is exceeded; ``walk`` gives it with what is left of the rooms."""
    rooms = np.full((len(told.day), plan.tables.sizes[BUDGETS]), FAR, dtype=np.int64)
    rank = np.empty(len(told.day), dtype=np.int64)
    rank[told.order] = np.arange(len(told.day))
    spans, taken = _spans(plan, told), _taken(plan, told)
    closed: set[int] = set()
    while True:
        log, left = walk(rooms.copy())
        used = rooms - left + taken
        reached = [r for n, span in enumerate(spans) if n not in closed and (r := _reached(plan, n, span, used, rank))]
        if not reached:
            return log
        first = min(one.place for one in reached)
        _cut([one for one in reached if one.place == first], spans, rooms, closed)


def _cut(here: list[_Reached], spans: list[_Span], rooms: Ints, closed: set[int]) -> None:
    """Tell the activity what is left. What comes after it gets nothing, once it is certain that all is used."""
    fresh_here = [one for one in here if rooms[one.row, spans[one.span].budget] == FAR]
    for one in fresh_here:
        rooms[one.row, spans[one.span].budget] = one.left
    if fresh_here and len(here) > 1:
        return  # of several budgets one may leave something of the others
    for one in here:
        span = spans[one.span]
        rooms[span.rows[one.at + 1 :], span.budget] = 0
        closed.add(one.span)


def _reached(plan: Plan, number: int, span: _Span, used: Ints, rank: Ints) -> _Reached | None:
    """The first activity at which all of it is used."""
    sums = np.cumsum(used[span.rows, span.budget])
    limit = plan.course.budgets[span.version].limit[span.budget]
    over = np.flatnonzero(sums >= limit)
    if not len(over):
        return None
    at = int(over[0])
    row = int(span.rows[at])
    return _Reached(int(rank[row]), row, number, at, limit - int(sums[at] - used[row, span.budget]))


def _spans(plan: Plan, told: Timelines) -> list[_Span]:
    memory, found = fresh(plan.tables), []
    days, places = np.unique(told.day, return_inverse=True)
    version = np.array([version_on(plan.course.stack.begins, int(day)) for day in days], dtype=np.int64)[places]
    for holds, budgets in enumerate(plan.course.budgets):
        order = told.order[version[told.order] == holds]
        for budget, window in enumerate(budgets.window):
            numbers = np.array([window_of(plan.tables, memory, int(day), window) for day in days], dtype=np.int64)
            of_row = numbers[places][order]
            found += [_Span(holds, budget, order[of_row == number]) for number in np.unique(of_row)]
    return found


def _taken(plan: Plan, told: Timelines) -> Ints:
    """What the rewards that were asked for took out of stock: facts, which the walk does not decide."""
    course = plan.course
    taken = np.zeros((len(told.day), plan.tables.sizes[BUDGETS]), dtype=np.int64)
    for row in np.flatnonzero(told.kind == REDEEM):
        version = version_on(course.stack.begins, int(told.day[row]))
        tables, weights = course.tables[version], course.budgets[version].weight
        place = place_of(tables, int(told.reward[row]))
        if place >= 0:
            used = weights[tables.sizes[EARNS] + place]
            taken[row, : len(used)] = used
    return taken
