"""A back-test: what a programme would have cost on a shop's own history. Pure.

The engine walks every known customer from their first row; everything told here is summed from
what it said. Amounts are minor units; worths of units are exact fractions.
"""

from __future__ import annotations

import hashlib
from fractions import Fraction
from math import lcm
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vafa.core.calendar import month_number, zone
from vafa.core.errors import Question
from vafa.core.words import gettext_noop as _
from vafa.measure.backtest import BackTest, Month, Worst
from vafa.measure.verdict import Limits, judge
from vafa.reward import engine
from vafa.reward.engine import batch
from vafa.reward.engine.batch import Log
from vafa.reward.engine.fields import REDEEM, RETURN, SALE
from vafa.reward.engine.timelines import Ints, Timelines, timelines
from vafa.reward.programme import Programme
from vafa.reward.worth import unit_worth

__all__ = ["BackTest", "Limits", "redemption_of", "simulate"]
WORST = 10  # how many of the dearest customers are named


def simulate(
    programme: Programme,
    lines: pa.Table,
    *,
    calendar: str,
    currency: str,
    as_of: int | None = None,
    time_zone: str = "UTC",
    redemption: str | Fraction = "auto",
    margin: Fraction | None = None,
    breakage: Fraction = Fraction(0),
    limits: Limits | None = None,
) -> BackTest:
    """Walk ``programme`` over ``lines`` (``core.frame.LINES``) to the end of day ``as_of`` (default: the last day).

    ``time_zone``: the shop's, in which birthdays begin. ``redemption``: "auto": as the file's redeem rows say,
    and where it has none, as soon as a reward is affordable; "none": never; a share (0-1): so many members,
    chosen by a hash of their id, as soon as affordable. ``breakage``: the share of what is still owed that is
    expected to be never used.
    """
    plan = engine.compile(programme, calendar=calendar, currency=currency)
    if not 0 <= breakage <= 1:
        raise Question("bad_breakage", _("The share that is never used must be from 0 to 1."))
    last = pc.max(lines["day"]).as_py() if len(lines) else None
    as_of = last if as_of is None else as_of
    told = timelines(plan, _redeemed_lines(lines, redemption), as_of=as_of, zone=zone(time_zone))
    takes = _takers(told, redemption)
    log = batch.walk_many(plan, told, takes, until=as_of or 0)
    return _summed(plan, told, log, as_of, margin, breakage, limits or Limits())


def redemption_of(text: str) -> str | Fraction:
    """The value of ``--redemption``: auto, none, or a share from 0 to 1."""
    if text in ("auto", "none"):
        return text
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if not 0 <= share <= 1:
        raise Question(
            "bad_redemption",
            _("--redemption “%(text)s” is neither auto, none nor a share."),
            _("Give auto, none or a number from 0 to 1, such as 0.6."),
            text=text[:40],
        )
    return share


def _redeemed_lines(lines: pa.Table, redemption: str | Fraction) -> pa.Table:
    if redemption == "auto":
        return lines
    return lines.filter(pc.not_equal(lines["kind"], "redeem"))


def _takers(told: Timelines, redemption: str | Fraction) -> NDArray[np.bool_]:
    """By member: whether rewards are taken as soon as they are affordable."""
    people = len(told.customers)
    if redemption == "none":
        return np.zeros(people, dtype=bool)
    if isinstance(redemption, Fraction):
        limit = redemption * 2**64
        return np.array([_drawn(customer) < limit for customer in told.customers], dtype=bool)
    return np.full(people, not (told.kind == REDEEM).any(), dtype=bool)


def _drawn(customer: str) -> int:
    return int.from_bytes(hashlib.blake2b(customer.encode(), digest_size=8).digest(), "big")


# Summing ----------------------------------------------------------------------------------------


class _Worths(NamedTuple):
    """Worths as whole numbers over one denominator."""

    denominator: int
    unit: Ints  # by unit
    redeemed: Ints  # by place in reasons(plan): what one unit costs when it is redeemed by a row of the file
    converted: Ints  # the same in an automatic redemption, where what is given is a unit of its own


def _worths(plan: engine.Plan) -> _Worths:
    units = [unit_worth(plan, unit) for unit in plan.units.ids]
    face = []
    for row, gives in enumerate(plan.rewards.gives):
        each = units[gives] if gives >= 0 else Fraction(1)
        face.append(each * plan.rewards.amount[row] / plan.rewards.price[row])
    denominator = lcm(*(worth.denominator for worth in (*units, *face)))
    places = len(batch.reasons(plan))
    redeemed, converted = np.zeros(places, dtype=np.int64), np.zeros(places, dtype=np.int64)
    for row, worth in enumerate(face):
        place = len(plan.earns.ids) + row
        at_once = plan.rewards.gives[row] < 0
        redeemed[place] = 0 if plan.rewards.kept[row] else int(worth * denominator)
        converted[place] = int(worth * denominator) if at_once else 0
    for row, worth in enumerate(units, len(plan.earns.ids) + len(face)):
        redeemed[row] = int(worth * denominator)
    return _Worths(denominator, np.array([int(w * denominator) for w in units], dtype=np.int64), redeemed, converted)


def _summed(
    plan: engine.Plan,
    told: Timelines,
    log: Log,
    as_of: int | None,
    margin: Fraction | None,
    breakage: Fraction,
    limits: Limits,
) -> BackTest:
    worths = _worths(plan)
    sums = _by_unit(plan, log)
    held = (log.kind != batch.TIER) & ~((log.kind == batch.OWED) & (log.lot == 0))
    worth = np.where(held, log.amount * worths.unit[log.unit], 0)
    asked = (log.row >= 0) & (told.kind[log.row] == REDEEM) if len(told.day) else np.zeros(0, dtype=bool)
    face = np.where(asked, worths.redeemed[log.reason], worths.converted[log.reason])
    spent = np.where(log.kind == batch.REDEEM, -log.amount * face, 0)
    people = len(told.customers)
    spent_by, owed_by = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64)
    np.add.at(spent_by, log.member, spent)
    np.add.at(owed_by, log.member, worth)
    signed = np.where(told.kind == SALE, told.amount, np.where(told.kind == RETURN, -told.amount, 0))
    revenue_by = np.zeros(people, dtype=np.int64)
    np.add.at(revenue_by, told.member, signed)
    months, peak, peak_day = _months(plan, log, worth, spent, worths.denominator)
    cost_by = [Fraction(int(s)) + int(o) * (1 - breakage) for s, o in zip(spent_by, owed_by, strict=True)]
    worst = _worst(told, cost_by, revenue_by, worths.denominator)
    revenue, reached, cost_redeemed = int(signed.sum()), _reached(plan, log), int(spent.sum()) // worths.denominator
    cost_owed = int(int(worth.sum()) * (1 - breakage) / worths.denominator)
    verdict = judge(cost_redeemed + cost_owed, revenue, peak, reached, people, worst[:1], margin, limits, plan.currency)
    return BackTest(
        programme=plan.programme,
        currency=plan.currency,
        calendar=plan.calendar,
        as_of=as_of,
        members=people,
        purchases=int((told.kind == SALE).sum()),
        revenue=revenue,
        earned=sums["earned"],
        returned=sums["returned"],
        redeemed=sums["redeemed"],
        expired=sums["expired"],
        outstanding=sums["outstanding"],
        owed=sums["owed"],
        liability_peak=peak,
        liability_peak_day=peak_day,
        cost_redeemed=cost_redeemed,
        cost_owed=cost_owed,
        breakage=breakage,
        tiers=_tiers(plan, log, people),
        reached=reached,
        worst=worst,
        months=months,
        margin=margin,
        verdict=verdict,
        log=log,
        told=told,
        plan=plan,
        given=spent_by + owed_by,
        denominator=worths.denominator,
    )


def _by_unit(plan: engine.Plan, log: Log) -> dict[str, dict[str, int]]:
    """Earned, returned, redeemed, expired, outstanding, owed: units by name, all positive."""

    def total(chosen: NDArray[np.bool_]) -> dict[str, int]:
        return {name: int(log.amount[chosen & (log.unit == u)].sum()) for u, name in enumerate(plan.units.ids)}

    def taken(kind: int) -> dict[str, int]:
        return {name: -count for name, count in total(log.kind == kind).items()}

    gained = np.isin(log.kind, (batch.EARN, batch.BONUS, batch.ISSUE))
    debt, paid = (log.kind == batch.OWED) & (log.lot == 0), (log.kind == batch.OWED) & (log.lot != 0)
    settled = total(paid)
    owed = {name: settled[name] - count for name, count in total(debt).items()}
    return {
        "earned": total(gained),
        "returned": taken(batch.RETURNED),
        "redeemed": taken(batch.REDEEM),
        "expired": {unit: count + taken(batch.FORFEIT)[unit] for unit, count in taken(batch.EXPIRE).items()},
        "outstanding": total((log.kind != batch.TIER) & ~debt),
        "owed": owed,
    }


def _months(
    plan: engine.Plan, log: Log, worth: Ints, spent: Ints, denominator: int
) -> tuple[tuple[Month, ...], int, int | None]:
    """Worths month by month, and the most that was outstanding at the end of any day."""
    if not len(log.day):
        return (), 0, None
    days, place = np.unique(log.day, return_inverse=True)
    change = np.zeros(len(days), dtype=np.int64)
    np.add.at(change, place, worth)
    level = np.cumsum(change)
    top = int(level.argmax())
    of_day = np.array([month_number(int(day), plan.calendar) for day in days], dtype=np.int64)
    of_row = of_day[place]
    gained = np.isin(log.kind, (batch.EARN, batch.BONUS, batch.ISSUE))
    found, at_end = [], 0
    first, last = int(of_day[0]), int(of_day[-1])
    series = [np.zeros(last - first + 1, dtype=np.int64) for _column in range(3)]
    for sums, values in zip(
        series,
        (np.where(gained, worth, 0), spent, np.where(np.isin(log.kind, (batch.EXPIRE, batch.FORFEIT)), -worth, 0)),
        strict=True,
    ):
        np.add.at(sums, of_row - first, values)
    active = _active(log, of_row)
    for month in range(first, last + 1):
        here = np.flatnonzero(of_day == month)
        at_end = int(level[here[-1]]) if len(here) else at_end
        earned, redeemed, expired = (int(column[month - first]) // denominator for column in series)
        found.append(Month(month, earned, redeemed, expired, at_end // denominator, active.get(month, 0)))
    peak = max(int(level[top]), 0)
    return tuple(found), peak // denominator, int(days[top]) if peak else None


def _active(log: Log, month: Ints) -> dict[int, int]:
    """By month how many members earned or used something."""
    acts = np.isin(log.kind, (batch.EARN, batch.BONUS, batch.ISSUE, batch.REDEEM)) & (log.row >= 0)
    pairs = np.unique(np.column_stack((month[acts], log.member[acts])), axis=0)
    months, counts = np.unique(pairs[:, 0], return_counts=True)
    return dict(zip(months.tolist(), counts.tolist(), strict=True))


def _worst(told: Timelines, cost: list[Fraction], revenue: Ints, denominator: int) -> tuple[Worst, ...]:
    order = sorted((m for m in range(len(cost)) if cost[m] > 0), key=lambda m: (-cost[m], told.customers[m]))
    return tuple(Worst(told.customers[m], int(cost[m] / denominator), int(revenue[m])) for m in order[:WORST])


def _reached(plan: engine.Plan, log: Log) -> int:
    """Members who took a reward, were given one, or once held enough for the cheapest."""
    enough = np.isin(log.kind, (batch.REDEEM, batch.ISSUE))
    for unit in range(len(plan.units.ids)):
        prices = [price for price, of in zip(plan.rewards.least, plan.rewards.unit, strict=True) if of == unit]
        if prices:
            enough |= (log.unit == unit) & (log.kind != batch.TIER) & (log.balance >= min(prices))
    return len(np.unique(log.member[enough]))


def _tiers(plan: engine.Plan, log: Log, people: int) -> dict[str, int]:
    """Members on each tier at the end."""
    now = np.zeros(people, dtype=np.int64)
    moves = np.flatnonzero(log.kind == batch.TIER)
    now[log.member[moves]] = log.tier[moves]  # the last one stays
    return {name: int((now == tier).sum()) for tier, name in enumerate(plan.tiers.ids)}
