from typing import Any

from django.db import migrations, models

from vafa.core.guards import guard_sql
from vafa.ledger.guards import balance_sql, unbalance_sql

ACCOUNTS = ["wallet", "owed", "issuer", "redeemed", "expired", "merged"]
ENTRIES = ["earn", "bonus", "redeem", "issue", "return", "expire", "forfeit", "owed", "cancel", "adjust", "merge"]


def guard_again(_apps: Any, editor: Any) -> None:
    """SQLite makes a table anew to change its checks, and forgets its triggers."""
    vendor = editor.connection.vendor
    if vendor == "sqlite":
        for sql in guard_sql("ledger_entry", vendor):
            editor.execute(sql)
    for sql in balance_sql(vendor):
        editor.execute(sql)


def unguard(_apps: Any, editor: Any) -> None:
    for sql in unbalance_sql(editor.connection.vendor):
        editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.RemoveConstraint("account", "account_kind"),
        migrations.AddConstraint(
            "account", models.CheckConstraint(condition=models.Q(kind__in=ACCOUNTS), name="account_kind")
        ),
        migrations.RemoveConstraint("entry", "entry_kind"),
        migrations.AddConstraint(
            "entry", models.CheckConstraint(condition=models.Q(kind__in=ENTRIES), name="entry_kind")
        ),
        migrations.AddIndex("entry", models.Index(fields=["lot"], name="entry_of_lot")),
        migrations.RunPython(guard_again, unguard),
    ]
