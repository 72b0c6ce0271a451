"""Races, kills and stops against real processes, and the laws in full; see ``make torture`` in CONTRIBUTING.md."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from typing import NamedTuple

from callers import Callers
from ground import SOURCE, ground, served, table
from kills import ROWS, kill_imports
from races import CATALOGUE, Race
from stops import stop_servers
from twins import failures

TWINS_FAIL = 0.95
DATABASES = ("postgresql", "sqlite")


class Counts(NamedTuple):
    """How many of each on PostgreSQL and on SQLite."""

    rounds: tuple[int, int]
    twins: tuple[int, int]
    kills: tuple[int, int]
    stops: int


FULL = Counts((300, 100), (300, 100), (200, 100), 50)
SMALL = Counts((5, 0), (60, 0), (5, 0), 2)


def say(text: str) -> None:
    print(text, flush=True)


def race(kind: str, rounds: int, twin_rounds: int, only: list[str]) -> bool:
    """Every race of the catalogue; whether all is well."""
    rows, wrongs, well = [], [], True
    chosen = [one for one in CATALOGUE if not only or one.__name__ in only]
    with ground(kind) as shop:
        key = shop.open(1)
        codes = (shop.home / "vouchers.txt").read_text().split()
        shop.slow_down()
        with served(shop) as port:
            for one in chosen:
                callers = Callers(port, key, codes)  # new connections: the server closed those that rested meanwhile
                began = time.monotonic()
                told = [wrong for n in range(rounds) if (wrong := round_of(one(callers), n))]
                seconds = time.monotonic() - began
                findings = shop.findings()
                twin = failures(shop, one.twin, twin_rounds)
                right = rounds - len(told)
                rows.append((one.title, rounds, right, len(told), len(findings), f"{twin:.1%}", f"{seconds:.0f} s"))
                print(*rows[-1], sep=" · ", file=sys.stderr, flush=True)
                wrongs += [f"{one.title}: {text}" for text in [*told[:3], *findings[:3]]]
                well &= not told and not findings and twin >= TWINS_FAIL
    head = ("operation", "rounds", "right", "wrong", "ledger findings", "naive twin fails", "took")
    say(f"\nRaces on {kind}, 16 callers\n{table(head, rows)}")
    for text in wrongs:
        say(text)
    if well:
        say(f"None wrong in {rounds}: what goes wrong in {3 / rounds:.1%} of rounds is seen by 95 of 100 such runs.")
    return well


def round_of(one: Race, number: int) -> str:
    who = f"{type(one).__name__}-{number}"
    answers = one.api.at_once(one.calls(who))
    unanswered = sorted({answer.body for answer in answers if answer.status == 0})
    return " ".join(filter(None, (one.wrong(who, answers), *unanswered)))


def kill(kind: str, kills: int, seed: int) -> bool:
    """Imports that are killed; whether all is well."""
    began = time.monotonic()
    outcome = kill_imports(kind, kills, seed)
    seconds, wrong = time.monotonic() - began, len(outcome.wrong)
    half = sum(0 < stood < ROWS for stood in outcome.resumed)
    head = ("import killed", "kills", "with part of it written", "finished afterwards", "wrong", "took")
    row = (f"{ROWS:,} rows on {kind}", outcome.kills, half, outcome.chains, wrong, f"{seconds:.0f} s")
    say(f"\n{table(head, [row])}")
    for text in outcome.wrong[:10]:
        say(text)
    return not outcome.wrong


def stop(stops: int, seed: int) -> bool:
    """PostgreSQL stopped at once; whether all is well."""
    outcome = stop_servers(stops, seed)
    head = ("PostgreSQL stopped at once", "stops", "acknowledged", "failed tries", "most tries", "back in", "wrong")
    row = ("16 callers with keys", outcome.stops, outcome.acknowledged, outcome.failed, outcome.most_tries)
    say(f"\n{table(head, [(*row, f'{outcome.slowest:.1f} s', len(outcome.wrong))])}")
    for text in outcome.wrong[:10]:
        say(text)
    return not outcome.wrong


def laws(kind: str, size: str) -> bool:
    """The laws of the ledger by chance (tests/laws), and in full every planted bug; whether all is well."""
    tests = ["tests/laws/test_shop_laws.py"]
    if kind == "sqlite":
        tests += ["tests/laws/test_till_laws.py", "tests/laws/test_orders.py"]
        tests += ["tests/laws/test_plants.py"] if size == "full" else []
    environment = os.environ | {"VAFA_LAWS": size, "VAFA_TEST_DATABASE": kind, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "--durations", "0", *tests]
    began = time.monotonic()
    ran = subprocess.run(command, cwd=SOURCE.parent, env=environment, capture_output=True, text=True)
    took = f"{time.monotonic() - began:.0f} s"
    say(f"\n{table(('laws', 'size', 'well', 'took'), [(kind, size, str(ran.returncode == 0), took)])}")
    if ran.returncode:
        say(ran.stdout[-20_000:])
    return ran.returncode == 0


def main() -> int:
    small = os.environ.get("VAFA_TORTURE") == "small"
    counts = SMALL if small else FULL
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "what", nargs="*", default=["laws", "races", "kills", "stops"], help="laws, races, kills, stops"
    )
    options.add_argument("--database", choices=DATABASES, action="append", help="default: both")
    options.add_argument("--rounds", type=int, help="of each race")
    options.add_argument("--only", action="append", default=[], choices=[one.__name__ for one in CATALOGUE])
    options.add_argument("--kills", type=int, help="of imports")
    options.add_argument("--stops", type=int, help="of PostgreSQL")
    options.add_argument("--seed", type=int, default=random.randrange(10**6), help="of files and moments")
    asked = options.parse_args()
    say(f"seed {asked.seed}")
    well = True
    for place, kind in enumerate(DATABASES):
        if kind not in (asked.database or DATABASES):
            continue
        rounds, kills = asked.rounds or counts.rounds[place], asked.kills or counts.kills[place]
        if "laws" in asked.what:
            well &= laws(kind, "commit" if small else "full")
        if "races" in asked.what and rounds:
            well &= race(kind, rounds, asked.rounds or counts.twins[place], asked.only)
        if "kills" in asked.what and kills:
            well &= kill(kind, kills, asked.seed)
        if "stops" in asked.what and kind == "postgresql":
            well &= stop(asked.stops or counts.stops, asked.seed)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
