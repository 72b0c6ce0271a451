from django.db import migrations

from vafa.core.guards import guard


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunPython(*guard("shop_audit"))]
