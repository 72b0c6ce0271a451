"""How many times a bare group-by does the analysis of many receipts take, and the whole of ``vafa analyse``?

Ratios to floors over the same receipts: a group-by a customer that hands its rows over (for the summary: cold, from a
file; and warm, in memory), and one that only counts its groups (for the methods). What methods share (purchase
days and the summary) is counted once in "all four" and again in each "alone". Then ``vafa analyse --json`` as a
process of its own, with its peak of memory, from a CSV and from a Parquet file. Usage: analytics.py [RECEIPTS]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from _receipts import sales
from vafa.know.parts import read_receipts
from vafa.know.reading import Reading
from vafa.segment import predicting
from vafa.segment.methods import METHODS
from vafa.segment.running import Engine, open_receipts

ROUNDS = 3
FLOOR = "select customer_id, count(*) as n, sum(amount) as s, min(day) as f, max(day) as l from receipts group by 1"
COUNTED = "select count(*) from (select customer_id, sum(amount) from receipts group by customer_id)"
GROUND, FOUR = ("days", "summary"), ("rfm", "abc_xyz", "crr", "cohorts")


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def summary(engine: Engine) -> Any:
    for kind in GROUND:
        METHODS[kind].compute(engine)
    return engine.sql("select * from summary").to_arrow_table()


def cold(path: Path, what: str) -> float:
    """Seconds from a file of receipts to rows in Arrow, in a process of its own."""
    words = [sys.executable, __file__, "--cold", what, str(path)]
    return float(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)


def from_cold(what: str, path: Path) -> float:
    began = time.perf_counter()
    engine, _as_of = open_receipts([path], calendar="gregorian", as_of=None)
    engine.sql(FLOOR).to_arrow_table() if what == "group-by" else summary(engine)
    return time.perf_counter() - began


def ratios(folder: Path) -> None:
    found = read_receipts(folder / "sales.parquet", Reading(), as_of=None, room=folder)
    pq.write_table(found.source, folder / "receipts.parquet")
    floor, ground = (
        min(cold(folder / "receipts.parquet", what) for _round in range(ROUNDS)) for what in ("group-by", "summary")
    )
    print(f"{'cold, group-by of a file':28}{floor:8.2f} s")
    print(f"{'cold, summary of the file':28}{ground:8.2f} s {ground / floor:6.1f} × the group-by")
    engine, _as_of = open_receipts(found.source, calendar="gregorian", as_of=None)
    best: dict[str, float] = {}
    acts: dict[str, Callable[[], Any]] = {
        "group-by": lambda: engine.sql(FLOOR).to_arrow_table(),
        "group-by, counted": lambda: engine.execute(COUNTED).fetchall(),
        "summary": lambda: summary(engine),
    } | {kind: lambda kind=kind: METHODS[kind].compute(engine) for kind in FOUR}  # type: ignore[misc]
    for _round in range(ROUNDS):
        for name, act in acts.items():
            best[name] = min(timed(act), best.get(name, float("inf")))
    floor, counted, ground = best["group-by"], best["group-by, counted"], best["summary"]
    print(f"{'group-by':28}{floor:8.2f} s; only counted {counted:.2f} s")
    print(f"{'summary':28}{ground:8.2f} s {ground / floor:6.1f} × the group-by")
    for kind in FOUR:
        print(f"{kind + ' from the summary':28}{best[kind]:8.2f} s {best[kind] / counted:6.1f} × the counted one")
        print(f"{kind + ' alone':28}{ground + best[kind]:8.2f} s {(ground + best[kind]) / counted:6.1f} ×")
    four = ground + sum(best[kind] for kind in FOUR)
    print(f"{'all four':28}{four:8.2f} s {four / counted:6.1f} × the counted one, {four / floor:.1f} × the other")
    ahead = timed(lambda: predicting.predict(found.source, currency="USD"))
    print(f"{'forecast of every customer':28}{ahead:8.2f} s {ahead / ground:6.1f} × the summary")


def whole(path: Path) -> None:
    """``vafa analyse --json`` as a process: seconds, peak of memory."""
    command = "from vafa.site.main import main; main()"
    began = time.perf_counter()
    with (path.parent / "found.json").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-c", command, "analyse", str(path), "--json"], stdout=out)
        _pid, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    found = json.loads((path.parent / "found.json").read_text())
    size = path.stat().st_size >> 20
    print(
        f"analyse --json {path.name:13}{seconds:8.2f} s, peak {used.ru_maxrss >> 10:,} MiB ({size:,} MiB of file, "
        f"{found['customers']:,} customers, exit {os.waitstatus_to_exitcode(status)})"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{count:,} receipts")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = sales(count)
        pq.write_table(table, folder / "sales.parquet")
        pcsv.write_csv(table, folder / "sales.csv")
        del table
        ratios(folder)
        whole(folder / "sales.parquet")
        whole(folder / "sales.csv")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--cold"]:
        print(from_cold(sys.argv[2], Path(sys.argv[3])))
    else:
        main()
