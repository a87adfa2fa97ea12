"""Dated rows: the history of every value that a fact, a condition, a tier or an access rule reads.

The current value is an ordinary column; the same service that changes it closes the open dated row and opens the next,
so that the past can be asked as well as today. ``valid_from`` belongs to the span, ``valid_to`` does not.
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DatedValueQuerySet(models.QuerySet):
    def as_of(self, day: date):
        """The rows that held at the end of ``day``."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )

    def open(self):
        return self.filter(valid_to__isnull=True)


class DatedValue(models.Model):
    """One value of one field over one span of days. Subclasses add ``subject``, the object it belongs to."""

    field = models.CharField(max_length=40)
    value = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = DatedValueQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("dated value")

    def __str__(self) -> str:
        return f"{self.field} = {self.value}"


def stored_value(instance: models.Model, field: str) -> str:
    """The text a dated row keeps: the primary key of a relation, the code of a choice, '' for none."""
    value = getattr(instance, instance._meta.get_field(field).attname)
    return "" if value is None else str(value)


def dated_row(instance, field: str, *, on: date | None, by) -> DatedValue:
    """The unsaved dated row that says ``field`` of ``instance`` has its present value from ``on``."""
    value = stored_value(instance, field)
    return instance.dated_model(subject=instance, field=field, value=value, valid_from=on, recorded_by=by)


def open_dated_rows(instances: list, *, on: date | None, by=None) -> None:
    """Write the first dated row of every dated field of objects that were just created.

    ``on`` is the first day the values hold; None means since ever, for what was known before this installation.
    """
    if not instances:
        return
    model = type(instances[0])
    rows = [
        dated_row(instance, field, on=on, by=by)
        for instance in instances
        for field in model.DATED_FIELDS
        if stored_value(instance, field)
    ]
    model.dated_model.objects.bulk_create(rows, batch_size=1000)


def record_changes(instance, *, before: dict[str, str], on: date, by=None) -> list[str]:
    """Close and open dated rows for the dated fields that differ from ``before``; return their names.

    Call it inside the transaction that saves ``instance``. A second change on one day replaces that day's row.
    """
    changed = [field for field in instance.DATED_FIELDS if stored_value(instance, field) != before[field]]
    rows = instance.dated_model.objects.filter(subject=instance, field__in=changed).open()
    rows.filter(valid_from=on).delete()
    rows.update(valid_to=on)
    instance.dated_model.objects.bulk_create(dated_row(instance, field, on=on, by=by) for field in changed)
    return changed


def dated_snapshot(instance) -> dict[str, str]:
    """The dated fields of ``instance`` as they stand now, to be handed to `record_changes` after the change."""
    return {field: stored_value(instance, field) for field in instance.DATED_FIELDS}
