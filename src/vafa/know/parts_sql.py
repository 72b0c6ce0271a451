"""SQL by which names, phones, addresses and cards are found by any three signs of them in a row.

PostgreSQL keeps an inverted index of trigrams, made by a function of its own, so no extension is needed; SQLite keeps a
full-text table of trigrams, which triggers fill. A space stands before each word of a name and a $ behind
each mark, so that beginnings of words and ends of phones can be looked for.
"""

from __future__ import annotations

from typing import Any

POSTGRESQL = (
    "CREATE FUNCTION know_trigrams(told text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS "
    "$$ SELECT coalesce(array_agg(DISTINCT substr(told, place, 3)), '{}') "
    "FROM generate_series(1, length(told) - 2) AS place $$",
    "CREATE INDEX know_name_parts ON know_customer USING gin (know_trigrams(' ' || folded_name))",
    "CREATE INDEX know_mark_parts ON know_identity USING gin (know_trigrams(value || '$'))",
)
POSTGRESQL_BACK = ("DROP INDEX know_name_parts", "DROP INDEX know_mark_parts", "DROP FUNCTION know_trigrams(text)")

# rows of names have even numbers, those of marks odd ones
SQLITE = (
    "CREATE VIRTUAL TABLE know_parts USING fts5(name, mark, customer_id UNINDEXED, tokenize = 'trigram')",
    "INSERT INTO know_parts(rowid, name, customer_id) SELECT 2 * id, ' ' || folded_name, id FROM know_customer",
    "INSERT INTO know_parts(rowid, mark, customer_id) SELECT 2 * id + 1, value || '$', customer_id FROM know_identity",
    "CREATE TRIGGER know_parts_name_new AFTER INSERT ON know_customer BEGIN INSERT INTO know_parts"
    "(rowid, name, customer_id) VALUES (2 * NEW.id, ' ' || NEW.folded_name, NEW.id); END",
    "CREATE TRIGGER know_parts_name_told AFTER UPDATE OF folded_name ON know_customer BEGIN "
    "UPDATE know_parts SET name = ' ' || NEW.folded_name WHERE rowid = 2 * NEW.id; END",
    "CREATE TRIGGER know_parts_name_gone AFTER DELETE ON know_customer BEGIN "
    "DELETE FROM know_parts WHERE rowid = 2 * OLD.id; END",
    "CREATE TRIGGER know_parts_mark_new AFTER INSERT ON know_identity BEGIN INSERT INTO know_parts"
    "(rowid, mark, customer_id) VALUES (2 * NEW.id + 1, NEW.value || '$', NEW.customer_id); END",
    "CREATE TRIGGER know_parts_mark_told AFTER UPDATE OF value, customer_id ON know_identity BEGIN "
    "UPDATE know_parts SET mark = NEW.value || '$', customer_id = NEW.customer_id WHERE rowid = 2 * NEW.id + 1; END",
    "CREATE TRIGGER know_parts_mark_gone AFTER DELETE ON know_identity BEGIN "
    "DELETE FROM know_parts WHERE rowid = 2 * OLD.id + 1; END",
)
SQLITE_BACK = (
    *(f"DROP TRIGGER know_parts_{what}_{when}" for what in ("name", "mark") for when in ("new", "told", "gone")),
    "DROP TABLE know_parts",
)


def index(_apps: Any, editor: Any) -> None:
    for sql in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(sql)


def unindex(_apps: Any, editor: Any) -> None:
    for sql in POSTGRESQL_BACK if editor.connection.vendor == "postgresql" else SQLITE_BACK:
        editor.execute(sql)
