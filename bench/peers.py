"""How much faster than ``lifetimes`` are the summary of receipts and BG/NBD, at which memory, and as good?

Each side is a process of its own that reads the same file; ``make bench-peers`` builds the other's environment.
Usage: peers.py [RECEIPTS] [CUSTOMERS OF THE FIT]
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from _receipts import sales

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / ".venv-peers" / "lifetimes" / "bin" / "python"


def summarised(path: str) -> dict[str, float]:
    from vafa import lab

    began = time.perf_counter()
    found = lab.summary(lab.read(path))
    seconds = time.perf_counter() - began
    names = ("frequency", "recency", "T", "monetary_value")
    check = sum(float(found[name].to_numpy().sum()) for name in names)
    return {"seconds": seconds, "customers": found.num_rows, "check": check}


def fitted(path: str) -> dict[str, float]:
    from vafa.segment.clv import fitting
    from vafa.segment.clv.beta_geometric import BG_NBD
    from vafa.segment.clv.counts import WEEK, table

    data = np.load(path)
    began = time.perf_counter()
    days = [np.rint(data[name] * WEEK).astype(np.int64) for name in ("t_x", "age")]
    packed = (data["x"].astype(np.int64) << 40) | (days[0] << 20) | days[1]
    found, counts = np.unique(packed, return_counts=True)
    columns = (found >> 40, (found >> 20 & 0xFFFFF) / WEEK, (found & 0xFFFFF) / WEEK)
    fit = fitting.fit(BG_NBD, table(*columns, weights=counts.astype(float)))
    return {"seconds": time.perf_counter() - began, "log_likelihood": fit.log_likelihood}


def asked(python: Path | str, script: str, path: Path) -> Any:
    words = [str(python), str(ROOT / "bench" / script), *(["--one"] if script == "peers.py" else []), str(path)]
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)


def drawn(customers: int) -> dict[str, Any]:
    """Customers as BG/NBD says they are, with CDNOW's parameters, in weeks; days as people count them."""
    chance = np.random.default_rng(7)
    rate = chance.gamma(0.2426, 1 / 4.4136, customers)
    leaves = chance.beta(0.7929, 2.4259, customers)
    age = np.round(chance.uniform(26, 78, customers) * 7) / 7
    x, t_x, at = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    alive = np.ones(customers, bool)
    while alive.any():
        at = at + chance.exponential(1 / np.maximum(rate, 1e-12))
        alive &= at <= age
        x, t_x = x + alive, np.where(alive, np.round(at * 7) / 7, t_x)
        alive &= chance.random(customers) >= leaves
    return {"x": x, "t_x": t_x, "age": age}


def main() -> None:
    if not PEER.exists():
        print("lifetimes is not here: make bench-peers")
        return
    count, customers = (int(sys.argv[n]) if len(sys.argv) > n else 1_000_000 for n in (1, 2))
    with tempfile.TemporaryDirectory() as name:
        file, draw = Path(name) / "sales.parquet", Path(name) / "drawn.npz"
        pq.write_table(sales(count), file)
        np.savez(draw, **drawn(customers))
        ours, theirs = asked(sys.executable, "peers.py", file), asked(PEER, "_lifetimes.py", file)
        print(f"summary of {count:,} receipts, {ours['customers']:,} customers (lifetimes {theirs['customers']:,})")
        beside(ours, theirs)
        print(f"   sums of the four columns differ by {abs(ours['check'] / theirs['check'] - 1):.1e}")
        ours, theirs = asked(sys.executable, "peers.py", draw), asked(PEER, "_lifetimes.py", draw)
        print(f"BG/NBD of {customers:,} customers")
        beside(ours, theirs)
        better = ours["log_likelihood"] - theirs["log_likelihood"]
        print(f"   log-likelihood {ours['log_likelihood']:,.3f}, {better:+.3f} to lifetimes'")


def beside(ours: dict[str, float], theirs: dict[str, float]) -> None:
    print(f"   vafa      {ours['seconds']:8.2f} s, peak {ours['peak']:,} MiB")
    print(f"   lifetimes {theirs['seconds']:8.2f} s, peak {theirs['peak']:,} MiB")
    print(f"   {theirs['seconds'] / ours['seconds']:.1f} × faster, {ours['peak'] / theirs['peak']:.0%} of its memory")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        told = fitted(sys.argv[2]) if sys.argv[2].endswith(".npz") else summarised(sys.argv[2])
        print(json.dumps(told | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}))
    else:
        main()
