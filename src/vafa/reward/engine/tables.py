"""From plans' names to the integer tables that the step reads, those of all versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from vafa.reward.engine.calendar_tables import calendar_tables
from vafa.reward.engine.fields import (
    KEEP,
    LIFE,
    NEVER,
    ONE_STEP,
    OPEN,
    REASSESS,
    ROLLING_DAYS,
    ROLLING_MONTHS,
    Stack,
)

if TYPE_CHECKING:
    from vafa.reward.engine.plan import Clauses, Plan

DOWNGRADES = {"reassess": REASSESS, "one step": ONE_STEP, "keep": KEEP}


class Names(NamedTuple):
    """What the versions of a programme have in all, each by the number that the engine knows it by."""

    units: tuple[str, ...]
    tiers: tuple[str, ...]
    rules: tuple[str, ...]
    rewards: tuple[str, ...]
    counters: tuple[Any, ...]  # each with all that defines it: counted otherwise it is another counter
    measures: tuple[Any, ...]


def counter_of(plan: Plan, row: int) -> tuple[Any, ...]:
    """All that defines a counter, by names."""
    told = plan.counters
    measure, unit, follows = told.measure[row], told.unit[row], told.follows[row]
    return (
        told.ids[row],
        plan.measures[measure] if measure >= 0 else None,
        plan.units.ids[unit] if unit >= 0 else "",
        told.window[row],
        told.window_count[row],
        counter_of(plan, follows) if follows >= 0 else None,
        told.goal[row],
        told.balance[row],
    )


def stack_of(plans: Sequence[Plan], begins: Sequence[int], names: Names) -> Stack:
    """The tables of all versions; columns as in ``fields``."""
    first_day, first_month, months, starts = calendar_tables(plans[0].calendar)
    placed = [_Placed(plan, names, plans, number) for number, plan in enumerate(plans)]
    return Stack(
        sizes=[one.sizes(first_day, first_month) for one in placed],
        units=[one.units() for one in placed],
        terms=[row for one in placed for row in one.terms()],
        counters=[one.counters() for one in placed],
        conditions=[one.conditions(one.plan.tiers.clauses) for one in placed],
        keeps=[one.conditions(one.plan.tiers.keeps) for one in placed],
        tiers=[one.tiers() for one in placed],
        earns=[one.earns() for one in placed],
        measured=[one.by_tier([[one.measure(m) for m in rows] for rows in one.plan.earns.measure]) for one in placed],
        rates=[one.by_tier(one.plan.earns.numerator) for one in placed],
        rewards=[one.rewards() for one in placed],
        allowed=[one.allowed() for one in placed],
        budgets=[one.budgets() for one in placed],
        shares=[one.shares() for one in placed],
        months=months,
        starts=starts,
        begins=list(begins),
    )


class _Placed:
    """One version's rows, at the numbers that things have in all versions."""

    def __init__(self, plan: Plan, names: Names, plans: Sequence[Plan], number: int) -> None:
        self.plan, self.names, self.plans, self.number = plan, names, plans, number
        self.before = plans[number - 1] if number else None
        self.budgets_at_most = max(len(one.budgets.ids) for one in plans)

    def unit(self, row: int) -> int:
        return self.names.units.index(self.plan.units.ids[row]) if row >= 0 else -1

    def measure(self, row: int) -> int:
        return self.names.measures.index(self.plan.measures[row])

    def counter(self, row: int) -> int:
        return self.names.counters.index(counter_of(self.plan, row))

    def sizes(self, first_day: int, first_month: int) -> list[int]:
        plan, names, before = self.plan, self.names, self.before
        reached = self.conditions(plan.tiers.clauses)
        other = before is not None and _Placed(before, names, self.plans, self.number - 1).conditions(
            before.tiers.clauses
        )
        return [
            len(names.units),
            len(names.counters),
            len(names.tiers),
            len(plan.earns.ids),
            len(plan.rewards.ids),
            len(names.measures),
            int(plan.crossing_new),
            first_day,
            first_month,
            sum(counter[3] in (ROLLING_DAYS, ROLLING_MONTHS) for counter in names.counters),
            int(plan.programme.assess == "continuous"),
            DOWNGRADES[plan.programme.downgrade],
            int(any(any(one.rewards.month) for one in self.plans)),
            self.budgets_at_most,
            len(names.rules),
            len(names.rewards),
            self.number,
            len(self.plans),
            int(before is not None and other != reached),
            int(before is not None and before.programme.assess == "continuous"),
        ]

    def units(self) -> list[list[int]]:
        told = self.plan.units
        rows = _rows(told.denominator, told.rounding, told.pending_days, told.returns, told.issued, told.round_at)
        found = []
        for unit in self.names.units:
            held = [plan.units for plan in self.plans if unit in plan.units.ids]
            alive = [units.alive[units.ids.index(unit)] for units in held]
            waits = any(units.pending_days[units.ids.index(unit)] for units in held)
            row = rows[told.ids.index(unit)] if unit in told.ids else [1, 0, 0, 0, 0, 0]
            found.append([*row, reduce(or_, alive), int(waits)])
        return found

    def terms(self) -> list[list[int]]:
        told, found = self.plan.units, []
        for unit in self.names.units:
            if unit not in told.ids:
                found.append([0, *(NEVER, 0) * len(self.names.tiers)])
                continue
            row = told.ids.index(unit)
            pairs = list(zip(told.term_kind[row], told.term_count[row], strict=True))
            by_tier = [number for column in self._columns() for number in pairs[column]]
            found.append([told.alive[row], *by_tier])
        return found

    def _columns(self) -> list[int]:
        """For each tier of all versions its column here; a tier that isn't here is as every member."""
        ids = self.plan.tiers.ids
        return [ids.index(tier) if tier in ids else 0 for tier in self.names.tiers]

    def counters(self) -> list[list[int]]:
        """Those of this version, and those of later ones, so that they know all when these begin."""
        found = []
        for counter in self.names.counters:
            inert = [-1, -1, counter[3] if not counter[7] else LIFE, counter[4], -1, 0, 0]
            for number, plan in enumerate(self.plans[self.number :], self.number):
                known = [counter_of(plan, row) for row in range(len(plan.counters.ids))]
                if counter in known:
                    inert = _Placed(plan, self.names, self.plans, number).counter_row(known.index(counter))
                    break
            found.append(inert)
        return found

    def counter_row(self, row: int) -> list[int]:
        told = self.plan.counters
        measure, follows = told.measure[row], told.follows[row]
        return [
            self.measure(measure) if measure >= 0 else -1,
            self.unit(told.unit[row]),
            told.window[row],
            told.window_count[row],
            self.counter(follows) if follows >= 0 else -1,
            told.goal[row],
            told.balance[row],
        ]

    def conditions(self, clauses: Sequence[Clauses]) -> list[list[int]]:
        return [
            [self.names.tiers.index(self.plan.tiers.ids[tier]), number, self.counter(counter), least]
            for tier, alternatives in enumerate(clauses)
            for number, clause in enumerate(alternatives)
            for counter, least in clause
        ]

    def tiers(self) -> list[list[int]]:
        told = self.plan.tiers
        rows = _rows(told.valid_kind, told.valid_count, told.valid_extra)
        here = [told.ids.index(tier) if tier in told.ids else -1 for tier in self.names.tiers]
        return [[*rows[row], 1] if row >= 0 else [NEVER, 0, 0, 0] for row in here]

    def earns(self) -> list[list[int]]:
        told = self.plan.earns
        rows = _rows(
            tuple(self.unit(unit) for unit in told.unit),
            told.min_basket,
            told.cap_window,
            told.cap_most,
            told.gate,
            tuple(self.counter(told.gate_counter[rule]) if gate else 0 for rule, gate in enumerate(told.gate)),
            told.gate_low,
            told.gate_high,
            told.gives,
            told.bonus,
            told.on,
        )
        return [[*row, self.names.rules.index(told.ids[place]), *self._new(place)] for place, row in enumerate(rows)]

    def _new(self, place: int) -> tuple[int, int]:
        """Whether a rule's cap, and its gate, are others than in the version before."""
        before, name = self.before, self.plan.earns.ids[place]
        if before is None or name not in before.earns.ids:
            return 1, 1
        then = before.earns.ids.index(name)
        cap = _cap_of(self.plan, place) != _cap_of(before, then)
        return int(cap), int(_gate_of(self.plan, place) != _gate_of(before, then))

    def by_tier(self, rows: Sequence[Sequence[int]]) -> list[list[int]]:
        return [[row[column] for column in self._columns()] for row in rows]

    def rewards(self) -> list[list[int]]:
        told = self.plan.rewards
        rows = _rows(
            tuple(self.unit(unit) for unit in told.unit),
            told.price,
            tuple(self.unit(unit) for unit in told.gives),
            told.amount,
            told.auto,
            told.kept,
            told.month,
            told.day,
            told.forfeits,
            told.least,
            told.share,
            told.whole,
            told.block,
        )
        return [[*row, self.names.rewards.index(told.ids[place])] for place, row in enumerate(rows)]

    def budgets(self) -> list[list[int]]:
        told = self.plan.budgets
        rows = _rows(told.window, told.free, told.members)
        return rows + [[0, 0, 0]] * (self.budgets_at_most - len(rows))

    def shares(self) -> list[list[int]]:
        return [[*row, *(0,) * (self.budgets_at_most - len(row))] for row in self.plan.budgets.weight]

    def allowed(self) -> list[list[int]]:
        ids = self.plan.tiers.ids
        return [
            [int(tier in ids and (not who or ids.index(tier) in who)) for tier in self.names.tiers]
            for who in self.plan.rewards.tiers
        ]


def _cap_of(plan: Plan, rule: int) -> tuple[Any, ...]:
    return plan.units.ids[plan.earns.unit[rule]], plan.earns.cap_window[rule]


def _gate_of(plan: Plan, rule: int) -> tuple[Any, ...]:
    told = plan.earns
    if told.gate[rule] == OPEN:
        return (OPEN,)
    return told.gate[rule], told.gate_low[rule], counter_of(plan, told.gate_counter[rule])


def _rows(*columns: Sequence[int]) -> list[list[int]]:
    return [list(row) for row in zip(*columns, strict=True)]
