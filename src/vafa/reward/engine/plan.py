"""A programme compiled to tables of integers: one row a unit, counter, tier, earning rule, reward.

The step knows no names: it walks these tables. A rate is a whole numerator over its unit's one
denominator, so the sum of all rules of a unit is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward.engine.budgeting import Budgets, budgets_of
from vafa.reward.engine.course import Course, course_of
from vafa.reward.engine.fields import (
    ANY,
    AT_LINE,
    AT_PURCHASE,
    AT_RULE,
    BETWEEN,
    BY_BURNING,
    BY_EARNING,
    CROSSES,
    DAY,
    DAYS,
    END_OF_YEAR,
    EVENT,
    EVERY,
    FLOOR,
    HALF_UP,
    LIFE,
    MEMBER_YEAR,
    MONTH,
    MONTHS,
    MONTHS_AFTER_MONTH,
    NEVER,
    ONLY_PENDING,
    OPEN,
    OWED,
    PURCHASE,
    ROLLING_DAYS,
    ROLLING_MONTHS,
    SALE,
    SIGNUP,
    STREAK,
    TIER,
    UP,
    WEEK,
    WITHIN_BALANCE,
    YEAR,
    Stack,
    Tables,
)
from vafa.reward.engine.measures import Collector, Measure, conditions, counted_by, fits_numbers
from vafa.reward.engine.rewarding import Rewards, minor, rewards_of
from vafa.reward.engine.tables import Names
from vafa.reward.programme import STREAKS, Counter, Earn, Money, Programme, Unit, rolling, term, validity
from vafa.reward.rules import APART, MONEY, RULES

WINDOWS = {
    "life": LIFE,
    "year": YEAR,
    "month": MONTH,
    "week": WEEK,
    "day": DAY,
    "purchase": PURCHASE,
    "member year": MEMBER_YEAR,
    "tier": TIER,
}
ROUNDING = {"floor": FLOOR, "half up": HALF_UP, "up": UP}
ROUND_AT = {"purchase": AT_PURCHASE, "rule": AT_RULE, "line": AT_LINE}
_NOWHERE = Course(Names((), (), (), (), (), ()), (), Stack(*([] for _field in Stack._fields)), (), (), frozenset())
ALIVE = {"earn": BY_EARNING, "burn": BY_BURNING}
AFTER_MONTH = " after the month"
Clauses = tuple[tuple[tuple[int, int], ...], ...]  # any of all of (counter, threshold)
RETURNS = {"owed": OWED, "within balance": WITHIN_BALANCE, "only pending": ONLY_PENDING}


class Units(NamedTuple):
    ids: tuple[str, ...]
    denominator: tuple[int, ...]
    rounding: tuple[int, ...]
    round_at: tuple[int, ...]
    alive: tuple[int, ...]  # what keeps units alive that expire without activity
    pending_days: tuple[int, ...]
    returns: tuple[int, ...]
    issued: tuple[int, ...]  # 1: a gift or a certificate, which is issued, not earned
    term_kind: tuple[tuple[int, ...], ...]  # by tier
    term_count: tuple[tuple[int, ...], ...]


class Counters(NamedTuple):
    ids: tuple[str, ...]
    measure: tuple[int, ...]  # row of the measures; −1: fed by a unit or another counter
    unit: tuple[int, ...]
    window: tuple[int, ...]
    window_count: tuple[int, ...]
    follows: tuple[int, ...]  # of a streak: the counter that must reach its goal; else −1
    goal: tuple[int, ...]
    balance: tuple[int, ...]  # 1: what the wallet holds


class Tiers(NamedTuple):
    """Row 0 is every member; the document's tiers follow, lowest first."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    clauses: tuple[Clauses, ...]
    keeps: tuple[Clauses, ...]
    valid_kind: tuple[int, ...]
    valid_count: tuple[int, ...]
    valid_extra: tuple[int, ...]  # months beyond it


class Earns(NamedTuple):
    ids: tuple[str, ...]
    unit: tuple[int, ...]
    measure: tuple[tuple[int, ...], ...]  # by tier: row of the measures
    numerator: tuple[tuple[int, ...], ...]  # by tier, over the unit's denominator
    min_basket: tuple[int, ...]
    cap_window: tuple[int, ...]  # −1: no cap
    cap_most: tuple[int, ...]
    gate: tuple[int, ...]
    gate_counter: tuple[int, ...]
    gate_low: tuple[int, ...]
    gate_high: tuple[int, ...]  # exclusive; −1: none
    gives: tuple[int, ...]
    bonus: tuple[int, ...]
    on: tuple[int, ...]  # the kind of activity that it looks at, or ANY


class Plan(NamedTuple):
    programme: Programme
    currency: str
    calendar: str
    crossing_new: bool
    units: Units
    counters: Counters
    tiers: Tiers
    earns: Earns
    measures: tuple[Measure, ...]
    rewards: Rewards
    budgets: Budgets
    events: frozenset[str]  # the names of those that it looks at
    course: Course  # the same as integers, with those of the versions before and after
    version: int = 0  # its place among them

    @property
    def tables(self) -> Tables:
        return self.course.tables[self.version]


def compile(programme: Programme, *, calendar: str, currency: str) -> Plan:  # the field's word
    """The plan of ``programme`` for a shop's calendar and currency; a Refusal where numbers would overflow."""
    units = {unit.id: index for index, unit in enumerate(programme.units)}
    tiers = {"member": 0} | {tier.id: index for index, tier in enumerate(programme.tiers, 1)}
    measures = Collector()
    counters = _counters(programme, units, measures, currency)
    plan = Plan(
        programme,
        currency,
        calendar,
        programme.crossing == "new",
        _units(programme, tiers, currency),
        counters,
        _tiers(programme, counters, currency),
        _earns(programme, units, tiers, counters, measures, currency),
        tuple(measures.rows),
        rewards_of(programme, units, tiers, currency),
        Budgets((), (), (), (), (), ()),
        programme.events,
        _NOWHERE,
    )
    _bound(plan)
    plan = plan._replace(budgets=budgets_of(plan))
    return plan._replace(course=course_of([plan]))


def succeed(plans: Sequence[Plan], begins: Sequence[int]) -> tuple[Plan, ...]:
    """The plans of versions, one after another, with their common course; ``begins``: the days of all but the first."""
    course = course_of(plans, begins)
    return tuple(plan._replace(course=course, version=number) for number, plan in enumerate(plans))


def _slot(programme: Programme, earn: Earn, tier: str, currency: str) -> tuple[Measure, Fraction]:
    """What a rule counts by in a tier, and its units for one of it."""
    per = minor(earn.per, currency) if earn.of in MONEY else int(earn.per)
    base = Fraction(earn.gives, per or 1)
    return counted_by(earn, programme.unit(earn.unit), tier, base, programme.stacking)


def _units(programme: Programme, tiers: Mapping[str, int], currency: str) -> Units:
    of_unit = denominators(programme, tiers, currency)
    return Units(
        ids=tuple(unit.id for unit in programme.units),
        denominator=tuple(of_unit[unit.id] for unit in programme.units),
        rounding=tuple(ROUNDING[unit.round] for unit in programme.units),
        round_at=tuple(ROUND_AT[unit.round_at] for unit in programme.units),
        alive=tuple(_alive(unit) for unit in programme.units),
        pending_days=tuple(unit.pending_days for unit in programme.units),
        returns=tuple(RETURNS[unit.returns] for unit in programme.units),
        issued=tuple(int(unit.money or unit.gift) for unit in programme.units),
        term_kind=tuple(tuple(_term(unit, tier)[0] for tier in tiers) for unit in programme.units),
        term_count=tuple(tuple(_term(unit, tier)[1] for tier in tiers) for unit in programme.units),
    )


def _alive(unit: Unit) -> int:
    terms = [unit.expires] if isinstance(unit.expires, str) else unit.expires.values()
    slides = any(text.endswith("without activity") for text in terms)
    return sum(ALIVE[what] for what in unit.activity) if slides else 0


def _term(unit: Unit, tier: str) -> tuple[int, int]:
    told = (
        unit.expires if isinstance(unit.expires, str) else unit.expires.get(tier, unit.expires.get("member", "never"))
    )
    found = term(told)
    assert found is not None  # read and checked before
    if told == "never":
        return NEVER, 0
    if found["what"] == "days":
        return DAYS, int(found["n"])
    if found["what"] == "months":
        return (MONTHS_AFTER_MONTH if found["tail"] == AFTER_MONTH else MONTHS), int(found["n"])
    return END_OF_YEAR, int(found["years"] or 0)


def _counters(programme: Programme, units: Mapping[str, int], measures: Collector, currency: str) -> Counters:
    told, ids = programme.counters, [counter.id for counter in programme.counters]
    windows = [_window(counter) for counter in told]
    return Counters(
        ids=tuple(ids),
        measure=tuple(
            measures.row(Measure(c.of, conditions(c.where), conditions(c.unless))) if c.of in RULES else -1
            for c in told
        ),
        unit=tuple(-1 if c.of in RULES or c.window in STREAKS else units[c.of] for c in told),
        window=tuple(kind for kind, _n in windows),
        window_count=tuple(n for _kind, n in windows),
        follows=tuple(ids.index(c.of) if c.window in STREAKS else -1 for c in told),
        goal=tuple(_threshold(c.goal, c.of, programme, currency) if c.window in STREAKS else 0 for c in told),
        balance=tuple(int(c.balance) for c in told),
    )


def _window(counter: Counter) -> tuple[int, int]:
    """The window's kind, and its length where it is rolling, or of a streak the kind of what is in a row."""
    if counter.window in STREAKS:
        return STREAK, WINDOWS[STREAKS[counter.window]]
    moving = rolling(counter.window)
    if moving is None:
        return WINDOWS[counter.window], 0
    return (ROLLING_DAYS if moving[1] == "days" else ROLLING_MONTHS), moving[0]


def _threshold(value: Money, counter: str, programme: Programme, currency: str) -> int:
    of = next(c.of for c in programme.counters if c.id == counter)
    return minor(value, currency) if of in MONEY else int(value)


def _tiers(programme: Programme, counters: Counters, currency: str) -> Tiers:
    kinds = [(NEVER, 0, 0), *(_validity(tier.valid) for tier in programme.tiers)]

    def clauses(told: Iterable[Mapping[str, Money]]) -> Clauses:
        return tuple(
            tuple((counters.ids.index(c), _threshold(v, c, programme, currency)) for c, v in clause.items())
            for clause in told
        )

    return Tiers(
        ids=("member", *(tier.id for tier in programme.tiers)),
        names=("", *(tier.name for tier in programme.tiers)),
        clauses=((), *(clauses(tier.reach) for tier in programme.tiers)),
        keeps=((), *(clauses(tier.keep or tier.reach) for tier in programme.tiers)),
        valid_kind=tuple(kind for kind, _n, _extra in kinds),
        valid_count=tuple(n for _kind, n, _extra in kinds),
        valid_extra=tuple(extra for _kind, _n, extra in kinds),
    )


def _validity(text: str) -> tuple[int, int, int]:
    found = validity(text)
    assert found is not None  # read and checked before
    if text in ("always", "while it holds"):
        return NEVER, 0, 0
    if not found["n"]:
        return END_OF_YEAR, int(found["years"] or 0), int(found["extra"] or 0)
    after = MONTHS_AFTER_MONTH if found["tail"] else MONTHS
    return (DAYS if found["what"] == "days" else after), int(found["n"]), 0


def denominators(programme: Programme, tiers: Mapping[str, int], currency: str) -> dict[str, int]:
    """For each unit one denominator for the rates of all its rules in all tiers."""
    found = {unit.id: 1 for unit in programme.units}
    for earn in programme.earns:
        for tier in tiers:
            found[earn.unit] = lcm(found[earn.unit], _slot(programme, earn, tier, currency)[1].denominator)
    return found


def _earns(
    programme: Programme,
    units: Mapping[str, int],
    tiers: Mapping[str, int],
    counters: Counters,
    measures: Collector,
    currency: str,
) -> Earns:
    of_unit = denominators(programme, tiers, currency)
    slots = [[_slot(programme, earn, tier, currency) for tier in tiers] for earn in programme.earns]
    gates = [_gate(earn, programme, counters, currency) for earn in programme.earns]
    return Earns(
        ids=tuple(earn.id for earn in programme.earns),
        unit=tuple(units[earn.unit] for earn in programme.earns),
        measure=tuple(tuple(measures.row(measure) for measure, _rate in slot) for slot in slots),
        numerator=tuple(
            tuple(int(rate * of_unit[earn.unit]) for _measure, rate in slot)
            for earn, slot in zip(programme.earns, slots, strict=True)
        ),
        min_basket=tuple(minor(earn.min_basket, currency) for earn in programme.earns),
        cap_window=tuple(WINDOWS[earn.cap.per] if earn.cap else -1 for earn in programme.earns),
        cap_most=tuple(earn.cap.max if earn.cap else 0 for earn in programme.earns),
        gate=tuple(gate[0] for gate in gates),
        gate_counter=tuple(gate[1] for gate in gates),
        gate_low=tuple(gate[2] for gate in gates),
        gate_high=tuple(gate[3] for gate in gates),
        gives=tuple(earn.gives for earn in programme.earns),
        bonus=tuple(int(earn.bonus) for earn in programme.earns),
        on=tuple(_looks_at(earn, programme) for earn in programme.earns),
    )


def _looks_at(earn: Earn, programme: Programme) -> int:
    """What counts units looks at whatever brings them; other rules at purchases, unless they are of something else."""
    if earn.of in APART:
        return EVENT if earn.of == "event" else SIGNUP
    if earn.when is None or (earn.when.every is None and earn.when.crosses is None):
        return SALE
    counter = next(c for c in programme.counters if c.id == earn.when.counter)
    return ANY if counter.of in {unit.id for unit in programme.units} else SALE


def _gate(earn: Earn, programme: Programme, counters: Counters, currency: str) -> tuple[int, int, int, int]:
    if earn.when is None:
        return OPEN, 0, 0, -1
    name = earn.when.counter
    index = counters.ids.index(name)
    if earn.when.every is not None:
        return EVERY, index, _threshold(earn.when.every, name, programme, currency), -1
    if earn.when.crosses is not None:
        return CROSSES, index, _threshold(earn.when.crosses, name, programme, currency), -1
    low = _threshold(earn.when.min or 0, name, programme, currency)
    high = -1 if earn.when.below is None else _threshold(earn.when.below, name, programme, currency)
    return BETWEEN, index, low, high


def _bound(plan: Plan) -> None:
    earns = plan.earns
    rated = [row for row, gate in enumerate(earns.gate) if gate not in (EVERY, CROSSES)]  # the others give whole units
    slots = [slot for row in rated for slot in zip(earns.measure[row], earns.numerator[row], strict=True)]
    if not fits_numbers((plan.measures[measure], numerator) for measure, numerator in slots):
        raise Refusal(
            "rate_too_fine",
            _("The rates of this programme are too fine to be counted in whole numbers."),
            _("Use rounder rates."),
        )
