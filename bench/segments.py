"""How long does a segment of a million customers take to be counted anew, and a count while it is written?

The shop's customers, where they stand, their days of buying and their balances are made up, of the shop's own tables;
on SQLite and on PostgreSQL. The refreshing is timed three times: all enter, a tenth changes, nothing changes.

Usage: segments.py [CUSTOMERS]
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "torture"))
from ground import ground  # noqa: E402  # the same shops as in the races

SECONDS = {"refresh": 10.0, "count": 1.0}
COUNTED_AT = 2_469  # customers of the sample shop, at which a count is judged
REFRESHING = '''
import json, os, random, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "vafa.site.settings"
import django
django.setup()
from django.apps import apps
from django.db import connection, transaction
from vafa.core import bulk, clock
from vafa.loop import segments
from vafa.shop import queries
from vafa.shop.access import SYSTEM
count, chance, today = int(sys.argv[1]), random.Random(7), queries.today()
with connection.cursor() as cursor:
    cursor.execute("SELECT COALESCE(MAX(id), 0) FROM know_customer")
    first = cursor.fetchone()[0] + 1
ids = list(range(first, first + count))

def drawn(draw):
    return [draw() for _one in ids]

def fill(table, known):
    """The rest of the columns hold nothing."""
    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    rows = len(next(iter(known.values())))
    for field in model._meta.concrete_fields:
        kind = field.get_internal_type()
        if field.column not in known and not field.null and "AutoField" not in kind:
            number = "Integer" in kind or kind in ("FloatField", "ForeignKey")
            value = 0 if number else {"BooleanField": False, "DateTimeField": clock.now()}.get(kind, "")
            known[field.column] = [value] * rows
    bulk.insert_columns(connection, table, known)

with transaction.atomic():
    fill("know_customer", {"id": ids, "code": [f"S{n}" for n in ids]})
    last = drawn(lambda: today - int(chance.expovariate(1 / 90)))
    bought = drawn(lambda: 1 + int(chance.expovariate(0.3)))
    fill("segment_standing", {
        "customer_id": ids,
        "purchases": bought,
        "last_day": last,
        "first_day": [day - 100 for day in last],
        "revenue": [n * 4000 for n in bought],
        "year_revenue": [n * 3000 for n in bought],
        "abc": drawn(lambda: chance.choice("ABC")),
        "xyz": drawn(lambda: chance.choice("XYZN")),
        "rung": drawn(lambda: chance.choice(["buyer", "client", "regular"])),
        "days_late": drawn(lambda: chance.randrange(-20, 40)),
        "twice_median_gap": [60] * count,
    })
    fill("know_purchase", {
        "source": ["bench"] * count * 2,
        "key": [f"R{n}" for n in range(count * 2)],
        "customer_id": ids * 2,
        "day": last + [day - 7 for day in last],
        "amount": [4000] * count * 2,
        "kind": ["sale"] * count * 2,
    })
with connection.cursor() as cursor:
    cursor.execute("ANALYZE")
wide = "purchases >= 2"
narrow = "abc = 'A' AND xyz = 'X' AND days_late > 0 AND NOT days_since_message < 14"
told = {}
def timed(name, act):
    began = time.perf_counter()
    answer = act()
    told[name] = time.perf_counter() - began
    return answer
made = timed("all enter", lambda: segments.define("Often", wide, actor=SYSTEM, now=clock.now()))
assert made.people > count / 2, made.people
timed("nothing changes", lambda: segments.refresh("often", actor=SYSTEM, now=clock.now()))
with connection.cursor() as cursor:
    cursor.execute("UPDATE segment_standing SET purchases = 4 - purchases WHERE customer_id % 10 = 0 AND purchases < 4")
timed("a tenth changes", lambda: segments.refresh("often", actor=SYSTEM, now=clock.now()))
timed("of four parts", lambda: segments.define("Pillars who slip", narrow, actor=SYSTEM, now=clock.now()))
bought_lately = "days_bought_90 >= 2 AND spent_90 > 50"
timed("over purchases", lambda: segments.define("Lately", bought_lately, actor=SYSTEM, now=clock.now()))
timed("count", lambda: segments.Asked(f"({narrow}) OR {bought_lately}").counted())
print(json.dumps(told))
'''


def run(shop: object, count: int) -> dict[str, float]:
    command = [sys.executable, "-c", REFRESHING, str(count)]
    done = subprocess.run(command, env=shop.environment(), capture_output=True, text=True)  # type: ignore[attr-defined]
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for kind in ("sqlite", "postgresql"):
        for people, names in ((COUNTED_AT, ("count",)), (count, ())):
            with ground(kind) as shop:
                shop.open(1)
                for name, seconds in run(shop, people).items():
                    if not names or name in names:
                        limit = SECONDS["count" if name == "count" else "refresh"]
                        judged = f"(limit {limit:.0f} s)" if name != "count" or names else ""
                        print(f"{people:>9,} customers on {kind:11}{name:16}{seconds:6.2f} s  {judged}")


if __name__ == "__main__":
    main()
