from django.db import migrations

from sales import month_tracking


def track(apps, schema_editor):
    month_tracking.track(schema_editor.connection)
    month_tracking.note_all(schema_editor.connection)


def ignore(apps, schema_editor):
    month_tracking.ignore(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("sales", "0005_account_months")]
    operations = [migrations.RunPython(track, ignore)]
