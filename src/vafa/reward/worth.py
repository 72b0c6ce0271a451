"""What units are worth in money; pure."""

from __future__ import annotations

from fractions import Fraction

from vafa.reward.engine.plan import Plan
from vafa.reward.engine.rewarding import minor


def unit_worth(plan: Plan, unit: str) -> Fraction:
    """Minor units of money that one ``unit`` is worth: by its best reward, else as the programme says, else 0."""
    told = plan.programme.unit(unit)
    if told.money:
        return Fraction(1)
    row = plan.units.ids.index(unit)
    best = [
        Fraction(plan.rewards.amount[r], plan.rewards.price[r])
        for r, costs in enumerate(plan.rewards.unit)
        if costs == row and (plan.rewards.gives[r] < 0 or plan.programme.units[plan.rewards.gives[r]].money)
    ]
    if best:
        return max(best)
    return Fraction(minor(told.worth, plan.currency)) if told.worth is not None else Fraction(0)


def worth(plan: Plan, unit: str, count: int) -> int:
    """Minor units that ``count`` units are worth, rounded down."""
    return int(unit_worth(plan, unit) * count)
