from django.db import migrations

from vafa.core.guards import guard


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(*guard("ledger_posting", "ledger_entry"))]
