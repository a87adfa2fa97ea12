"""One row in every table, whatever tables there are: a new model needs nothing here but what its constraints ask."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.apps import apps
from django.db import models

PARTICULAR = {
    "accounts.Account.parent": None,
    "django_celery_beat.PeriodicTask.solar": None,
    "django_celery_beat.PeriodicTask.clocked": None,
    "django_celery_beat.PeriodicTask.interval": None,
    "loyalty.Redemption.quantity": 3,
    "kam.Run.state": "done",
    "kam.ImportJob.state": "done",
}
"""Values that a constraint asks for, by model and field."""

MOMENT = datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=UTC)
VALUES = {
    "BooleanField": True,
    "DateField": date(2024, 2, 29),
    "DateTimeField": MOMENT,
    "TimeField": time(23, 59, 1),
    "DurationField": timedelta(days=1, microseconds=7),
    "FloatField": 0.1,
    "JSONField": {"é\t\\N": [1, 1e16, 0.1, None, True, "大客户"], "b": {"a": -0.5}},
    "UUIDField": UUID("12345678-1234-5678-1234-567812345678"),
    "BinaryField": b"\x00\\\xff\n\t",
    "GenericIPAddressField": "2001:db8::1",
    "EmailField": "a@example.com",
}
TEXT = 'o\'Neil\\ \t"大客户"\r\n\\N'


def fill_every_table() -> None:
    """Give every empty table a row; rows that others point to come first."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            row_of(model, frozenset())


def row_of(model, on_the_way: frozenset):
    """The first row of ``model``, made when there is none; None inside a circle."""
    if (row := model._base_manager.first()) or model in on_the_way:
        return row
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    values = {field.name: value_of(field, on_the_way | {model}) for field in fields if not field.generated}
    return model._base_manager.bulk_create([model(**values)])[0]


def value_of(field: models.Field, on_the_way: frozenset):
    """Something that is not the default and hard to carry over."""
    key = f"{field.model._meta.label}.{field.name}"
    if key in PARTICULAR:
        return PARTICULAR[key]
    if field.is_relation:
        return row_of(field.related_model, on_the_way)
    kind = field.get_internal_type()
    if field.choices:
        return field.choices[-1][0]
    if isinstance(field, models.DecimalField):
        return Decimal("1").scaleb(-field.decimal_places)
    if isinstance(field, models.IntegerField):
        return 7
    if isinstance(field, models.CharField) and kind not in VALUES:
        return TEXT[: field.max_length]
    return VALUES.get(kind, TEXT)
