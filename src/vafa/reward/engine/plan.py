"""A programme compiled to tables of integers: one row a unit, counter, tier, earning rule, reward.

The step knows no names: it walks these tables. A rate is a whole numerator over its unit's one
denominator, so the sum of all rules of a unit is rounded once.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from vafa.core.errors import Refusal
from vafa.core.money import LARGEST, digits
from vafa.core.words import gettext_noop as _
from vafa.reward.engine.fields import (
    BETWEEN,
    CROSSES,
    DAY,
    DAYS,
    END_OF_YEAR,
    EVERY,
    LIFE,
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
    WITHIN_BALANCE,
    YEAR,
    Tables,
)
from vafa.reward.engine.tables import tables_of
from vafa.reward.programme import Earn, Money, Programme, Unit, rolling, term, validity
from vafa.reward.rules import RULES

WINDOWS = {"life": LIFE, "year": YEAR, "month": MONTH, "day": DAY, "purchase": PURCHASE}
RETURNS = {"owed": OWED, "within balance": WITHIN_BALANCE, "only pending": ONLY_PENDING}


class Units(NamedTuple):
    ids: tuple[str, ...]
    denominator: tuple[int, ...]
    half_up: tuple[int, ...]
    pending_days: tuple[int, ...]
    returns: tuple[int, ...]
    issued: tuple[int, ...]  # 1: a gift or a certificate, which is issued, not earned
    term_kind: tuple[tuple[int, ...], ...]  # by tier
    term_count: tuple[tuple[int, ...], ...]


class Counters(NamedTuple):
    ids: tuple[str, ...]
    measure: tuple[int, ...]  # row of Measures; −1: fed by a unit
    unit: tuple[int, ...]
    window: tuple[int, ...]
    window_count: tuple[int, ...]


class Tiers(NamedTuple):
    """Row 0 is every member; the document's tiers follow, lowest first."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    clauses: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]  # any of all of (counter, threshold)
    valid_kind: tuple[int, ...]
    valid_count: tuple[int, ...]


class Earns(NamedTuple):
    ids: tuple[str, ...]
    unit: tuple[int, ...]
    measure: tuple[int, ...]
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
    on_joining: tuple[int, ...]


class Measures(NamedTuple):
    """What lines are counted by: a rule of the shelf, for the lines that match."""

    rule: tuple[str, ...]
    where: tuple[tuple[tuple[str, frozenset[str]], ...], ...]


class Rewards(NamedTuple):
    ids: tuple[str, ...]
    unit: tuple[int, ...]
    price: tuple[int, ...]
    gives: tuple[int, ...]  # −1: its worth is taken off the bill
    amount: tuple[int, ...]
    auto: tuple[int, ...]
    kept: tuple[int, ...]  # 1: a certificate, kept in the wallet when it was asked for
    tiers: tuple[frozenset[int], ...]  # empty: everybody


class Plan(NamedTuple):
    programme: Programme
    currency: str
    calendar: str
    crossing_new: bool
    units: Units
    counters: Counters
    tiers: Tiers
    earns: Earns
    measures: Measures
    rewards: Rewards
    tables: Tables  # the same as integers, for the step


def minor(value: Money, currency: str) -> int:
    """Whole numbers are minor units already; decimals are major units."""
    if isinstance(value, int):
        return value
    scaled = value.scaleb(digits(currency))
    if scaled != scaled.to_integral_value():
        raise Refusal(
            "too_many_decimals", _("%(value)s has more decimals than %(currency)s has."), value=value, currency=currency
        )
    return int(scaled)


def compile(programme: Programme, *, calendar: str, currency: str) -> Plan:  # the field's word
    """The plan of ``programme`` for a shop's calendar and currency; a Refusal where numbers would overflow."""
    units = {unit.id: index for index, unit in enumerate(programme.units)}
    tiers = {"member": 0} | {tier.id: index for index, tier in enumerate(programme.tiers, 1)}
    measures = _Measures()
    counters = _counters(programme, units, measures)
    plan = Plan(
        programme,
        currency,
        calendar,
        programme.crossing == "new",
        _units(programme, tiers, currency),
        counters,
        _tiers(programme, counters, currency),
        _earns(programme, units, tiers, counters, measures, currency),
        Measures(tuple(rule for rule, _w in measures.rows), tuple(where for _r, where in measures.rows)),
        _rewards(programme, units, tiers, currency),
        Tables(*([] for _field in Tables._fields)),
    )
    _bound(plan)
    return plan._replace(tables=tables_of(plan))


class _Measures:
    """Collects the distinct (rule, where) pairs."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, tuple[tuple[str, frozenset[str]], ...]]] = []

    def row(self, rule: str, where: Mapping[str, tuple[str, ...]]) -> int:
        wanted = (rule, tuple((name, frozenset(values)) for name, values in sorted(where.items())))
        if wanted not in self.rows:
            self.rows.append(wanted)
        return self.rows.index(wanted)


def _rate(earn: Earn, tier: str, currency: str) -> Fraction:
    per = minor(earn.per, currency) if earn.of == "amount" else int(earn.per)
    return Fraction(earn.gives, per or 1) * earn.by_tier.get(tier, Fraction(1))


def _units(programme: Programme, tiers: Mapping[str, int], currency: str) -> Units:
    of_unit = denominators(programme, tiers, currency)
    return Units(
        ids=tuple(unit.id for unit in programme.units),
        denominator=tuple(of_unit[unit.id] for unit in programme.units),
        half_up=tuple(int(unit.round == "half up") for unit in programme.units),
        pending_days=tuple(unit.pending_days for unit in programme.units),
        returns=tuple(RETURNS[unit.returns] for unit in programme.units),
        issued=tuple(int(unit.money or unit.gift) for unit in programme.units),
        term_kind=tuple(tuple(_term(unit, tier)[0] for tier in tiers) for unit in programme.units),
        term_count=tuple(tuple(_term(unit, tier)[1] for tier in tiers) for unit in programme.units),
    )


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
        return (MONTHS_AFTER_MONTH if found["tail"] else MONTHS), int(found["n"])
    return END_OF_YEAR, int(found["years"] or 0)


def _counters(programme: Programme, units: Mapping[str, int], measures: _Measures) -> Counters:
    kinds = []
    for counter in programme.counters:
        moving = rolling(counter.window)
        if moving is None:
            kinds.append((WINDOWS[counter.window], 0))
        else:
            kinds.append((ROLLING_DAYS if moving[1] == "days" else ROLLING_MONTHS, moving[0]))
    return Counters(
        ids=tuple(counter.id for counter in programme.counters),
        measure=tuple(measures.row(c.of, c.where) if c.of in RULES else -1 for c in programme.counters),
        unit=tuple(units.get(c.of, -1) if c.of not in RULES else -1 for c in programme.counters),
        window=tuple(kind for kind, _n in kinds),
        window_count=tuple(n for _kind, n in kinds),
    )


def _threshold(value: Money, counter: str, programme: Programme, currency: str) -> int:
    of = next(c.of for c in programme.counters if c.id == counter)
    return minor(value, currency) if of == "amount" else int(value)


def _tiers(programme: Programme, counters: Counters, currency: str) -> Tiers:
    kinds = [(NEVER, 0)]
    for tier in programme.tiers:
        found = validity(tier.valid)
        assert found is not None  # read and checked before
        if found["n"]:
            kinds.append((MONTHS, int(found["n"])))
        else:
            kinds.append((NEVER, 0) if tier.valid == "always" else (END_OF_YEAR, int(found["years"] or 0)))
    return Tiers(
        ids=("member", *(tier.id for tier in programme.tiers)),
        names=("", *(tier.name for tier in programme.tiers)),
        clauses=(
            (),
            *(
                tuple(
                    tuple((counters.ids.index(c), _threshold(v, c, programme, currency)) for c, v in clause.items())
                    for clause in tier.reach
                )
                for tier in programme.tiers
            ),
        ),
        valid_kind=tuple(kind for kind, _n in kinds),
        valid_count=tuple(n for _kind, n in kinds),
    )


def denominators(programme: Programme, tiers: Mapping[str, int], currency: str) -> dict[str, int]:
    """For each unit one denominator for the rates of all its rules in all tiers."""
    found = {unit.id: 1 for unit in programme.units}
    for earn in programme.earns:
        for tier in tiers:
            found[earn.unit] = lcm(found[earn.unit], _rate(earn, tier, currency).denominator)
    return found


def _earns(
    programme: Programme,
    units: Mapping[str, int],
    tiers: Mapping[str, int],
    counters: Counters,
    measures: _Measures,
    currency: str,
) -> Earns:
    of_unit = denominators(programme, tiers, currency)
    gates = [_gate(earn, programme, counters, currency) for earn in programme.earns]
    return Earns(
        ids=tuple(earn.id for earn in programme.earns),
        unit=tuple(units[earn.unit] for earn in programme.earns),
        measure=tuple(measures.row(earn.of, earn.where) for earn in programme.earns),
        numerator=tuple(
            tuple(int(_rate(earn, tier, currency) * of_unit[earn.unit]) for tier in tiers) for earn in programme.earns
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
        on_joining=tuple(int(earn.of == "signup") for earn in programme.earns),
    )


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


def _rewards(programme: Programme, units: Mapping[str, int], tiers: Mapping[str, int], currency: str) -> Rewards:
    money = {unit.id for unit in programme.units if unit.money} | {""}
    return Rewards(
        ids=tuple(reward.id for reward in programme.rewards),
        unit=tuple(units[reward.unit] for reward in programme.rewards),
        price=tuple(reward.price for reward in programme.rewards),
        gives=tuple(units.get(reward.gives, -1) for reward in programme.rewards),
        amount=tuple(
            minor(reward.amount, currency) if reward.gives in money else int(reward.amount)
            for reward in programme.rewards
        ),
        auto=tuple(int(reward.when == "auto") for reward in programme.rewards),
        kept=tuple(int(reward.gives in money - {""}) for reward in programme.rewards),
        tiers=tuple(frozenset(tiers[tier] for tier in reward.tiers) for reward in programme.rewards),
    )


def _bound(plan: Plan) -> None:
    largest = max((n for rates in plan.earns.numerator for n in rates), default=0)
    if largest * LARGEST >= 2**62 * 1000:
        raise Refusal(
            "rate_too_fine",
            _("The rates of this programme are too fine to be counted in whole numbers."),
            _("Use rounder rates."),
        )
