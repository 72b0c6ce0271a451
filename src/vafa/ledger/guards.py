"""What the database itself checks of the ledger, on PostgreSQL at the commit, on SQLite as it is written.

Every entry stays within one unit and names a lot of its own account; what a lot holds is what its
entries add up to; on PostgreSQL a posting without entries is refused too.
"""

from __future__ import annotations

SUM = "SELECT coalesce(sum(amount), 0) FROM ledger_entry WHERE lot_id = {}.id"
STRAYS = (
    "FROM {fresh} e JOIN ledger_account a ON a.id = e.account_id JOIN ledger_account c ON c.id = e.contra_id "
    "LEFT JOIN ledger_lot l ON l.id = e.lot_id "
    "WHERE a.unit <> c.unit OR l.account_id <> e.account_id OR (a.kind = 'wallet') <> (e.lot_id IS NOT NULL)"
)


def balance_sql(vendor: str) -> list[str]:
    """Statements that put the checks on."""
    return _POSTGRESQL if vendor == "postgresql" else _SQLITE


def unbalance_sql(vendor: str) -> list[str]:
    """Statements that take them off again."""
    if vendor == "postgresql":
        return [
            "DROP TRIGGER ledger_entry_in_place ON ledger_entry",
            "DROP TRIGGER ledger_lot_adds_up ON ledger_lot",
            "DROP TRIGGER ledger_posting_adds_up ON ledger_posting",
            "DROP FUNCTION ledger_entry_in_place()",
            "DROP FUNCTION ledger_lot_adds_up()",
            "DROP FUNCTION ledger_posting_adds_up()",
        ]
    return ["DROP TRIGGER ledger_entry_in_place", "DROP TRIGGER ledger_lot_adds_up"]


_POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION ledger_entry_in_place() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 {STRAYS.format(fresh="fresh")}) THEN
        RAISE EXCEPTION 'an entry of the ledger is not in place' USING ERRCODE = 'check_violation';
    END IF; RETURN NULL; END $$""",
    "CREATE TRIGGER ledger_entry_in_place AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_in_place()",
    f"""CREATE OR REPLACE FUNCTION ledger_lot_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT l."left" FROM ledger_lot l WHERE l.id = NEW.id) <> ({SUM.format("NEW")}) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = 'lot ' || NEW.id || ' holds another number than its entries add up to';
    END IF; RETURN NULL; END $$""",
    'CREATE CONSTRAINT TRIGGER ledger_lot_adds_up AFTER UPDATE OF "left" ON ledger_lot '
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_lot_adds_up()",
    f"""CREATE OR REPLACE FUNCTION ledger_posting_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_entry WHERE posting_id = NEW.id) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = 'posting ' || NEW.id || ' has no entry';
    END IF;
    IF EXISTS (SELECT 1 FROM ledger_entry e JOIN ledger_lot l ON l.id = e.lot_id
               WHERE e.posting_id = NEW.id AND l."left" <> ({SUM.format("l")})) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            MESSAGE = 'posting ' || NEW.id || ' left a lot with another number than its entries add up to';
    END IF; RETURN NULL; END $$""",
    "CREATE CONSTRAINT TRIGGER ledger_posting_adds_up AFTER INSERT ON ledger_posting "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_posting_adds_up()",
]
_SQLITE = [
    "CREATE TRIGGER ledger_entry_in_place AFTER INSERT ON ledger_entry WHEN EXISTS (SELECT 1 "
    + STRAYS.format(fresh="ledger_entry").replace(" WHERE ", " WHERE e.id = NEW.id AND (")
    + ")) BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is not in place'); END",
    'CREATE TRIGGER ledger_lot_adds_up AFTER UPDATE OF "left" ON ledger_lot WHEN NEW."left" <> ('
    + SUM.format("NEW")
    + ") BEGIN SELECT RAISE(ABORT, 'a lot holds another number than its entries add up to'); END",
]
