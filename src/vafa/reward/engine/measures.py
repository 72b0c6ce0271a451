"""What lines are counted by: a rule of the shelf, for the lines that match, each so many times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from vafa.core.calendar import day_number
from vafa.core.money import LARGEST
from vafa.reward.programme import WEEKDAYS, Earn, Unit
from vafa.reward.rules import MONEY

LINE_COLUMNS = frozenset({"category", "brand", "product"})  # other conditions look at the whole activity
Conditions = tuple[tuple[str, frozenset[Any]], ...]


class Measure(NamedTuple):
    """One whole number of an activity: the sum over its lines."""

    rule: str
    where: Conditions = ()  # all of these
    unless: Conditions = ()  # none of these
    by: str = ""  # the column that the weights look at
    weights: tuple[tuple[str, int], ...] = ()
    other: int = 1  # the weight of lines that ``weights`` doesn't name
    divisor: int = 0  # each line is rounded after division by it; 0: nothing is rounded
    rounding: str = "floor"
    whole: bool = False  # whether a part of a purchase counts for its amount, whichever lines it holds
    always: bool = False  # whether it counts whatever the purchase is

    @property
    def largest(self) -> int:
        return max(self.other, *(weight for _value, weight in self.weights)) if self.weights else self.other


class Collector:
    """The distinct measures of a programme, each with its row."""

    def __init__(self) -> None:
        self.rows: list[Measure] = []

    def row(self, measure: Measure) -> int:
        names = {name for name, _values in (*measure.where, *measure.unless)}
        whole = measure.rule == "amount" and not names & LINE_COLUMNS and not measure.by and not measure.divisor
        measure = measure._replace(whole=whole, always=whole and not names)
        if measure not in self.rows:
            self.rows.append(measure)
        return self.rows.index(measure)


def conditions(told: Mapping[str, Sequence[str]]) -> Conditions:
    """Conditions with weekdays as 0 (Monday) to 6 and dates as days."""
    return tuple((name, _values(name, values)) for name, values in sorted(told.items()))


def _values(name: str, values: Sequence[str]) -> frozenset[Any]:
    if name == "weekday":
        return frozenset(WEEKDAYS.index(day) for day in values)
    if name == "date":
        spans = [[day_number(date.fromisoformat(end)) for end in text.split("..")] for text in values]
        return frozenset(day for span in spans for day in range(span[0], span[-1] + 1))
    return frozenset(values)


def weekday(day: Any) -> Any:
    """0 for Monday to 6, of a day or of a column of days."""
    return (day + 3) % 7


def counted_by(earn: Earn, unit: Unit, tier: str, base: Fraction, stacking: str) -> tuple[Measure, Fraction]:
    """What a rule counts by in a tier, and the rate of one of it; ``base``: units for one, without tier and factor.

    Where a unit is rounded line by line, the lines carry the rate; so they do where a line's factor and
    the tier's rate are added or the best of them counts.
    """
    plain = Measure(earn.of, conditions(earn.where), conditions(earn.unless))
    rate = earn.by_tier.get(tier, Fraction(1))
    table: Mapping[str, Fraction] = earn.factor.table if earn.factor else {}
    by_line = unit.round_at == "line"
    if not by_line and earn.factor is None:
        return plain, base * rate
    alone = stacking == "multiply" and not by_line
    each = {name: factor if alone else stacked(factor, rate, stacking) for name, factor in table.items()}
    other = Fraction(1) if alone else stacked(Fraction(1), rate, stacking)
    if by_line:
        each, other = {name: base * factor for name, factor in each.items()}, base * other
    scale = lcm(other.denominator, *(factor.denominator for factor in each.values()))
    measure = plain._replace(
        by=earn.factor.by if earn.factor else "",
        weights=tuple((name, int(factor * scale)) for name, factor in sorted(each.items())),
        other=int(other * scale),
    )
    if by_line:
        return measure._replace(divisor=scale, rounding=unit.round), Fraction(1)
    return measure, (base * rate if alone else base) / scale


def stacked(factor: Fraction, rate: Fraction, stacking: str) -> Fraction:
    """How often a line counts by its factor and the tier's rate together."""
    if stacking == "multiply":
        return factor * rate
    return factor + rate - 1 if stacking == "add" else max(factor, rate)


def rounded(value: Any, divisor: int, how: str) -> Any:
    """A whole number, or a column of them, divided and rounded."""
    if how == "up":
        return -(-value // divisor)
    return (2 * value + divisor) // (2 * divisor) if how == "half up" else value // divisor


def fits_numbers(rates: Iterable[tuple[Measure, int]]) -> bool:
    """Whether the sums of the largest purchase stay far within 64 bits, for the measures with their numerators."""
    return all(numerator * measure.largest * _most(measure) < 2**62 * 1000 for measure, numerator in rates)


def _most(measure: Measure) -> int:
    """The most that a measure counts: an amount, items, or one visit."""
    if measure.rule in MONEY:
        return LARGEST
    return LARGEST // 1000 if measure.rule.startswith("items") else 1000
