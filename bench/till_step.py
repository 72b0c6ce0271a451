"""How long does the engine take for one purchase at the till, state read from bytes and written back?

Prints microseconds at the median and the 99th percentile for a young member and for one with 120 lots,
beside one INSERT into SQLite in the same run.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Callable
from importlib import resources

from vafa.reward import engine, programme

ROUNDS = 2000


def times(work: Callable[[], object]) -> tuple[float, float]:
    found = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1e6)
    return statistics.median(found), statistics.quantiles(found, n=100)[98]


def main() -> None:
    text = resources.files("vafa.reward").joinpath("gallery/points_and_stamps.toml").read_text("utf-8")
    plan = engine.compile(programme.load(text), calendar="gregorian", currency="USD")
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, account INTEGER, amount INTEGER)")
    insert = times(lambda: database.execute("INSERT INTO entry (account, amount) VALUES (1, 2)"))
    print(f"one INSERT              p50 {insert[0]:7.1f} µs   p99 {insert[1]:7.1f} µs")
    for purchases in (10, 120):
        history = [engine.Activity(1, 20_000, "signup")]
        history += [engine.Activity(2 + i, 20_000 + i, "sale", amount=4850) for i in range(purchases)]
        _effects, state = engine.walk_account(plan, history, None)
        bought = engine.Activity(9999, 20_000 + purchases, "sale", amount=4850)
        found = times(lambda bought=bought, state=state: engine.walk_account(plan, [bought], state))  # type: ignore[misc]
        print(f"{purchases:4d} purchases before    p50 {found[0]:7.1f} µs   p99 {found[1]:7.1f} µs")


if __name__ == "__main__":
    main()
