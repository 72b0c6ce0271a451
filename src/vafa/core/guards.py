"""SQL by which the database itself refuses to change or delete what is append-only."""

from __future__ import annotations

from typing import Any


def guard_sql(table: str, vendor: str) -> list[str]:
    """Statements that put the guard on ``table``."""
    if vendor == "postgresql":
        return [
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ]


def unguard_sql(table: str, vendor: str) -> list[str]:
    """Statements that take the guard off again (a migration backwards)."""
    if vendor == "postgresql":
        return [
            f"DROP TRIGGER {table}_append_only ON {table}",
            f"DROP TRIGGER {table}_no_truncate ON {table}",
            f"DROP FUNCTION {table}_append_only()",
        ]
    return [f"DROP TRIGGER {table}_no_update", f"DROP TRIGGER {table}_no_delete"]


def guard(*tables: str) -> tuple[Any, Any]:
    """Forward and backward functions for a migration."""

    def forward(_apps: Any, editor: Any) -> None:
        for table in tables:
            for sql in guard_sql(table, editor.connection.vendor):
                editor.execute(sql)

    def backward(_apps: Any, editor: Any) -> None:
        for table in tables:
            for sql in unguard_sql(table, editor.connection.vendor):
                editor.execute(sql)

    return forward, backward
