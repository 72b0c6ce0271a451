"""Races, kills and stops against real processes; see ``make torture`` in CONTRIBUTING.md."""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import NamedTuple

from callers import Callers
from ground import ground, served, table
from races import CATALOGUE, Race
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
SMALL = Counts((8, 4), (60, 20), (5, 2), 2)


def say(text: str) -> None:
    print(text, flush=True)


def race(kind: str, rounds: int, twin_rounds: int, only: str) -> bool:
    """Every race of the catalogue; whether all is well."""
    rows, wrongs, well = [], [], True
    chosen = [one for one in CATALOGUE if only in one.__name__]
    with ground(kind) as shop:
        key = shop.open(1)
        shop.slow_down()
        with served(shop) as port:
            callers = Callers(port, key)
            for one in chosen:
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
    return one.wrong(who, one.api.at_once(one.calls(who)))


def main() -> int:
    small = os.environ.get("VAFA_TORTURE") == "small"
    counts = SMALL if small else FULL
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", nargs="*", default=["races", "kills", "stops"], help="races, kills, stops")
    options.add_argument("--database", choices=DATABASES, action="append", help="default: both")
    options.add_argument("--rounds", type=int, help="of each race")
    options.add_argument("--only", default="", help="races whose name holds this")
    asked = options.parse_args()
    well = True
    for place, kind in enumerate(DATABASES):
        if kind not in (asked.database or DATABASES):
            continue
        if "races" in asked.what:
            well &= race(kind, asked.rounds or counts.rounds[place], asked.rounds or counts.twins[place], asked.only)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
