"""How many purchases a second does a back-test walk, compiled and in plain Python, and do both say the same?

Made-up purchases, ten a member over three years, under the gallery's points and stamps. The first compiled
walk also loads (or, in a fresh clone, makes) the compiled code. Usage: walk.py [PURCHASES]
"""

from __future__ import annotations

import sys
import time
from importlib import resources

import numpy as np
import pyarrow as pa

from vafa.core.frame import LINES
from vafa.reward import engine, programme
from vafa.reward.engine import batch
from vafa.reward.engine.timelines import timelines

EACH, FIRST, DAYS = 10, 18_000, 1095


def sales(count: int) -> pa.Table:
    chance = np.random.default_rng(1)
    day = chance.integers(FIRST, FIRST + DAYS, count)
    told = {
        "row": pa.array(np.arange(2, count + 2)),
        "customer_id": pa.array(np.char.mod("%07d", np.arange(count) // EACH)),
        "at": pa.array(day * 86_400_000_000, pa.int64()).cast(pa.timestamp("us", tz="UTC")),
        "day": pa.array(day, pa.int32()),
        "kind": pa.array(["sale"] * count),
        "purchase_id": pa.array(np.char.mod("p%d", np.arange(count))),
        "amount": pa.array(chance.integers(500, 20_000, count)),
    }
    return pa.table([told[f.name] if f.name in told else pa.nulls(count, f.type) for f in LINES], schema=LINES)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    text = resources.files("vafa.reward").joinpath("gallery/points_and_stamps.toml").read_text("utf-8")
    plan = engine.compile(programme.load(text), calendar="gregorian", currency="USD")
    lines = sales(count)
    began = time.perf_counter()
    told = timelines(plan, lines)
    print(f"columns and sort      {time.perf_counter() - began:8.2f} s")
    takes, seconds, said = np.ones(len(told.customers), dtype=bool), {}, {}
    for name, compiled in (("first compiled walk", True), ("compiled walk", True), ("plain walk", False)):
        began = time.perf_counter()
        said[name] = batch.walk_many(plan, told, takes, until=FIRST + DAYS, compile_it=compiled)
        seconds[name] = time.perf_counter() - began
        print(f"{name:22}{seconds[name]:8.2f} s {count / seconds[name]:12,.0f} purchases/s")
    same = all((a == b).all() for a, b in zip(said["compiled walk"], said["plain walk"], strict=True))
    ratio = seconds["plain walk"] / seconds["compiled walk"]
    print(f"plain / compiled      {ratio:8.1f}; {len(said['plain walk'].day):,} effects, the same: {same}")


if __name__ == "__main__":
    main()
