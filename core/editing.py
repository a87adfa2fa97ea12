"""Editing without overwriting one another: the version is compared in the UPDATE itself."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F

from core import audit

LONGEST_VALUE = 500
"""How much of a text the audit trail keeps of an old and a new value (unit: characters)."""


class StaleError(Exception):
    """Somebody saved the record meanwhile: per field what the edit started from, what stands now, what was typed."""

    def __init__(self, current: models.Model, *, base: dict[str, Any], mine: dict[str, Any]):
        super().__init__(f"{current._meta.label} {current.pk} was changed meanwhile")
        self.current = current
        self.base = base
        self.mine = mine
        self.theirs = {field: getattr(current, field) for field in mine}

    @property
    def fields(self) -> list[str]:
        """The fields whose typed value differs from the one that stands now."""
        return [field for field, value in self.mine.items() if value != self.theirs[field]]


def save_changes(
    instance: models.Model,
    *,
    version: int,
    changes: dict[str, Any],
    derived: dict[str, Any] | None = None,
    base: dict[str, Any] | None = None,
    by=None,
) -> None:
    """Write ``changes`` and the next version if the record still has ``version``, and set them on ``instance``.

    ``derived`` is written too, but belongs to nobody's typing; ``base`` is what the edit started from. With ``by`` the
    old and the new values go into the audit trail.
    Raises StaleError, with nothing written, when the record has another version.
    """
    model = type(instance)
    rows = model._base_manager.filter(pk=instance.pk, version=version)
    written = changes | (derived or {})
    before = kept_values(instance, changes)
    if not rows.update(**written, version=F("version") + 1):
        raise StaleError(model._base_manager.get(pk=instance.pk), base=base or {}, mine=changes)
    for field, value in written.items():
        setattr(instance, field, value)
    instance.version = version + 1
    if by is not None:
        record_values(instance, by, before=before)


def kept_values(instance: models.Model, fields) -> dict[str, str]:
    """The values of ``fields`` as the audit trail keeps them: related records by their key, no value as ''."""
    values = {name: getattr(instance, instance._meta.get_field(name).attname) for name in fields}
    return {name: kept_value(value) for name, value in values.items()}


def kept_value(value) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)[:LONGEST_VALUE]


def record_values(instance: models.Model, by, *, before: dict[str, str]) -> None:
    """Write into the audit trail which of the values in ``before`` differ now, old and new; nothing where none does."""
    after = kept_values(instance, before)
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if changes:
        audit.record(by, f"{instance._meta.model_name}.changed", instance, changes=changes)
