"""What an activity counts for, by each distinct measure of the plan."""

from __future__ import annotations

from vafa.core.records import Line
from vafa.reward.engine.activity import Activity
from vafa.reward.engine.plan import Measures
from vafa.reward.rules import RULES

_LINE_FIELDS = {"category": 3, "brand": 4, "product": 1}  # places in core.records.Line


def measure_all(measures: Measures, activity: Activity) -> list[int]:
    """One whole number for each measure."""
    if activity.kind == "redeem":
        return [0] * len(measures.rule)
    return [_one(rule, where, activity) for rule, where in zip(measures.rule, measures.where, strict=True)]


def bare(measures: Measures, activity: Activity) -> list[int]:
    """1 for each measure that counts money without looking at lines: what part of a return goes back by."""
    return [
        int(rule == "amount" and not any(name in _LINE_FIELDS for name, _values in where) and _fits(where, activity))
        for rule, where in zip(measures.rule, measures.where, strict=True)
    ]


def _one(rule: str, where: tuple[tuple[str, frozenset[str]], ...], activity: Activity) -> int:
    if rule == "visit" and activity.kind == "return":
        return 0  # a part that is given back leaves the visit
    joined = int(activity.kind == "signup")
    if rule == "amount" and not where:
        return activity.amount
    if joined or not activity.lines:
        told = (activity.amount, 1000 - 1000 * joined, 1 - joined, joined)
        return int(RULES[rule].measure(*told)) if _fits(where, activity) else 0
    verb = RULES[rule].measure
    total, first = 0, 1
    for line in activity.lines:
        if _fits(where, activity, line):
            total += verb(line.amount, 1000 if line.quantity_milli is None else line.quantity_milli, first, 0)
            first = 0
    return total


def _fits(where: tuple[tuple[str, frozenset[str]], ...], activity: Activity, line: Line | None = None) -> bool:
    for name, values in where:
        if name in _LINE_FIELDS:
            if line is None or line[_LINE_FIELDS[name]] not in values:
                return False
        elif getattr(activity, name) not in values:
            return False
    return True
