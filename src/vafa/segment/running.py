"""How a method's SQL is run: over a view of receipts, each result kept as a table of the method's name.

Any engine of ``segment.engines`` runs it. The SQL is a plain subset (common table expressions, ``ntile``,
``lead``, sums over windows, ``case``).
It reads ``receipts`` (``core.frame.RECEIPTS``, nothing later than ``as_of``), ``months``
(``month, first_day, end_day, complete``: every month from the first receipt to ``as_of``; ``end_day`` is
the day after its last; a month is complete when its last day is past or ``as_of`` itself) and the
results of the methods named in ``NEEDS``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from vafa.core.calendar import month_number, month_start
from vafa.core.errors import Question
from vafa.core.frame import GOODS
from vafa.core.words import gettext_noop as _
from vafa.segment.engines import Engine, Result, Source, missing, opened

__all__ = ["Engine", "Example", "Result", "Source", "open_receipts", "run"]


class Example(NamedTuple):
    """A worked case of a method: what was bought, and the rows it must give.

    ``receipts``: (customer or None, ISO day, minor units), a negative amount gives something back.
    ``rows``: the columns that are checked, in the order of the result. ``goods``: rows of ``core.frame.GOODS``,
    whose brand may be left away.
    """

    receipts: tuple[tuple[str | None, str, int], ...]
    rows: tuple[Mapping[str, Any], ...]
    params: Mapping[str, Any] = {}
    as_of: str = ""
    goods: tuple[tuple[Any, ...], ...] = ()


def open_receipts(
    source: Source, *, calendar: str, as_of: int | None, engine: str = "duckdb", goods: Source | None = None
) -> tuple[Engine, int | None]:
    """An engine with ``receipts``, ``goods`` and ``months`` in it, and the day up to which it counts.

    ``source``: a table of ``core.frame.RECEIPTS`` or Parquet files of it; ``goods``: of ``core.frame.GOODS``.
    ``as_of`` defaults to the last day in it (None where there is none). ``engine``: one of
    ``segment.engines.ENGINES``.
    """
    connection = opened(engine, source)
    if as_of is None:
        as_of = _one(connection, "select max(day) from source")
    limit = "" if as_of is None else f" where day <= {int(as_of)}"
    connection.execute(f"create temp view receipts as select * from source{limit}")
    connection.register("all_goods", _goods(goods))
    connection.execute(f"create temp view goods as select * from all_goods{limit}")
    first = _one(connection, "select min(day) from receipts")
    connection.register("months", _months(first, as_of, calendar))
    return connection, as_of


def _goods(told: Source | None) -> pa.Table:
    if told is None:
        return GOODS.empty_table()
    return told if isinstance(told, pa.Table) else pa.concat_tables(map(pq.read_table, told))


def _one(connection: Engine, sql: str) -> int | None:
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


def run(connection: Engine, module_file: str, params: Any) -> Result:
    """Run the SQL beside ``module_file`` with the fields of ``params`` as its named places.

    The result stays in the connection as a temporary table with the file's name.
    """
    path = Path(module_file)
    if reason := missing(connection).get(path.stem):
        raise Question(
            "engine_cant",
            _("This engine can't count “%(kind)s”: %(reason)s."),
            _("Use --engine duckdb."),
            kind=path.stem,
            reason=reason,
        )
    sql, places = statement(module_file, params)
    connection.execute(f"create or replace temp table {path.stem} as {sql}", places)
    kept: Result = connection.table(path.stem)
    return kept


def statement(module_file: str, params: Any) -> tuple[str, dict[str, Any]]:
    """The SQL beside ``module_file`` and what stands in its places."""
    return Path(module_file).with_suffix(".sql").read_text("utf-8"), dataclasses.asdict(params)


def compute(connection: Engine, methods: Mapping[str, Any], kind: str, as_of: int | None) -> None:
    """Run ``kind`` of the shelf after all that it needs; parameters by default, active days from the data."""
    wanted = [*methods[kind].NEEDS, kind]
    fields = {need: {field.name for field in dataclasses.fields(methods[need].Params)} for need in wanted}
    given: dict[str, Any] = {"as_of": as_of}
    for need in wanted:
        if "active_days" in fields[need]:
            methods["active_days"].compute(connection)
            given["active_days"] = _one(connection, "select active_days from active_days")
        told = {name: value for name, value in given.items() if name in fields[need]}
        methods[need].compute(connection, methods[need].Params(**told))
