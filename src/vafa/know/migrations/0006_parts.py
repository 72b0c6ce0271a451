from django.db import migrations

from vafa.know.parts_sql import index, unindex


class Migration(migrations.Migration):

    dependencies = [("know", "0005_duplicates")]

    operations = [migrations.RunPython(index, unindex)]
