"""Walking one member's account in plain Python: the till's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vafa.reward.engine import memory as kept
from vafa.reward.engine.activity import Activity, Effect
from vafa.reward.engine.fields import (
    CHOOSE,
    DONE,
    EVENT,
    FAR,
    NO_DAY,
    NOW_DAY,
    NOW_EFFECTS,
    NOW_KEEPS,
    NOW_TIER,
    NOW_UNTIL,
    REDEEM,
    RETURN,
    SALE,
    SIGNUP,
    Memory,
    Tables,
)
from vafa.reward.engine.kernel.spending import next_settlement
from vafa.reward.engine.kernel.tiers import next_change
from vafa.reward.engine.kernel.walk import advance, lacking, step
from vafa.reward.engine.measuring import bare, measure_all
from vafa.reward.engine.plan import Plan
from vafa.reward.engine.tables import check_days

Rooms = Callable[[Activity], Sequence[int]]
KINDS = {"signup": SIGNUP, "event": EVENT, "sale": SALE, "return": RETURN, "redeem": REDEEM, "choose": CHOOSE}
EFFECTS = ("earn", "bonus", "issue", "redeem", "return", "expire", "owed", "tier", "forfeit", "extend")


def reasons(plan: Plan) -> list[str]:
    """The names that effects give as their reason, by number."""
    return [*plan.earns.ids, *plan.rewards.ids, *plan.units.ids, "expired", "owed", *plan.tiers.ids]


def walk_account(
    plan: Plan,
    activities: Sequence[Activity],
    state: bytes | None,
    *,
    until: int | None = None,
    rooms: Rooms | None = None,
) -> tuple[list[Effect], bytes]:
    """Walk ``activities`` (of one member, in order) from ``state``; None: from the beginning.

    A return needs the whole history in one walk, from the beginning: only there stands what its sale
    had brought. ``until``: a day to whose beginning time passes afterwards, so that expiries are told.
    ``rooms``: what an activity may use of each budget; without it there is room for all.
    """
    tables = plan.tables
    memory = kept.from_bytes(tables, state) if state else kept.fresh(tables)
    memory.now[NOW_KEEPS] = int(any(activity.kind == "return" for activity in activities))
    if activities:
        check_days(tables, activities[0].day, max(activities[-1].day, until or 0))
    for activity in activities:
        if rooms is not None:
            memory.rooms[:] = rooms(activity)
        _step(plan, memory, activity)
    if until is not None:
        _room(tables, memory, until)
        advance(tables, memory, until)
    return list(_effects(plan, memory)), kept.to_bytes(memory)


def _step(plan: Plan, memory: Memory, activity: Activity) -> None:
    _room(plan.tables, memory, activity.day)
    measures = measure_all(plan.measures, activity)
    alone = bare(plan.measures) if activity.kind == "return" else measures
    step(plan.tables, memory, _row(plan, activity), measures, alone)


class Walker:
    """One member of several who are walked together, activity by activity."""

    def __init__(self, plan: Plan, state: bytes | None, *, keeps: bool) -> None:
        """``keeps``: whether the history that will be walked holds a return."""
        self.plan, self.effects = plan, list[Effect]()
        self.memory = kept.from_bytes(plan.tables, state) if state else kept.fresh(plan.tables)
        self.memory.now[NOW_KEEPS] = int(keeps)

    def step(self, activity: Activity, rooms: Sequence[int]) -> list[int]:
        """What it used of the rooms, negative where it gave some back."""
        check_days(self.plan.tables, activity.day, activity.day)
        self.memory.rooms[:] = rooms
        _step(self.plan, self.memory, activity)
        self._said()
        return [had - left for had, left in zip(rooms, self.memory.rooms, strict=True)]

    def end(self, until: int | None) -> bytes:
        """Let time pass to the beginning of a day; the member's state."""
        if until is not None:
            _room(self.plan.tables, self.memory, until)
            advance(self.plan.tables, self.memory, until)
            self._said()
        return kept.to_bytes(self.memory)

    def _said(self) -> None:
        """Rows of effects are shared by all members of a thread, so they are read at once."""
        self.effects += _effects(self.plan, self.memory)
        self.memory.now[NOW_EFFECTS] = 0


def _room(tables: Tables, memory: Memory, day: int) -> None:
    while (need := lacking(tables, memory, day - memory.now[NOW_DAY])) != DONE:
        kept.grow(tables, memory, need)


def _row(plan: Plan, activity: Activity) -> list[int]:
    reward = -1
    if activity.reward:
        names = (*plan.rewards.ids, *plan.units.ids)
        reward = names.index(activity.reward) if activity.reward in names else -1
    kind = KINDS[activity.kind]
    return [activity.id, activity.day, kind, activity.amount, activity.returns, reward, activity.units]


def _effects(plan: Plan, memory: Memory) -> Iterator[Effect]:
    names, units, tiers = reasons(plan), (*plan.units.ids, ""), plan.tiers.ids
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
        )


class Standing(NamedTuple):
    tier: str  # its id; "" for a plain member
    due_day: int | None  # the first day on which time alone changes something, lots' expiries aside


def standing(plan: Plan, state: bytes) -> Standing:
    """Where a kept state stands."""
    memory = kept.from_bytes(plan.tables, state)
    now, tables = memory.now, plan.tables
    due = FAR
    if now[NOW_DAY] != NO_DAY:
        due = min(now[NOW_UNTIL], next_settlement(tables, now[NOW_DAY]), next_change(tables, memory))
    return Standing(plan.tiers.ids[now[NOW_TIER]] if now[NOW_TIER] else "", None if due == FAR else due)
