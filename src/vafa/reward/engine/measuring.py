"""What an activity counts for, by each distinct measure of the plan."""

from __future__ import annotations

from collections.abc import Sequence

from vafa.core.records import Line
from vafa.reward.engine.activity import Activity
from vafa.reward.engine.measures import LINE_COLUMNS, Conditions, Measure, rounded, weekday
from vafa.reward.rules import RULES

_PLACES = {"category": 3, "brand": 4, "product": 1}  # in core.records.Line


def measure_all(measures: Sequence[Measure], activity: Activity) -> list[int]:
    """One whole number for each measure."""
    if activity.kind in ("redeem", "choose"):
        return [0] * len(measures)
    return [_one(measure, activity) for measure in measures]


def bare(measures: Sequence[Measure]) -> list[int]:
    """For each measure what a part of an amount counts for, whichever lines it holds; 0: it depends on them."""
    return [measure.other if measure.whole else 0 for measure in measures]


def _one(measure: Measure, activity: Activity) -> int:
    if measure.always:
        return activity.amount * measure.other
    if measure.rule == "visit" and activity.kind == "return":
        return 0  # a part that is given back leaves the visit
    joined, event = int(activity.kind == "signup"), int(activity.kind == "event")
    verb, bought = RULES[measure.rule].measure, 1 - joined - event
    if not bought or not activity.lines:
        if not _fits(measure, activity):
            return 0
        return _weighed(measure, "", verb(activity.amount, 1000 * bought, 0, 0, bought, joined, event))
    total, first = 0, 1
    for line in activity.lines:
        if _fits(measure, activity, line):
            quantity = 1000 if line.quantity_milli is None else line.quantity_milli
            told = verb(line.amount, quantity, line.tax or 0, line.discount or 0, first, 0, 0)
            total += _weighed(measure, str(line[_PLACES[measure.by]]) if measure.by else "", told)
            first = 0
    return total


def _weighed(measure: Measure, value: str, told: int) -> int:
    weight = measure.other
    if measure.by:
        weight = next((number for name, number in measure.weights if name == value), weight)
    return int(rounded(told * weight, measure.divisor, measure.rounding) if measure.divisor else told * weight)


def _fits(measure: Measure, activity: Activity, line: Line | None = None) -> bool:
    holds = all(one is not False for one in _holding(measure.where, activity, line))
    return holds and not any(_holding(measure.unless, activity, line))


def _holding(conditions: Conditions, activity: Activity, line: Line | None) -> list[bool | None]:
    """For each condition whether it holds; None: of a return, whose sale alone it asks about."""
    found: list[bool | None] = []
    for name, values in conditions:
        if name in LINE_COLUMNS:
            found.append(line is not None and line[_PLACES[name]] in values)
        elif activity.kind == "return":
            found.append(None)
        elif name == "weekday":
            found.append(weekday(activity.day) in values)
        else:
            found.append((activity.day if name == "date" else getattr(activity, name)) in values)
    return found
