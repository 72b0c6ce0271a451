"""Walking one member's account in plain Python: the till's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vafa.reward.engine import memory as kept
from vafa.reward.engine import merging
from vafa.reward.engine.activity import Activity, Effect
from vafa.reward.engine.calendar_tables import check_days
from vafa.reward.engine.fields import (
    ADJUST,
    CHOOSE,
    DONE,
    EVENT,
    FAR,
    L_AVAILABLE,
    L_EXPIRES,
    L_LEFT,
    LOT_SIZE,
    NO_DAY,
    NOW_DAY,
    NOW_EFFECTS,
    NOW_KEEPS,
    NOW_TIER,
    NOW_UNTIL,
    REDEEM,
    RETURN,
    SALE,
    SAY_MERGE,
    SIGNUP,
    VERSION,
    W_FIRST,
    W_LOTS,
    Memory,
    Tables,
)
from vafa.reward.engine.kernel.spending import next_settlement
from vafa.reward.engine.kernel.tiers import next_change
from vafa.reward.engine.kernel.walk import lacking, onward, step
from vafa.reward.engine.measuring import bare, measure_all
from vafa.reward.engine.plan import Plan

Rooms = Callable[[Activity], Sequence[int]]
KINDS = {
    **{"signup": SIGNUP, "event": EVENT, "sale": SALE, "return": RETURN},
    **{"redeem": REDEEM, "choose": CHOOSE, "adjust": ADJUST},
}
EFFECTS = (
    *("earn", "bonus", "issue", "redeem", "return", "expire", "owed", "tier", "forfeit", "extend"),
    *("adjust", "merge"),
)


def reasons(plan: Plan) -> list[str]:
    """The names that effects give as their reason, by number."""
    names = plan.course.names
    return [*names.rules, *names.rewards, *names.units, "expired", "owed", *names.tiers]


def walk_account(
    plan: Plan,
    activities: Sequence[Activity],
    state: bytes | None,
    *,
    until: int | None = None,
    rooms: Rooms | None = None,
) -> tuple[list[Effect], bytes]:
    """Walk ``activities`` (of one member, in order) from ``state``; None: from the beginning.

    Each is walked by the version of its day, whichever version's plan is given.

    A return needs the whole history in one walk, from the beginning: only there stands what its sale
    had brought. ``until``: a day to whose beginning time passes afterwards, so that expiries are told.
    ``rooms``: what an activity may use of each budget; without it there is room for all.
    """
    memory = _member(plan, state, any(one.gives_back for one in activities))
    earned: dict[tuple[int, int], int] = {}
    _walk(plan, memory, activities, earned, rooms)
    _pass(plan, memory, until)
    return list(_effects(plan, memory, earned)), kept.to_bytes(memory)


class Walker:
    """One member of several who are walked together, activity by activity."""

    def __init__(self, plan: Plan, state: bytes | None, *, keeps: bool) -> None:
        """``keeps``: whether the history that will be walked holds a return."""
        self.plan, self.effects = plan, list[Effect]()
        self.memory = _member(plan, state, keeps)

    def step(self, activity: Activity, rooms: Sequence[int], joined: Rooms | None = None) -> list[int]:
        """What it used of the rooms, negative where it gave some back; ``joined``: of what another card did."""
        earned: dict[tuple[int, int], int] = {}
        _walk(
            self.plan,
            self.memory,
            [activity],
            earned,
            lambda one: rooms if one is activity or not joined else joined(one),
        )
        self._said(earned)
        return [had - left for had, left in zip(rooms, self.memory.rooms, strict=True)]

    def end(self, until: int | None) -> bytes:
        """Let time pass to the beginning of a day; the member's state."""
        _pass(self.plan, self.memory, until)
        self._said({})
        return kept.to_bytes(self.memory)

    def _said(self, earned: dict[tuple[int, int], int]) -> None:
        """Rows of effects are shared by all members of a thread, so they are read at once."""
        self.effects += _effects(self.plan, self.memory, earned)
        self.memory.now[NOW_EFFECTS] = 0


def _member(plan: Plan, state: bytes | None, keeps: bool) -> Memory:
    tables = plan.course.tables[0]
    memory = kept.from_bytes(tables, state) if state else kept.fresh(tables)
    memory.now[NOW_KEEPS] = int(keeps)
    return memory


def _pass(plan: Plan, memory: Memory, until: int | None) -> None:
    """Let time pass to the beginning of a day."""
    if until is not None:
        tables = plan.course.in_force(memory.now[NOW_DAY])
        check_days(tables, until, until)
        _room(tables, memory, until)
        onward(plan.course.stack, tables, memory, until)


def _walk(
    plan: Plan,
    memory: Memory,
    activities: Sequence[Activity],
    earned: dict[tuple[int, int], int],
    rooms: Rooms | None,
) -> None:
    """Activity after activity; ``earned`` takes the days of the lots that come by a merge, by unit and origin."""
    course = plan.course
    stack, tables = course.stack, course.in_force(memory.now[NOW_DAY])
    if activities:
        check_days(tables, activities[0].day, activities[-1].day)
    for activity in activities:
        if rooms is not None:
            memory.rooms[:] = rooms(activity)
        _room(tables, memory, activity.day)
        tables = onward(stack, tables, memory, activity.day)
        if activity.kind == "merge":
            _merge(plan, tables, memory, activity, earned, rooms)
        elif activity.kind == "leave":
            merging.leave(tables, memory, activity.id, activity.day)
        else:
            returns = activity.kind == "return"
            measures = measure_all(course.measures if returns else course.needed[tables.sizes[VERSION]], activity)
            alone = bare(course.measures) if returns else measures
            step(stack, tables, memory, _row(plan, activity), measures, alone)


def _merge(
    plan: Plan,
    tables: Tables,
    memory: Memory,
    activity: Activity,
    earned: dict[tuple[int, int], int],
    rooms: Rooms | None,
) -> None:
    """The other card is walked by itself up to now; then the two are one."""
    course, other = plan.course, merging.other_card(tables)
    other.now[NOW_KEEPS] = memory.now[NOW_KEEPS]
    _walk(plan, other, activity.joins, {}, rooms)
    stood = course.in_force(other.now[NOW_DAY])
    _room(stood, other, activity.day)
    onward(course.stack, stood, other, activity.day)
    merging.make_room(tables, memory, other)
    _room(tables, memory, activity.day)
    earned |= merging.join(tables, memory, other, activity.id, activity.day)


def _room(tables: Tables, memory: Memory, day: int) -> None:
    while (need := lacking(tables, memory, day - memory.now[NOW_DAY])) != DONE:
        kept.grow(tables, memory, need)


def _row(plan: Plan, activity: Activity) -> list[int]:
    if activity.kind == "adjust":
        row = len(plan.course.names.rewards) + plan.course.names.units.index(activity.unit)
        return [activity.id, activity.day, ADJUST, activity.how, 0, row, activity.units]
    reward = -1
    if activity.reward:
        names = (*plan.course.names.rewards, *plan.course.names.units)
        reward = names.index(activity.reward) if activity.reward in names else -1
    kind = KINDS[activity.kind]
    return [activity.id, activity.day, kind, activity.amount, activity.returns, reward, activity.units]


def _effects(plan: Plan, memory: Memory, earned: dict[tuple[int, int], int]) -> Iterator[Effect]:
    names, units, tiers = reasons(plan), (*plan.course.names.units, ""), plan.course.names.tiers
    for row in memory.effects[: memory.now[NOW_EFFECTS]]:
        _member, activity, day, kind, unit, amount, reason, tier, lot, available, expires, balance = row
        yield Effect(
            activity,
            day,
            EFFECTS[kind],
            units[unit],
            amount,
            names[reason],
            tiers[tier],
            lot,
            available,
            expires if 0 <= expires < FAR else None,
            balance,
            earned.get((unit, lot)) if earned and kind == SAY_MERGE else None,
        )


class Contents(NamedTuple):
    """What a member has on a day."""

    tier: str  # its id; "" for a plain member
    units: dict[str, int]  # spendable, by unit


def contents(plan: Plan, state: bytes, day: int) -> Contents:
    """What a kept state holds once time has passed to ``day``."""
    memory = kept.from_bytes(plan.tables, state)
    _pass(plan, memory, day)
    units: dict[str, int] = {}
    for unit, wallet, lots in zip(plan.course.names.units, memory.wallets, memory.lots, strict=True):
        held = lots[wallet[W_FIRST] * LOT_SIZE : wallet[W_LOTS] * LOT_SIZE]
        rows = zip(held[L_LEFT::LOT_SIZE], held[L_AVAILABLE::LOT_SIZE], held[L_EXPIRES::LOT_SIZE], strict=True)
        if usable := sum(left for left, from_day, until in rows if from_day <= day and not 0 <= until <= day):
            units[unit] = usable
    tier = memory.now[NOW_TIER]
    return Contents(plan.course.names.tiers[tier] if tier else "", units)


class Standing(NamedTuple):
    tier: str  # its id; "" for a plain member
    due_day: int | None  # the first day on which time alone changes something, lots' expiries aside


def standing(plan: Plan, state: bytes) -> Standing:
    """Where a kept state stands."""
    memory = kept.from_bytes(plan.tables, state)
    now, tables = memory.now, plan.course.in_force(memory.now[NOW_DAY])
    due = FAR
    if now[NOW_DAY] != NO_DAY:
        following = tables.begins[tables.sizes[VERSION] + 1]
        due = min(now[NOW_UNTIL], next_settlement(tables, now[NOW_DAY]), next_change(tables, memory), following)
    return Standing(plan.course.names.tiers[now[NOW_TIER]] if now[NOW_TIER] else "", None if due == FAR else due)
