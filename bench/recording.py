"""How fast is one purchase recorded on PostgreSQL, beside one hand-written statement that does the same writes?

The limit is pgbench with a function that writes what recording a purchase writes (recording.sql), 32 clients. Beside
it the same shop records in process (2 processes of 16 threads) and over HTTP (``vafa serve``), spread over all members
and for one member alone. Five rounds of each, interleaved; medians. Usage: recording.py [--seconds N] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "torture"))
from ground import Shop, ground, served  # noqa: E402  # the same servers as in the races

MEMBERS, PROCESSES, CLIENTS = 2000, 2, 32
HALF = (1, MEMBERS // 2)  # they buy here; the others at pgbench, whose purchases the engine knows nothing of
TABLES = ("know_purchase", "know_line", "ledger_lot", "ledger_posting", "ledger_entry", "events_event", "events_answer")


class Clients:
    """Two processes that record when they are told to."""

    def __init__(self, shop: Shop, name: str, *door: str) -> None:
        command = [sys.executable, str(Path(__file__).with_name("_recorder.py"))]
        self.name = name
        self.running = [
            subprocess.Popen(
                [*command, f"{name}{n}", *door],
                env=shop.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for n in range(PROCESSES)
        ]
        for process in self.running:
            assert process.stdout is not None
            process.stdout.readline()

    def round(self, seconds: float, members: tuple[int, int]) -> tuple[float, float, float]:
        """Purchases a second, milliseconds at the median and the 99th percentile."""
        at = datetime.now(UTC).isoformat()
        for process in self.running:
            assert process.stdin is not None
            process.stdin.write(json.dumps({"seconds": seconds, "members": members, "at": at}) + "\n")
            process.stdin.flush()
        times: list[float] = []
        for process in self.running:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            times += told["times"]
            if told["failed"]:
                print(f"{self.name}: {len(told['failed'])} failed, such as {told['failed'][0]}")
        cuts = statistics.quantiles(times, n=100)
        return len(times) / seconds, cuts[49] * 1000, cuts[98] * 1000

    def end(self) -> None:
        for process in self.running:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(30)


@contextmanager
def clients(shop: Shop, name: str, *door: str) -> Iterator[Clients]:
    made = Clients(shop, name, *door)
    try:
        yield made
    finally:
        made.end()


def limit(shop: Shop, seconds: float, recorded: Sequence[float]) -> float:
    """Purchases a second of pgbench, which writes as many rows in each table as were ``recorded`` for a purchase."""
    assert shop.cluster is not None
    script = shop.home / "limit.sql"
    per = dict(zip(TABLES, recorded, strict=True))
    shares = f"{per['ledger_entry'] - 1}, {per['events_event']}, {per['events_answer']}"
    script.write_text(f"\\set member random({MEMBERS // 2 + 1}, {MEMBERS})\nSELECT bench_record(:member, {shares});\n")
    program = Path(shop.cluster.server.bin_path) / "pgbench"
    command = [str(program), "--no-vacuum", "-M", "prepared", "-c", str(CLIENTS), "-j", "2"]
    command += ["-T", str(int(seconds)), "-f", str(script), shop.cluster.url(shop.name)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None or done.returncode:
        raise RuntimeError(done.stdout + done.stderr[-2000:])
    return float(found.group(1))


def rows(shop: Shop) -> list[int]:
    return [shop.ask(f"SELECT count(*) FROM {name}")[0][0] for name in TABLES]


def writes(shop: Shop, work: Any) -> list[float]:
    """Rows written in each table for a purchase."""
    before = rows(shop)
    work()
    after = rows(shop)
    bought = after[0] - before[0]
    return [round((b - a) / bought, 2) for a, b in zip(before, after, strict=True)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=4.0)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    with ExitStack() as stack:
        shop = stack.enter_context(ground("postgresql"))
        key = shop.open(MEMBERS, "plain")
        with shop.connect() as connection:
            connection.execute(Path(__file__).with_name("recording.sql").read_text("utf-8"))
        port = str(stack.enter_context(served(shop)))
        inside = stack.enter_context(clients(shop, "inside", "django"))
        outside = stack.enter_context(clients(shop, "outside", port, key))
        inside.round(asked.seconds, HALF)  # products get their cards, connections their plans
        print("rows of a purchase in", *TABLES)
        by_call = writes(shop, lambda: inside.round(asked.seconds, HALF))
        by_http = writes(shop, lambda: outside.round(asked.seconds, HALF))
        for name, recorded in (("in process", by_call), ("over HTTP", by_http)):
            print(f"  {name:12}", *recorded)
            print("       limit  ", *writes(shop, lambda same=recorded: limit(shop, asked.seconds, same)))
        with shop.connect() as connection:
            connection.execute("VACUUM ANALYZE")
        told: dict[str, list[tuple[float, float, float]]] = {}
        for alone in range(1, asked.rounds + 1):  # another member in each round: nobody buys a thousand times a day
            for name, cell in (
                ("limit: pgbench, one statement", lambda: (limit(shop, asked.seconds, by_call), 0.0, 0.0)),
                ("in process, spread", lambda: inside.round(asked.seconds, HALF)),
                ("limit: the answer kept as well", lambda: (limit(shop, asked.seconds, by_http), 0.0, 0.0)),
                ("HTTP, spread", lambda: outside.round(asked.seconds, HALF)),
                ("HTTP, one member", lambda one=alone: outside.round(asked.seconds, (one, one))),
            ):
                told.setdefault(name, []).append(cell())
    report(told)


def report(told: dict[str, list[tuple[float, float, float]]]) -> None:
    middle = {name: [statistics.median(column) for column in zip(*cells, strict=True)] for name, cells in told.items()}
    for name, (rate, half, most) in middle.items():
        beside = f"   p50 {half:6.1f} ms   p99 {most:6.1f} ms" if half else ""
        print(f"{name:32}{rate:8.0f} a second{beside}")
    raw, inside, kept, spread, hot = (middle[name] for name in middle)
    print(f"in process / limit      {inside[0] / raw[0]:6.2f}    (limit 0.30)")
    print(f"HTTP / limit            {spread[0] / kept[0]:6.2f}    (limit 0.25)")
    print(f"HTTP, hot / spread      {hot[0] / spread[0]:6.2f}    (limit 0.5)")
    print(f"HTTP, p99 / p50         {spread[2] / spread[1]:6.2f}    (limit 3)")


if __name__ == "__main__":
    main()
