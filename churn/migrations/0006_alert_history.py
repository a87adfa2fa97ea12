from django.db import migrations

BATCH = 1_000


def events_of(alert):
    """What the columns of an alert still tell about its past; when a colleague did something was not kept."""
    yield {"kind": "opened", "state": "open", "as_of": alert.opened_on, "happened_at": alert.created_at}
    if alert.acknowledged_by_id:
        yield {"kind": "acknowledged", "state": "acknowledged", "by_id": alert.acknowledged_by_id, "happened_at": None}
    if alert.state == "closed":
        night = None if alert.close_reason == "person" else alert.closed_on
        yield {
            "kind": "closed",
            "state": "closed",
            "by_id": alert.closed_by_id,
            "as_of": night,
            "close_reason": alert.close_reason,
            "disposition": alert.disposition,
            "happened_at": None,
        }


def write_history(apps, schema_editor):
    alerts, events = apps.get_model("churn", "Alert"), apps.get_model("churn", "AlertEvent")
    batch = []
    for alert in alerts.objects.order_by("pk").iterator(chunk_size=BATCH):
        batch += [events(alert_id=alert.pk, **values) for values in events_of(alert)]
        if len(batch) >= BATCH:
            events.objects.bulk_create(batch)
            batch = []
    events.objects.bulk_create(batch)


class Migration(migrations.Migration):

    dependencies = [
        ('churn', '0005_alert_event'),
    ]

    operations = [
        migrations.RunPython(write_history, migrations.RunPython.noop, elidable=True),
    ]
