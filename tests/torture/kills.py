"""``vafa import`` killed at random instants, several times in a row, then left to finish: nothing lost or doubled."""

from __future__ import annotations

import csv
import hashlib
import random
import subprocess
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from ground import Shop, ground

ROWS, MEMBERS, STRANGERS, PRODUCTS, DAYS = 100_000, 500, 2_000, 500, 90
IN_A_ROW = 4  # kills of one import before it may finish
STARTS, ENDS = 0.2, 0.95  # the share of a run before which nothing is written, and after which all is
AGAIN = 0.6  # the share of its time that is saved by what stands already

STANDS = "SELECT source, key, digest FROM know_purchase ORDER BY source, key"
LINES = "SELECT count(*), count(DISTINCT (purchase_id * 1000 + number)) FROM know_line"
POINTS = (
    "SELECT c.code, a.unit, e.kind, sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id "
    "JOIN reward_member m ON m.id = a.owner JOIN know_customer c ON c.id = m.customer_id "
    "GROUP BY c.code, a.unit, e.kind ORDER BY c.code, a.unit, e.kind"
)


class Standing(NamedTuple):
    """What a shop holds in the end."""

    purchases: int
    doubled: int
    contents: str
    lines: tuple[int, int]
    points: str


@dataclass
class Outcome:
    """What became of the kills."""

    kills: int = 0
    chains: int = 0
    resumed: list[int] = field(default_factory=list)  # purchases that stood at each kill
    wrong: list[str] = field(default_factory=list)


def write_file(path: Path, dice: random.Random) -> None:
    """Receipts in no order, a part of members, a part of strangers, half of nobody."""
    now = datetime.now(UTC).replace(tzinfo=None)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["purchase_id", "customer_id", "at", "amount", "product_id", "store"])
        for number in range(ROWS):
            members, strangers = f"M{dice.randrange(MEMBERS) + 1}", f"S{dice.randrange(STRANGERS)}"
            code = dice.choices([members, strangers, ""], [2, 3, 5])[0]
            at = now - timedelta(seconds=dice.randrange(3600, DAYS * 86400))
            amount = f"{dice.randrange(100, 9999) / 100:.2f}"
            product = f"P{dice.randrange(PRODUCTS)}"
            writer.writerow([f"r{number}", code, at.isoformat(timespec="seconds"), amount, product, number % 7])


def standing(shop: Shop) -> Standing:
    rows = shop.ask(STANDS)
    keys = {row[:2] for row in rows}
    return Standing(len(rows), len(rows) - len(keys), _digest(rows), shop.ask(LINES)[0], _digest(shop.ask(POINTS)))  # type: ignore[arg-type]


def _digest(rows: list[tuple[object, ...]]) -> str:
    return hashlib.blake2b("\n".join(map(str, rows)).encode(), digest_size=12).hexdigest()


def kill_imports(kind: str, kills: int, seed: int) -> Outcome:
    """Imports killed ``kills`` times in all, on copies of one shop."""
    dice, outcome = random.Random(seed), Outcome()
    with ground(kind) as shop:
        file = shop.home.parent / "receipts.csv"
        write_file(file, dice)
        shop.open(MEMBERS, "plain")  # nothing shared: on PostgreSQL two connections write
        command = shop.vafa("import", str(file))
        whole = shop.copy(shop.home.parent / "whole")
        began = time.monotonic()
        whole.run(*command)
        takes, wanted = time.monotonic() - began, standing(whole)
        if wanted.purchases != ROWS or wanted.doubled or (found := whole.findings()):
            raise RuntimeError(f"an import that nobody disturbs is wrong already: {wanted} {found}")
        whole.ask("DELETE FROM know_line WHERE id = (SELECT max(id) FROM know_line) RETURNING id")
        if standing(whole) == wanted:
            raise RuntimeError("a lost line is not seen")
        whole.remove()
        while outcome.kills < kills:
            copy = shop.copy(shop.home.parent / f"chain{outcome.chains}")
            takes = _chain(copy, command, takes, min(IN_A_ROW, kills - outcome.kills), dice, outcome)
            _check(copy, command, wanted, outcome)
            copy.remove()
    return outcome


def _chain(shop: Shop, command: list[str], takes: float, kills: int, dice: random.Random, outcome: Outcome) -> float:
    """Begin the import up to ``kills`` times and kill it; one that was faster ends the chain.

    Returns what an import takes: the machine may be less busy than when that was measured.
    """
    outcome.chains += 1
    stood = 0
    for _kill in range(kills):
        began = time.monotonic()
        begun = subprocess.Popen(command, env=shop.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            begun.wait(takes * (STARTS + dice.random() * (ENDS - STARTS) * (1 - AGAIN * stood / ROWS)))
            return min(takes, time.monotonic() - began) if not stood else takes
        except subprocess.TimeoutExpired:
            begun.kill()  # SIGKILL
            begun.wait()
        stands = shop.ask("SELECT count(*) FROM know_purchase")[0][0]
        if stands < stood:
            outcome.wrong.append(f"chain {outcome.chains}: {stood} purchases stood, after a kill {stands}")
        stood = stands
        outcome.kills += 1
        outcome.resumed.append(stood)
    return takes


def _check(shop: Shop, command: list[str], wanted: Standing, outcome: Outcome) -> None:
    """Let it finish; what stands is what an import that nobody disturbed leaves."""
    shop.run(*command)
    found = standing(shop)
    for name, is_there, should in zip(Standing._fields, found, wanted, strict=True):
        if is_there != should:
            outcome.wrong.append(f"chain {outcome.chains}: {name}: {is_there}, not {should}")
    outcome.wrong += [f"chain {outcome.chains}: {finding}" for finding in shop.findings()[:3]]
    if shop.cluster is None and (said := shop.ask("PRAGMA integrity_check")) != [("ok",)]:
        outcome.wrong.append(f"chain {outcome.chains}: {said[:3]}")
