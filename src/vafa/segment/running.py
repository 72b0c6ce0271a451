"""How a method's SQL is run: over a view of receipts, each result kept as a table of the method's name.

The SQL is a plain subset (common table expressions, ``ntile``, ``lead``, sums over windows, ``case``).
It reads ``receipts`` (``core.frame.RECEIPTS``, nothing later than ``as_of``), ``months``
(``month, first_day, end_day, complete``: every month from the first receipt to ``as_of``; ``end_day`` is
the day after its last; a month is complete when its last day is past or ``as_of`` itself) and the
results of the methods named in ``NEEDS``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from vafa.core.calendar import month_number, month_start

type Source = pa.Table | Sequence[Path]
MANY = 500_000  # receipts; with fewer, handing work to threads costs what they bring


class Example(NamedTuple):
    """A worked case of a method: what was bought, and the rows it must give.

    ``receipts``: (customer or None, ISO day, minor units), a negative amount gives something back.
    ``rows``: the columns that are checked, in the order of the result.
    """

    receipts: tuple[tuple[str | None, str, int], ...]
    rows: tuple[Mapping[str, Any], ...]
    params: Mapping[str, Any] = {}
    as_of: str = ""


def open_receipts(source: Source, *, calendar: str, as_of: int | None) -> tuple[duckdb.DuckDBPyConnection, int | None]:
    """A connection with ``receipts`` and ``months`` in it, and the day up to which it counts.

    ``source``: a table of ``core.frame.RECEIPTS`` or Parquet files of it. ``as_of`` defaults to the
    last day in it (None where there is none).
    """
    connection = duckdb.connect(config={"threads": 1} if _count(source) < MANY else {})
    if isinstance(source, pa.Table):
        connection.register("source", source)
    else:
        connection.read_parquet([str(path) for path in source]).create_view("source")
    if as_of is None:
        as_of = _one(connection, "select max(day) from source")
    limit = "" if as_of is None else f" where day <= {int(as_of)}"
    connection.execute(f"create temp view receipts as select * from source{limit}")
    first = _one(connection, "select min(day) from receipts")
    connection.register("months", _months(first, as_of, calendar))
    return connection, as_of


def _count(source: Source) -> int:
    return source.num_rows if isinstance(source, pa.Table) else sum(pq.read_metadata(file).num_rows for file in source)


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int | None:
    ((value,),) = connection.execute(sql).fetchall()  # to its end: an open result holds the connection
    return None if value is None else int(value)


def _months(first: int | None, as_of: int | None, calendar: str) -> pa.Table:
    months = range(0)
    if as_of is not None and first is not None:
        months = range(month_number(first, calendar), month_number(as_of, calendar) + 1)
    starts = [month_start(month, calendar) for month in months]
    ends = [month_start(month + 1, calendar) for month in months]
    complete = [int(as_of is not None and end - 1 <= as_of) for end in ends]
    names = ("month", "first_day", "end_day", "complete")
    return pa.table({n: pa.array(c, pa.int32()) for n, c in zip(names, (months, starts, ends, complete), strict=True)})


def run(connection: duckdb.DuckDBPyConnection, module_file: str, params: Any) -> duckdb.DuckDBPyRelation:
    """Run the SQL beside ``module_file`` with the fields of ``params`` as its named places.

    The result stays in the connection as a temporary table with the file's name.
    """
    path = Path(module_file).with_suffix(".sql")
    places = dataclasses.asdict(params)
    connection.execute(f"create or replace temp table {path.stem} as {path.read_text('utf-8')}", places)
    return connection.table(path.stem)
