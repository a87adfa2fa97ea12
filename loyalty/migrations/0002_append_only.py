from django.db import migrations

from loyalty import protection


def protect(apps, schema_editor):
    protection.protect(schema_editor.connection)


def lift(apps, schema_editor):
    protection.lift(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0001_initial")]
    operations = [migrations.RunPython(protect, lift)]
