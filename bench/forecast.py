"""How long does it take from receipts to the predictive value of every customer, beside their summary?

``python -m bench.forecast [RECEIPTS]`` (default 10 million): one run on invented receipts made in memory, two and a
half million customers for ten million. Ratios are to the summary of customers, made in the same run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from vafa.core.frame import RECEIPTS
from vafa.segment.methods import days, summary
from vafa.segment.predicting import predict
from vafa.segment.running import open_receipts

DAYS = 730


def receipts(count: int) -> pa.Table:
    """Customers who come over two years, buy at rates of their own and leave after lifetimes of their own."""
    drawn = np.random.default_rng(10)
    people = max(count // 4, 1)
    first = drawn.uniform(0, DAYS, people)
    span = np.minimum(DAYS - first, drawn.exponential(420, people))
    rate = drawn.gamma(0.8, 1.0, people) * span
    more = drawn.multinomial(count - people, rate / rate.sum())
    who = np.repeat(np.arange(people), more + 1)
    at = np.repeat(first, more + 1) + drawn.random(count) * np.repeat(span, more + 1)
    starts = np.append(0, np.cumsum(more + 1)[:-1])
    at[starts] = first
    day = at.astype(np.int32)
    order = drawn.permutation(count)
    names = pa.array(np.char.add("C", who[order].astype(str)))
    columns = {
        "customer_id": names,
        "purchase_id": pa.array(np.arange(count).astype(str)),
        "at": pa.array(day[order].astype("int64") * 86_400_000_000, pa.timestamp("us", tz="UTC")),
        "day": pa.array(day[order], pa.int32()),
        "month": pa.array(day[order] // 30, pa.int32()),
        "sale": pa.array(np.ones(count, np.int8)),
        "amount": pa.array(np.rint(drawn.lognormal(7.5, 0.6, count)).astype(np.int64)),
        "cost": pa.nulls(count, pa.int64()),
    }
    return pa.table(columns, schema=RECEIPTS)


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def summed(table: pa.Table) -> None:
    connection, _as_of = open_receipts(table, calendar="gregorian", as_of=None)
    days.compute(connection)
    summary.compute(connection).to_arrow_table()
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("receipts", nargs="?", type=int, default=10_000_000)
    table = receipts(parser.parse_args().receipts)
    plain = min(seconds(lambda: summed(table)) for _round in range(2))
    ahead = seconds(lambda: predict(table, currency="USD"))
    after = seconds(lambda: summed(table))
    print(f"receipts                 {table.num_rows:>12,}")
    print(f"summary of customers     {plain:>12.2f} s   (again after it: {after:.2f} s)")
    print(f"value of every customer  {ahead:>12.2f} s   {ahead / plain:.1f} x the summary (at most 8)")


if __name__ == "__main__":
    main()
