"""What an activity counts for, by each distinct measure of the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vafa.core.records import Line
from vafa.reward.engine.activity import Activity
from vafa.reward.engine.measures import LINE_COLUMNS, Measure, rounded, weekday
from vafa.reward.rules import RULES

_PLACES = {"category": 3, "brand": 4, "product": 1}  # in core.records.Line


def measure_all(measures: Sequence[Measure | None], activity: Activity) -> list[int]:
    """One whole number for each measure; None: 0, for nobody asks."""
    if activity.kind in ("redeem", "choose"):
        return [0] * len(measures)
    return [0 if measure is None else _one(measure, activity) for measure in measures]


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
    if not _suits(measure, activity):
        return 0
    if not bought or not activity.lines:
        if any(name in LINE_COLUMNS for name, _values in measure.where):
            return 0
        return _weighed(measure, "", verb(activity.amount, 1000 * bought, 0, 0, bought, joined, event))
    total, first = 0, 1
    for line in _chosen(measure, activity.lines):
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


def _chosen(measure: Measure, lines: Sequence[Line]) -> Sequence[Line]:
    """The lines that the measure's conditions about lines leave."""
    for name, values in measure.where:
        if name in LINE_COLUMNS:
            place = _PLACES[name]
            lines = [line for line in lines if line[place] in values]
    for name, values in measure.unless:
        if name in LINE_COLUMNS:
            place = _PLACES[name]
            lines = [line for line in lines if line[place] not in values]
    return lines


def _suits(measure: Measure, activity: Activity) -> bool:
    """Whether the conditions about the whole purchase hold; a return asks its sale alone."""
    if activity.kind == "return":
        return True
    return all(name in LINE_COLUMNS or _value(name, activity) in values for name, values in measure.where) and not any(
        name not in LINE_COLUMNS and _value(name, activity) in values for name, values in measure.unless
    )


def _value(name: str, activity: Activity) -> Any:
    if name == "weekday":
        return weekday(activity.day)
    return activity.day if name == "date" else getattr(activity, name)
