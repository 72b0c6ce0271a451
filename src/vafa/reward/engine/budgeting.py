"""A programme's budgets, first members and stocks as one list, with what each slot uses of each."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, NamedTuple

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import Budget, Earn

if TYPE_CHECKING:
    from vafa.reward.engine.plan import Plan


class Budgets(NamedTuple):
    """What all members together may get; a slot is an earning rule, or after these a reward."""

    ids: tuple[str, ...]
    window: tuple[int, ...]
    free: tuple[int, ...]  # 1: what a return takes back can be given again
    members: tuple[int, ...]  # 1: it counts members, each once
    limit: tuple[int, ...]
    weight: tuple[tuple[int, ...], ...]  # by slot, by budget: what one unit, or one taking, uses of it; 0: nothing


class _Told(NamedTuple):
    id: str
    budget: Budget
    weights: dict[int, Fraction]  # by slot
    members: bool = False
    money: bool = False


def budgets_of(plan: Plan) -> Budgets:
    from vafa.reward.engine.plan import WINDOWS  # it needs this module

    told = list(_told(plan))
    slots = len(plan.earns.ids) + len(plan.rewards.ids)
    scales = [lcm(*(weight.denominator for weight in one.weights.values())) for one in told]
    weights = [
        [int(one.weights.get(slot, Fraction(0)) * scale) for one, scale in zip(told, scales, strict=True)]
        for slot in range(slots)
    ]
    limits = [minor(one.budget.max, plan.currency) if one.money else int(one.budget.max) for one in told]
    return Budgets(
        ids=tuple(one.id for one in told),
        window=tuple(WINDOWS[one.budget.per] for one in told),
        free=tuple(int(one.budget.returned == "free") for one in told),
        members=tuple(int(one.members) for one in told),
        limit=tuple(limit * scale for limit, scale in zip(limits, scales, strict=True)),
        weight=tuple(tuple(row) for row in weights),
    )


def _told(plan: Plan) -> list[_Told]:
    programme, one = plan.programme, Fraction(1)
    found = []
    if programme.budget is not None:
        worths = {slot: _worth(plan, earn.unit) for slot, earn in enumerate(programme.earns)}
        if not any(worths.values()):
            raise _no_worth(programme.earns[0])
        found.append(_Told("programme", programme.budget, worths, money=True))
    for slot, earn in enumerate(programme.earns):
        if earn.budget is not None:
            money = not isinstance(earn.budget.max, int)
            worth = _worth(plan, earn.unit) if money else one
            if not worth:
                raise _no_worth(earn)
            found.append(_Told(f"earn:{earn.id}", earn.budget, {slot: worth}, money=money))
        if earn.first:
            found.append(_Told(f"first:{earn.id}", Budget(earn.first), {slot: one}, members=True))
    for slot, reward in enumerate(programme.rewards, len(programme.earns)):
        if reward.stock is not None:
            found.append(_Told(f"reward:{reward.id}", reward.stock, {slot: one}))
    return found


def _worth(plan: Plan, unit: str) -> Fraction:
    from vafa.reward.worth import unit_worth  # it needs a plan

    return unit_worth(plan, unit)


def _no_worth(earn: Earn) -> Refusal:
    return Refusal(
        "no_worth",
        _("A budget in money needs to know what one “%(unit)s” is worth."),
        _("Give the unit a “worth”, or a reward in money; or write “max” in units, as a whole number."),
        unit=earn.unit,
    )
