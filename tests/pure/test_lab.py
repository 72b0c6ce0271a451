"""The analyst's face: every function's example runs, frames of any library give the same, names stand as promised."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from vafa import lab
from vafa.core.duck import connected

ROWS = {
    "customer_id": ["a", "a", "b", None],
    "at": ["2026-01-05", "2026-02-05", "2026-02-06", "2026-03-01"],
    "amount": [10.5, 20.0, 30.25, 4.0],
}


def frame(kind: str) -> Any:
    if kind in ("pandas", "polars"):
        return pytest.importorskip(kind).DataFrame(ROWS)
    return pa.table(ROWS) if kind == "arrow" else pa.table(ROWS).to_reader()


@pytest.mark.parametrize("kind", ["arrow", "reader", "duckdb", "pandas", "polars"])
def test_frames_of_any_library_are_read_alike(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("customer_id,at,amount\na,2026-01-05,10.5\na,2026-02-05,20\nb,2026-02-06,30.25\n,2026-03-01,4\n")
    if kind == "duckdb":
        with connected() as connection:
            from_frame = lab.read(connection.from_arrow(pa.table(ROWS)))
    else:
        from_frame = lab.read(frame(kind))
    from_file = lab.read(file)
    assert from_frame.lines.to_pylist() == from_file.lines.to_pylist()
    assert lab.analyse(from_frame).as_json() == lab.analyse(from_file).as_json()
    assert lab.summary(from_frame)["monetary_value"].to_pylist() == [20.0, 0.0]


def test_every_function_has_an_example_that_runs() -> None:
    found = doctest.DocTestFinder().find(lab)
    shown = {test.name.rpartition(".")[2] for test in found if test.examples}
    names = {name for name in lab.__all__ if inspect.isfunction(getattr(lab, name))}
    assert names - shown == {"backtest"}  # it needs a programme: tests/pure/test_simulate.py
    globs: dict[str, Any] = {}
    runner = doctest.DocTestRunner()
    for test in sorted(found, key=lambda test: test.name != "vafa.lab"):
        test.globs = globs
        runner.run(test, clear_globs=False)
    assert runner.failures == 0


def test_a_light_function_gives_what_the_whole_analysis_gives(cdnow: Path) -> None:
    sales = lab.read(cdnow)
    whole = lab.customers(sales)
    for found in (lab.summary(sales), lab.rfm(sales), lab.abc_xyz(sales), lab.ladder(sales)):
        for name in set(found.column_names) & set(whole.column_names) - {"lapsed"}:
            assert found[name].to_pylist() == whole[name].to_pylist(), name
    sizes = {row["cohort"]: row["customers"] for row in lab.cohorts(sales).to_pylist() if row["cohort"] == row["month"]}
    assert sizes == {cohort.month: cohort.size for cohort in lab.analyse(sales).cohorts}


def test_charts_are_altair_objects_and_sql_is_told_in_a_dialect(cdnow: Path) -> None:
    made = lab.charts(lab.analyse(lab.read(cdnow)))
    assert {chart.to_dict()["$schema"].rpartition("/")[2][:2] for chart in made.values()} == {"v6"}
    text = lab.sql("active_days", dialect="postgres", lowest=7)
    assert "THEN 7" in text
    assert "DOUBLE PRECISION" in text
