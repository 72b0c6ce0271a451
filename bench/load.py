"""How long does the demo take to load, against plain multi-row inserts of the same rows into the same tables?

Prints both times, their ratio and the count of rows. The load is the whole of it: reading the file,
dressing the households, recording, points, figures and letters.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHUNK = 400
ROOMS = {"know", "ledger", "reward", "events", "segment", "engage", "measure"}
ORDER = (
    "know_customer know_product know_purchase know_line know_ reward_programme reward_member reward_ "
    "ledger_account ledger_posting ledger_lot ledger_entry"
).split()


def place(name: str) -> int:
    """Where a table stands among those that refer to one another."""
    return next((i for i, start in enumerate(ORDER) if name.startswith(start)), len(ORDER))


def plain_inserts(loaded: Path, empty: Path) -> tuple[float, int]:
    """Copy every row of ``loaded`` into the tables of ``empty`` by INSERTs of many rows; seconds and rows."""
    source, target = sqlite3.connect(loaded), sqlite3.connect(empty, isolation_level=None)
    target.execute("PRAGMA journal_mode=WAL")
    target.execute("PRAGMA synchronous=FULL")
    target.execute("PRAGMA foreign_keys=ON")
    names = [row[0] for row in source.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")]
    ours = sorted((n for n in names if n.split("_")[0] in ROOMS), key=place)
    seconds, count = 0.0, 0
    for name in ours:
        rows = source.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
        if not rows:
            continue
        width = len(rows[0])
        places = "(" + ",".join("?" * width) + ")"
        step = max(1, min(CHUNK, 32_000 // width))
        flat = [
            (len(part), [value for row in part for value in row])
            for part in (rows[i : i + step] for i in range(0, len(rows), step))
        ]
        began = time.perf_counter()
        target.execute("BEGIN IMMEDIATE")
        for size, values in flat:
            target.execute(f'INSERT INTO "{name}" VALUES ' + ",".join([places] * size), values)
        target.execute("COMMIT")
        seconds += time.perf_counter() - began
        count += len(rows)
    return seconds, count


def vafa(home: Path, *arguments: str) -> float:
    began = time.perf_counter()
    environment = os.environ | {"VAFA_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "vafa.site.main", *arguments], env=environment, check=True)
    return time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        full, empty = Path(folder) / "full", Path(folder) / "empty"
        loading = vafa(full, "demo", "--no-serve")
        again = vafa(full, "demo", "--no-serve")
        vafa(empty, "init", "--no-input")
        plain, rows = plain_inserts(full / "vafa.sqlite3", empty / "vafa.sqlite3")
    print(f"demo load         {loading:7.1f} s  (limit 120 s)")
    print(f"plain inserts     {plain:7.1f} s  for {rows:,} rows")
    print(f"ratio             {loading / plain:7.2f}    (limit 4)")
    print(f"second start      {again:7.1f} s  without serving")


if __name__ == "__main__":
    main()
