from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reward", "0002_holds")]
    operations = [
        migrations.AddField("position", "due_day", models.BigIntegerField(db_index=True, null=True)),
    ]
