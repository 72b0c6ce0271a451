"""DuckDB: the engine of one machine. Its connection is an ``Engine`` as it is."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from vafa.core.duck import connected
from vafa.segment.engines import MANY, Source, count


def opened(source: Source) -> duckdb.DuckDBPyConnection:
    connection = connected(**({"threads": 1} if count(source) < MANY else {}))
    if isinstance(source, pa.Table):
        connection.register("source", source)
    else:
        connection.read_parquet([str(path) for path in source]).create_view("source")
    return connection
