"""Spark: the same SQL on a cluster, or on this machine's cores where no cluster is named."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pyarrow as pa

from vafa.core.errors import Question
from vafa.core.words import gettext_noop as _
from vafa.segment.engines import MANY, Source, count
from vafa.segment.engines.translated import Translated, translated

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.log.level": "ERROR",
    "spark.ui.showConsoleProgress": "false",
}


class Spark(Translated):
    dialect = "spark"

    def __init__(self, session: Any, few: bool) -> None:
        self._session = session
        self._few = few  # what is kept comes here, which is sooner done than told to others
        self._kept: list[Any] = []
        self._names: set[str] = set()

    def ask(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        frame = self._session.sql(translated(query, self.dialect))
        return frame.columns, [tuple(row) for row in frame.collect()]

    def arrow(self, query: str) -> pa.Table:
        return self._session.sql(translated(query, self.dialect)).toArrow()

    def keep(self, name: str, query: str, *, table: bool) -> None:
        frame = self._session.sql(query)
        if table and self._few:
            frame = self._session.createDataFrame(frame.toArrow())
        elif table:
            frame = frame.persist()
            self._kept.append(frame)
        self.name(name, frame)

    def register(self, name: str, table: pa.Table) -> None:
        self.name(name, self._session.createDataFrame(table))

    def name(self, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(name)
        self._names.add(name)

    def close(self) -> None:
        """Forget the tables; the session goes on, since starting one takes seconds."""
        for frame in self._kept:
            frame.unpersist()
        for name in self._names:
            self._session.catalog.dropTempView(name)


def session() -> Any:
    """The Spark session of this process; ``MASTER`` names a cluster, as for Spark's own tools."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise _lacking("pyspark", 'pip install "vafa[spark]"') from None
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise _lacking("Java", "apt-get install default-jre-headless")
    builder = SparkSession.builder.appName("vafa").master(os.environ.get("MASTER", "local[*]"))
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _lacking(what: str, command: str) -> Question:
    return Question(
        "engine_needs",
        _("The engine spark needs %(what)s, which is not here."),
        _("Install it: %(command)s."),
        what=what,
        command=command,
    )


def opened(source: Source) -> Spark:
    running = session()
    few = count(source) < MANY  # cutting them up, and compiling every step, costs what it brings
    running.conf.set("spark.sql.shuffle.partitions", "1" if few else str(running.sparkContext.defaultParallelism * 4))
    running.conf.set("spark.sql.codegen.wholeStage", "false" if few else "true")
    running.conf.set("spark.sql.adaptive.enabled", "false" if few else "true")
    engine = Spark(running, few)
    if isinstance(source, pa.Table):
        engine.register("source", source)
    else:
        engine.name("source", running.read.parquet(*(str(path) for path in source)))
    return engine
