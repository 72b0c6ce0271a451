"""Copies of the database: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from vafa.core import clock
from vafa.core.errors import BadFile, Refusal
from vafa.core.words import gettext_noop as _
from vafa.site import configuration


def name_for_now() -> str:
    return clock.now().strftime("vafa-%Y%m%dT%H%M%S.backup")


def backup(path: Path) -> Path:
    """Copy the database to ``path``, which must not exist yet."""
    if path.exists():
        raise Refusal("file_exists", _("%(path)s exists already."), _("Choose another name."), path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    settings = _database()
    if settings["ENGINE"].endswith("postgresql"):
        _run(["pg_dump", "--format=custom", f"--file={unfinished}", settings["NAME"]], settings)
    else:
        with (
            contextlib.closing(sqlite3.connect(settings["NAME"])) as source,
            contextlib.closing(sqlite3.connect(unfinished)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
    unfinished.replace(path)
    return path


def restore(path: Path) -> Path:
    """Put ``path`` in place of the database; returns where the former one is kept."""
    if not path.is_file():
        raise BadFile("no_file", _("There is no file %(path)s."), path=path)
    settings = _database()
    kept = path.with_name(f"before-restore-{name_for_now()}")
    if settings["ENGINE"].endswith("postgresql"):
        backup(kept)
        _run(
            ["pg_restore", "--clean", "--if-exists", "--single-transaction", f"--dbname={settings['NAME']}", str(path)],
            settings,
        )
        _forget_mirror()
        return kept
    _refuse_other_files(path)
    current = Path(settings["NAME"])
    if current.exists():
        backup(kept)
    fresh = current.with_suffix(".restoring")
    shutil.copyfile(path, fresh)
    for leftover in (f"{current}-wal", f"{current}-shm"):
        Path(leftover).unlink(missing_ok=True)
    fresh.replace(current)
    _forget_mirror()
    return kept


def _forget_mirror() -> None:
    """Its files are named by what the database held; another database may hold as much of something else."""
    shutil.rmtree(configuration.home() / "mirror", ignore_errors=True)


def _refuse_other_files(path: Path) -> None:
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as copy:
            copy.execute("SELECT name FROM shop_club").fetchone()
            if copy.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("damaged")
    except sqlite3.DatabaseError:
        raise BadFile("no_backup", _("%(path)s is no backup of a shop."), path=path) from None


def _database() -> dict[str, Any]:
    from django.db import connection

    connection.close()
    return dict(connection.settings_dict)


def _run(command: list[str], settings: dict[str, Any]) -> None:
    environment = os.environ | {
        "PGHOST": settings["HOST"],
        "PGPORT": str(settings["PORT"] or 5432),
        "PGUSER": settings["USER"],
        "PGPASSWORD": settings["PASSWORD"],
    }
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True)
    except FileNotFoundError:
        raise Refusal("no_program", _("The program %(name)s is not installed."), name=command[0]) from None
    except subprocess.CalledProcessError as error:
        raise Refusal("copy_failed", "%(why)s", why=error.stderr.decode(errors="replace").strip()[:300]) from None
