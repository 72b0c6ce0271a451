"""The versions of one programme, one after another: units, tiers, rules and counters carried on by their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward.engine.budgeting import Budgets
from vafa.reward.engine.fields import FAR, NO_DAY, R_GIVES, R_SLOT, Stack, Tables
from vafa.reward.engine.kernel.days import version_on
from vafa.reward.engine.kernel.versions import tables_at
from vafa.reward.engine.measures import Measure
from vafa.reward.engine.tables import Names, counter_of, stack_of

if TYPE_CHECKING:
    from vafa.reward.engine.plan import Plan


class Course(NamedTuple):
    """What a walk through all versions needs to know."""

    names: Names
    needed: tuple[tuple[Measure | None, ...], ...]  # by version: what a sale counts for; None: nobody asks
    stack: Stack
    tables: tuple[Tables, ...]  # those of each version, out of the stack
    budgets: tuple[Budgets, ...]  # of each version its own
    events: frozenset[str]  # those that any version looks at

    def in_force(self, day: int) -> Tables:
        """The tables of the version of a day."""
        return self.tables[version_on(self.stack.begins, day)]

    @property
    def has_budgets(self) -> bool:
        return any(budgets.ids for budgets in self.budgets)

    def converts(self, reward: str) -> bool:
        """Whether a reward of that name only makes other units of its price, in any version."""
        slot = self.names.rewards.index(reward) if reward in self.names.rewards else -1
        return any(row[R_SLOT] == slot and row[R_GIVES] >= 0 for rows in self.stack.rewards for row in rows)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.names.measures


def course_of(plans: Sequence[Plan], begins: Sequence[int] = ()) -> Course:
    """The course of ``plans``; ``begins``: the first days of all but the first."""
    counters = _all(counter_of(plan, row) for plan in plans for row in range(len(plan.counters.ids)))
    names = Names(
        units=_all(unit for plan in plans for unit in plan.units.ids),
        tiers=_ladder(plans),
        rules=_all(rule for plan in plans for rule in plan.earns.ids),
        rewards=_all(reward for plan in plans for reward in plan.rewards.ids),
        counters=counters,
        measures=_all(measure for plan in plans for measure in plan.measures),
    )
    needed = tuple(_needed(plans, number, names.measures) for number in range(len(plans)))
    stack = stack_of(plans, [NO_DAY, *begins, FAR], names)
    tables = tuple(tables_at(stack, number) for number in range(len(plans)))
    events = frozenset(event for plan in plans for event in plan.events)
    return Course(names, needed, stack, tables, tuple(plan.budgets for plan in plans), events)


def _all[Thing](things: Iterable[Thing]) -> tuple[Thing, ...]:
    return tuple(dict.fromkeys(things))


def _ladder(plans: Sequence[Plan]) -> tuple[str, ...]:
    """The tiers of all versions, lowest first; a Refusal where two change places."""
    found: list[str] = []
    for plan in plans:
        kept = [tier for tier in plan.tiers.ids if tier in found]
        for lower, higher in pairwise(kept):
            if found.index(lower) > found.index(higher):
                raise Refusal(
                    "tiers_change_places",
                    _("“%(higher)s” was below “%(lower)s” until now; members can't be carried over."),
                    _("Keep the order of the tiers, or give one of them another id."),
                    lower=lower,
                    higher=higher,
                )
        at = 0
        for tier in plan.tiers.ids:
            if tier not in found:
                found.insert(at, tier)
            at = found.index(tier) + 1
    return tuple(found)


def _needed(plans: Sequence[Plan], number: int, measures: Sequence[Measure]) -> tuple[Measure | None, ...]:
    """The measures of a version, and those that the counters of later ones add up already."""
    wanted = set(plans[number].measures)
    for plan in plans[number + 1 :]:
        wanted |= {plan.measures[row] for row in plan.counters.measure if row >= 0}
    return tuple(measure if measure in wanted else None for measure in measures)
