"""DuckDB without a word of its own: what takes long must not draw its progress into standard output."""

from __future__ import annotations

from typing import Any

import duckdb


def connected(**config: Any) -> duckdb.DuckDBPyConnection:
    """A connection to an empty database in memory; ``config`` as DuckDB names its settings."""
    connection = duckdb.connect(config=config)
    connection.execute("set enable_progress_bar = false")
    return connection
