"""Checks that the ledger is whole; every finding is a sentence."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

CHECKS = {
    "lot %s holds %s, its entries add up to %s": """
        SELECT l.id, l."left", coalesce(sum(e.amount), 0) FROM ledger_lot l
        LEFT JOIN ledger_entry e ON e.lot_id = l.id GROUP BY l.id, l."left"
        HAVING l."left" <> coalesce(sum(e.amount), 0)""",
    "lot %s holds %s of %s granted": """
        SELECT id, "left", granted FROM ledger_lot WHERE "left" < 0 OR "left" > granted""",
    "account %s (%s) and its lots differ by %s": """
        SELECT a.id, a.unit, coalesce(s.total, 0) - coalesce(l.total, 0) FROM ledger_account a
        LEFT JOIN (SELECT account_id, sum(amount) AS total FROM ledger_entry GROUP BY account_id) s
          ON s.account_id = a.id
        LEFT JOIN (SELECT account_id, sum("left") AS total FROM ledger_lot GROUP BY account_id) l
          ON l.account_id = a.id
        WHERE a.kind = 'wallet' AND coalesce(s.total, 0) <> coalesce(l.total, 0)""",
    "entry %s moves %s to account of %s": """
        SELECT e.id, a.unit, c.unit FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
        JOIN ledger_account c ON c.id = e.contra_id WHERE a.unit <> c.unit""",
    "entry %s names lot %s of another account than %s": """
        SELECT e.id, l.id, e.account_id FROM ledger_entry e JOIN ledger_lot l ON l.id = e.lot_id
        WHERE l.account_id <> e.account_id""",
    "posting %s has no entry%s%s": """
        SELECT p.id, '', '' FROM ledger_posting p LEFT JOIN ledger_entry e ON e.posting_id = p.id
        WHERE e.id IS NULL""",
    "member %s was given %s more of %s back than they owed": """
        SELECT x.owner, sum(x.amount), x.unit FROM (
          SELECT a.owner, a.unit, e.amount FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id
          WHERE a.kind = 'owed'
          UNION ALL
          SELECT c.owner, c.unit, -e.amount FROM ledger_entry e JOIN ledger_account c ON c.id = e.contra_id
          WHERE c.kind = 'owed') x
        GROUP BY x.owner, x.unit HAVING sum(x.amount) > 0""",
}


def findings() -> Iterator[str]:
    """What is wrong in the tables themselves, a sentence each; nothing when all is well."""
    with connection.cursor() as cursor:
        for sentence, sql in CHECKS.items():
            cursor.execute(sql)
            for row in cursor.fetchall():
                yield sentence % tuple(row[:3])
