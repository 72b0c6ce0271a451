"""A back-test of ten million purchases, all of its programme from a TOML document (backtest.toml).

Category factor, tiers by a rolling year, monthly cap, stamps, expiry, and every fifth member redeeming. Prints what
a second brings on one core and on all, and the walk's ratios: to the same step in plain Python (the first 2 % of the
members), to the same walk keeping totals only, to a twin that is hard-wired for this programme (_twin.py) and gives
totals, points and stamps of each purchase and each member's balance; all these must be the same.
Usage: backtest.py [PURCHASES]
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import _twin
from vafa.core.frame import LINES
from vafa.reward import engine, programme
from vafa.reward.engine import batch, compiled
from vafa.reward.engine.fields import MONTHS, SALE, X_AMOUNT, X_KIND, X_UNIT
from vafa.reward.engine.kernel.days import first_dead_day, month_of
from vafa.reward.engine.timelines import Timelines, timelines

EACH, FIRST, DAYS, ROUNDS = 10, 18_000, 1095, 3
UNTIL = FIRST + DAYS
POINT, STAMP, VOUCHER = range(3)
CATEGORIES = np.array(["tea", "coffee", "bread", "fruit", "soap"])


def sales(count: int) -> pa.Table:
    chance = np.random.default_rng(1)
    day = chance.integers(FIRST, UNTIL, count)
    told = {
        "row": pa.array(np.arange(2, count + 2)),
        "customer_id": pa.array(np.char.mod("%07d", chance.permutation(count) // EACH)),
        "at": pa.array(day * 86_400_000_000, pa.int64()).cast(pa.timestamp("us", tz="UTC")),
        "day": pa.array(day, pa.int32()),
        "kind": pa.array(["sale"] * count),
        "purchase_id": pa.array(np.char.mod("p%d", np.arange(count))),
        "amount": pa.array(chance.integers(500, 20_000, count)),
        "category": pa.array(CATEGORIES[chance.integers(0, len(CATEGORIES), count)]),
    }
    return pa.table([told[f.name] if f.name in told else pa.nulls(count, f.type) for f in LINES], schema=LINES)


def median_of(work: Callable[[], Any]) -> tuple[float, Any]:
    """The median of some rounds, and what the last one gave."""
    seconds, given = [], None
    for _round in range(ROUNDS):
        given = None  # two logs of ten million purchases are many gigabytes
        began = time.perf_counter()
        given = work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds), given


def on_cores(count: int) -> None:
    batch.os.cpu_count = lambda: count  # type: ignore[attr-defined]


def first_members(told: Timelines, count: int) -> Timelines:
    rows = int(told.begins[count])
    cut = {
        field.name: getattr(told, field.name)[:rows]
        for field in dataclasses.fields(told)
        if field.name not in ("customers", "begins", "order")
    }
    return dataclasses.replace(
        told, customers=told.customers[:count], begins=told.begins[: count + 1], order=np.arange(rows), **cut
    )


def same_as(told: Timelines, log: batch.Log, wanted: Any) -> bool:
    """Whether the log says what the twin says: totals, points and stamps by purchase, balances by member."""
    totals, *by_purchase, balance = wanted
    bought, earned = told.kind == SALE, log.kind == batch.EARN
    for unit, each in zip((POINT, STAMP), by_purchase, strict=True):
        chosen = earned & (log.unit == unit)
        if (np.bincount(log.row[chosen], log.amount[chosen], len(told.day))[bought] != each).any():
            return False
    chosen = log.unit == POINT
    if (np.bincount(log.member[chosen], log.amount[chosen], len(told.customers)) != balance).any():
        return False
    return totals.tolist() == [
        sign * int(log.amount[(log.unit == unit) & (log.kind == kind)].sum())
        for unit, kind, sign in (
            (POINT, batch.EARN, 1),
            (POINT, batch.REDEEM, -1),
            (POINT, batch.EXPIRE, -1),
            (STAMP, batch.EARN, 1),
            (VOUCHER, batch.ISSUE, 1),
            (VOUCHER, batch.EXPIRE, -1),
        )
    ]


def totals_only(walk: Callable[[], Any]) -> Callable[[], Any]:
    """The same walk, of which only sums by unit and kind are kept."""

    def work() -> Any:
        kept, sums = batch._flushed, np.zeros(64)

        def added(room: Any) -> Any:
            rows = room.effects[: room.now[batch.NOW_EFFECTS]]
            sums[:] += np.bincount(rows[:, X_UNIT] * 16 + 16 + rows[:, X_KIND], rows[:, X_AMOUNT], 64)
            room.now[batch.NOW_EFFECTS] = 0
            return kept(room)

        batch._flushed = added
        try:
            walk()
        finally:
            batch._flushed = kept
        return sums

    return work


def by_hand(plan: engine.Plan, told: Timelines, takes: Any) -> Callable[[], Any]:
    """The twin over the same purchases, its tables ready."""
    bought = told.kind == SALE
    before = np.concatenate([[0], np.cumsum(bought)])
    tables = plan.tables
    days = range(UNTIL + 1)
    month, dead12, dead3 = (
        np.array([of(day) if day >= FIRST else 0 for day in days])
        for of in (
            lambda day: month_of(tables, day),
            lambda day: first_dead_day(tables, day, MONTHS, 12),
            lambda day: first_dead_day(tables, day, MONTHS, 3),
        )
    )
    doubled = told.measures[bought][:, 1] - told.amount[bought]
    columns = (before[told.begins], told.day[bought], told.amount[bought], doubled, takes)
    return lambda: _twin.totals(*columns, month, dead12, dead3, UNTIL)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    text = Path(__file__).with_name("backtest.toml").read_text("utf-8")
    plan = engine.compile(programme.load(text), calendar="gregorian", currency="USD")
    lines = sales(count)
    began = time.perf_counter()
    told = timelines(plan, lines)
    del lines
    print(f"columns and sort         {time.perf_counter() - began:8.2f} s  {len(told.day):,} activities")
    takes = np.arange(len(told.customers)) % 5 == 0
    cores = batch.os.cpu_count() or 1
    few = first_members(told, len(told.customers) // 50)
    compiled.kernel()

    def walk(of: Timelines = told, compile_it: bool = True) -> batch.Log:
        return batch.walk_many(plan, of, takes[: len(of.customers)], until=UNTIL, compile_it=compile_it)

    twin = by_hand(plan, told, takes)
    twin()
    hand, wanted = median_of(twin)
    on_cores(1)
    plain, log = median_of(lambda: walk(few, compile_it=False))
    some, other = median_of(lambda: walk(few))
    same = all((a == b).all() for a, b in zip(log, other, strict=True))
    bare, _sums = median_of(totals_only(walk))
    one, log = median_of(walk)
    right, effects = same_as(told, log, wanted), len(log.day)
    del log, other
    on_cores(cores)
    both, log = median_of(walk)
    right &= same_as(told, log, wanted)
    print(f"{effects:,} effects; totals, purchases and balances as the twin's: {right}; as in plain Python: {same}")
    print(f"walk, one core           {one:8.2f} s  {count / one:12,.0f} purchases/s (limit 1,000,000)")
    print(f"walk, {cores} cores            {both:8.2f} s  {count / both:12,.0f} purchases/s (limit 1,600,000)")
    print(f"plain / compiled         {plain / some:8.1f}    (limit 15); 2 % of the members, plain {plain:.2f} s")
    print(f"log / totals only        {one / bare:8.2f}    (limit 1.3); totals only {bare:.2f} s")
    print(f"walk / hard-wired twin   {one / hand:8.1f}    (limit 20); twin {hand:.2f} s")


if __name__ == "__main__":
    main()
