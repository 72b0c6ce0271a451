"""How long does it take to find a customer among a million by any part of a phone, a name or a card?

The shop's customers are made up, in two scripts; on SQLite and on PostgreSQL. Usage: search.py [CUSTOMERS] [KIND …]
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "torture"), str(ROOT / "bench")]
from ground import ground  # noqa: E402  # the same shops as in the races

LIMITS = {"sqlite": 100.0, "postgresql": 50.0}  # milliseconds, of nineteen in twenty
SEARCHING = """
import json, os, random, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "vafa.site.settings"
import django
django.setup()
from django.db import connection, transaction
from vafa.core import bulk, clock
from vafa.core.identity import fold_name
from vafa.know import searching
from duplicates import FAMILIES, GIVEN, PERSIAN, surname
count, chance = int(sys.argv[1]), random.Random(7)
with connection.cursor() as cursor:
    cursor.execute("SELECT COALESCE(MAX(id), 0) FROM know_customer")
    first = cursor.fetchone()[0] + 1
ids = list(range(first, first + count))
names = []
for number in ids:
    if number % 2:
        names.append(f"{chance.choice(list(PERSIAN))} {chance.choice(list(FAMILIES))}")
    else:
        names.append(f"{chance.choice(GIVEN)} {surname(chance)}")
phones = [f"+98{chance.randrange(9_000_000_000, 9_999_999_999)}" for _one in ids]
cards = [f"{number}" for number in chance.sample(range(10**9, 10**10), count)]
began = time.perf_counter()
with transaction.atomic():
    now = [clock.now()] * count
    bulk.insert_columns(connection, "know_customer", {
        "id": ids, "code": [f"S{n}" for n in ids], "name": names, "folded_name": [fold_name(n) for n in names],
        "language": [""] * count, "note": [""] * count, "sample": [False] * count, "created_at": now,
    })
    for kind, values in (("phone", phones), ("card", cards)):
        bulk.insert_columns(connection, "know_identity", {
            "customer_id": ids, "kind": [kind] * count, "value": values,
        })
filled = time.perf_counter() - began
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")

def part(text, least=4, most=8):
    size = chance.randint(least, min(most, len(text)))
    begin = chance.randrange(len(text) - size + 1)
    return text[begin : begin + size]

def word(name):
    return chance.choice(name.split())

asked = {
    "last four of a phone": lambda n: phones[n][-4:],
    "any part of a phone": lambda n: part(phones[n][1:]),
    "three digits": lambda n: part(phones[n][1:], 3, 3),
    "a whole phone": lambda n: "0" + phones[n][3:],
    "part of a card": lambda n: part(cards[n]),
    "a word of a name": lambda n: word(names[n]),
    "two beginnings": lambda n: " ".join(w[:3] for w in names[n].split()),
    "part of a name": lambda n: part(word(names[n]), 3, 6),
    "one letter": lambda n: names[n][0],
    "nobody": lambda n: f"xq{n}zz",
}
found = {"filled": filled}
for what, ask in asked.items():
    times = []
    for _round in range(100):
        text = ask(chance.randrange(count))
        began = time.perf_counter()
        searching.search(text, region="IR")
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    found[what] = (times[50], times[94], times[-1])
print(json.dumps(found))
"""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for kind in sys.argv[2:] or ("sqlite", "postgresql"):
        with ground(kind) as shop:
            shop.open(1)
            command = [sys.executable, "-c", SEARCHING, str(count)]
            environment = shop.environment() | {"PYTHONPATH": str(ROOT / "bench")}
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(done.stderr[-2000:])
            found = json.loads(done.stdout.splitlines()[-1])
            print(f"{count:,} customers on {kind}, written in {found.pop('filled'):.0f} s; limit {LIMITS[kind]:.0f} ms")
            for what, (median, most, worst) in found.items():
                print(f"    {what:24} half in {median:6.1f} ms, 19 of 20 in {most:6.1f} ms, all in {worst:6.1f} ms")


if __name__ == "__main__":
    main()
