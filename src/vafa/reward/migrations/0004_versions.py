from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reward", "0003_position_due_day")]
    operations = [
        migrations.RemoveConstraint("programmeversion", "one_running"),
        migrations.AlterField("programmeversion", "status", models.CharField(default="draft", max_length=9)),
        migrations.AddConstraint(
            "programmeversion",
            models.UniqueConstraint(
                condition=models.Q(("status", "running")), fields=("starts_day",), name="one_version_a_day"
            ),
        ),
    ]
