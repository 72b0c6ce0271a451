from typing import Any

from django.db import migrations, models

from vafa.core.guards import guard_sql

ACCOUNTS = ["wallet", "owed", "issuer", "redeemed", "expired", "merged"]
ENTRIES = ["earn", "bonus", "redeem", "issue", "return", "expire", "forfeit", "owed", "cancel", "adjust", "merge"]


def guard_again(_apps: Any, editor: Any) -> None:
    """SQLite makes a table anew to change its checks, and forgets its triggers."""
    if editor.connection.vendor == "sqlite":
        for sql in guard_sql("ledger_entry", "sqlite"):
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
        migrations.RunPython(guard_again, migrations.RunPython.noop),
    ]
