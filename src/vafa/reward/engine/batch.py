"""Walking many members: the same step over columns, and what was said as columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vafa.reward.engine.account import walk_account
from vafa.reward.engine.activity import Activity, Effect
from vafa.reward.engine.plan import Plan
from vafa.reward.engine.timelines import KINDS, Ints, Timelines

EFFECTS = ("earn", "bonus", "issue", "redeem", "return", "expire", "owed", "tier")
EARN, BONUS, ISSUE, REDEEM, RETURN, EXPIRE, OWED, TIER = range(8)


class Log(NamedTuple):
    """Effects as columns, in the order of the walk, members one after another."""

    member: Ints
    row: Ints  # of the activity; −1 where only time had passed
    day: Ints
    kind: Ints  # place in EFFECTS
    unit: Ints  # row of the plan's units; −1 in a change of tier
    amount: Ints
    reason: Ints  # place in reasons(plan)
    tier: Ints
    lot: Ints  # id of the activity that opened the lot; 0: the debt itself
    balance: Ints


def reasons(plan: Plan) -> list[str]:
    """What the column ``reason`` counts in."""
    return [*plan.earns.ids, *plan.rewards.ids, "expired", "owed", *plan.tiers.ids]


def walk_many(plan: Plan, told: Timelines, takes: NDArray[np.bool_], *, until: int) -> Log:
    """Walk every member from the beginning through day ``until``.

    ``takes``: by member, whether rewards that must be asked for are taken as soon as they are affordable.
    """
    names = {name: place for place, name in enumerate(reasons(plan))}
    units = {name: place for place, name in enumerate(plan.units.ids)}
    kinds = {name: place for place, name in enumerate(EFFECTS)}
    eager = plan._replace(rewards=plan.rewards._replace(auto=(1,) * len(plan.rewards.ids)))
    rows: list[tuple[int, ...]] = []
    for member in range(len(told.customers)):
        effects, _state = walk_account(
            eager if takes[member] else plan, list(_activities(plan, told, member)), None, until=until
        )
        rows += [_row(member, effect, kinds, units, names, plan.tiers.ids) for effect in effects]
    columns = np.array(rows, dtype=np.int64).reshape(-1, len(Log._fields)).T
    return Log(*columns)


def _row(
    member: int,
    effect: Effect,
    kinds: dict[str, int],
    units: dict[str, int],
    names: dict[str, int],
    tiers: tuple[str, ...],
) -> tuple[int, ...]:
    timely = effect.kind == "expire" or (effect.kind == "tier" and not effect.activity)
    return (
        member,
        -1 if timely else effect.activity - 1,
        effect.day,
        kinds[effect.kind],
        units.get(effect.unit, -1),
        effect.amount,
        names[effect.reason],
        tiers.index(effect.tier),
        effect.lot,
        effect.balance_after,
    )


def _activities(plan: Plan, told: Timelines, member: int) -> Iterator[Activity]:
    first, last = int(told.begins[member]), int(told.begins[member + 1])
    columns = (told.day, told.kind, told.amount, told.returns, told.reward, told.units)
    whole = zip(*(column[first:last].tolist() for column in columns), told.measures[first:last].tolist(), strict=True)
    for row, (day, kind, amount, returns, reward, units, measured) in enumerate(whole, first + 1):
        name = plan.rewards.ids[reward] if reward >= 0 else ""
        yield Activity(
            row, day, KINDS[kind], amount, returns=returns, reward=name, units=units, measured=tuple(measured)
        )
