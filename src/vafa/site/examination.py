"""What ``vafa doctor`` looks at beyond the settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def faults() -> Iterator[str]:
    """What is missing or out of date, a sentence each."""
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            yield "The tables are not up to date; run “vafa upgrade” (or “vafa init”)."
    except DatabaseError as error:
        yield f"The database does not answer: {str(error).strip()}."
    if not (Path(settings.PACKAGE) / "locale" / "fa" / "LC_MESSAGES" / "django.mo").is_file():
        yield "The Persian texts are missing from this installation."
