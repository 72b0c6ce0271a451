from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segment", "0001_initial")]

    operations = [
        migrations.AddField("standing", name, field)
        for name, field in {
            "p_alive": models.FloatField(null=True),
            "expected_90": models.FloatField(null=True),
            "expected_365": models.FloatField(null=True),
            "clv": models.BigIntegerField(null=True),
            "clv_low": models.BigIntegerField(null=True),
            "clv_high": models.BigIntegerField(null=True),
            "due_day": models.IntegerField(db_index=True, null=True),
            "days_late": models.IntegerField(null=True),
        }.items()
    ]
