"""From a plan's names to the integer tables that the step reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from vafa.core.calendar import month_number, month_start
from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward.engine.fields import FIRST_DAY, KEEP, ONE_STEP, REASSESS, ROLLING_DAYS, ROLLING_MONTHS, Tables

if TYPE_CHECKING:
    from vafa.reward.engine.plan import Clauses, Earns, Plan
    from vafa.reward.engine.rewarding import Rewards

DOWNGRADES = {"reassess": REASSESS, "one step": ONE_STEP, "keep": KEEP}
YEARS = {"gregorian": (1900, 2200), "jalali": (1279, 1579)}


@lru_cache(maxsize=4)
def calendar_tables(calendar: str) -> tuple[int, int, list[int], list[int]]:
    """First day, first month, the month of each day, the first day of each month: three hundred years."""
    first, last = (year * 12 for year in YEARS[calendar])
    starts = [month_start(month, calendar) for month in range(first, last + 1)]
    lengths = [after - before for before, after in pairwise(starts)]
    months = np.repeat(np.arange(first, last, dtype=np.int64), lengths).tolist()
    assert month_number(starts[-1] - 1, calendar) == months[-1]
    return starts[0], first, months, starts


def days_told(tables: Tables) -> tuple[int, int]:
    """The first and the last day on which something can happen."""
    return tables.sizes[FIRST_DAY] + 1, tables.starts[-1] - 1


def check_days(tables: Tables, first: int, last: int) -> None:
    """A Refusal where days lie outside of the three hundred years that the calendar holds."""
    low, high = days_told(tables)
    if first < low or last > high:
        raise Refusal(
            "day_out_of_range",
            _("A purchase is dated in the year %(year)s, which can't be right."),
            _("Mend its date."),
            year=(first if first < low else last) // 365 + 1970,
        )


def tables_of(plan: Plan) -> Tables:
    """The plan as lists of whole numbers; columns as in ``fields``."""
    units, counters, tiers, earns, rewards = plan.units, plan.counters, plan.tiers, plan.earns, plan.rewards
    first_day, first_month, months, starts = calendar_tables(plan.calendar)
    sizes = [
        len(units.ids),
        len(counters.ids),
        len(tiers.ids),
        len(earns.ids),
        len(rewards.ids),
        len(plan.measures),
        int(plan.crossing_new),
        first_day,
        first_month,
        sum(window in (ROLLING_DAYS, ROLLING_MONTHS) for window in counters.window),
        int(plan.programme.assess == "continuous"),
        DOWNGRADES[plan.programme.downgrade],
        int(any(rewards.month)),
        len(plan.budgets.ids),
    ]
    return Tables(
        sizes=sizes,
        units=_rows(
            units.denominator,
            units.rounding,
            units.pending_days,
            units.returns,
            units.issued,
            units.round_at,
            units.alive,
        ),
        terms=[
            [number for pair in zip(kinds, counts, strict=True) for number in pair]
            for kinds, counts in zip(units.term_kind, units.term_count, strict=True)
        ],
        counters=_rows(
            counters.measure,
            counters.unit,
            counters.window,
            counters.window_count,
            counters.follows,
            counters.goal,
            counters.balance,
        ),
        conditions=_conditions(tiers.clauses),
        keeps=_conditions(tiers.keeps),
        tiers=_rows(tiers.valid_kind, tiers.valid_count, tiers.valid_extra),
        earns=_earning(earns),
        measured=[list(rows) for rows in earns.measure],
        rates=[list(numerators) for numerators in earns.numerator],
        rewards=_rewarding(rewards),
        allowed=[[int(not who or tier in who) for tier in range(len(tiers.ids))] for who in rewards.tiers],
        budgets=_rows(plan.budgets.window, plan.budgets.free, plan.budgets.members),
        shares=[list(weights) for weights in plan.budgets.weight],
        months=months,
        starts=starts,
    )


def _earning(earns: Earns) -> list[list[int]]:
    return _rows(
        earns.unit,
        earns.min_basket,
        earns.cap_window,
        earns.cap_most,
        earns.gate,
        earns.gate_counter,
        earns.gate_low,
        earns.gate_high,
        earns.gives,
        earns.bonus,
        earns.on,
    )


def _rewarding(rewards: Rewards) -> list[list[int]]:
    return _rows(
        rewards.unit,
        rewards.price,
        rewards.gives,
        rewards.amount,
        rewards.auto,
        rewards.kept,
        rewards.month,
        rewards.day,
        rewards.forfeits,
        rewards.least,
        rewards.share,
        rewards.whole,
        rewards.block,
    )


def _conditions(clauses: Sequence[Clauses]) -> list[list[int]]:
    return [
        [tier, number, counter, least]
        for tier, alternatives in enumerate(clauses)
        for number, clause in enumerate(alternatives)
        for counter, least in clause
    ]


def _rows(*columns: tuple[int, ...]) -> list[list[int]]:
    return [list(row) for row in zip(*columns, strict=True)]


WIDTHS = {"units": 7, "counters": 7, "conditions": 4, "keeps": 4, "tiers": 3, "earns": 11, "rewards": 13, "budgets": 3}


def as_arrays(tables: Tables) -> Tables:
    """The same tables as contiguous arrays, of one type whatever the programme."""
    told: dict[str, Any] = {}
    for name, table in tables._asdict().items():
        array = np.array(table, dtype=np.int64)
        if name not in ("sizes", "months", "starts") and array.ndim == 1:
            array = array.reshape(0, WIDTHS.get(name, 1))
        told[name] = np.ascontiguousarray(array)
    return Tables(**told)
