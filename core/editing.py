"""Editing without overwriting one another: the version is compared in the UPDATE itself."""

from typing import Any

from django.db import models
from django.db.models import F


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
) -> None:
    """Write ``changes`` and the next version if the record still has ``version``, and set them on ``instance``.

    ``derived`` is written too, but belongs to nobody's typing; ``base`` is what the edit started from.
    Raises StaleError, with nothing written, when the record has another version.
    """
    model = type(instance)
    rows = model._base_manager.filter(pk=instance.pk, version=version)
    written = changes | (derived or {})
    if not rows.update(**written, version=F("version") + 1):
        raise StaleError(model._base_manager.get(pk=instance.pk), base=base or {}, mine=changes)
    for field, value in written.items():
        setattr(instance, field, value)
    instance.version = version + 1
