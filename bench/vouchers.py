"""How long does issuing 100,000 vouchers take, on SQLite and on PostgreSQL, beside the bare insertion of their rows?

Usage: vouchers.py [COUNT]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "torture"))
from ground import ground  # noqa: E402  # the same shops as in the races

SECONDS = 2.0
ISSUING = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "vafa.site.settings"
import django
django.setup()
from django.db import connection, transaction
from vafa.core import bulk, clock
from vafa.loop import voucher
from vafa.reward.vouchers import Order
from vafa.shop import queries
from vafa.shop.access import SYSTEM
count = int(sys.argv[1])
voucher.issue(Order("first", "point", 5, 100, queries.today() + 30), deliver=len, actor=SYSTEM, now=clock.now())
for n in range(3):
    began = time.perf_counter()
    codes = []
    order = Order(f"flyer {n}", "point", 25, count, queries.today() + 30)
    batch = voucher.issue(order, deliver=codes.extend, actor=SYSTEM, now=clock.now())
    took = time.perf_counter() - began
    assert len(set(codes)) == count
    rows = [os.urandom(16) for _row in range(count)]
    began = time.perf_counter()
    with transaction.atomic():
        bulk.insert_columns(connection, "reward_voucher", {"digest": rows, "batch_id": [batch.pk] * count})
    print(took, time.perf_counter() - began)
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for kind in ("sqlite", "postgresql"):
        with ground(kind) as shop:
            shop.open(1)
            command = [sys.executable, "-c", ISSUING, str(count)]
            done = subprocess.run(command, env=shop.environment(), capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            times = [tuple(map(float, line.split())) for line in done.stdout.splitlines()]
            took, bare = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"{count:,} vouchers on {kind:11}{took:6.2f} s    (limit {SECONDS:.0f} s)   bare rows {bare:.2f} s")


if __name__ == "__main__":
    main()
