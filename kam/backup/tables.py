"""What a backup holds of the database: every table of every app, a line of JSON per row, the same on both databases."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.apps import apps as installed
from django.db import models
from django.utils.duration import duration_iso_string

from core.database import last_key

NOT_KEPT = {"sessions.Session"}
"""Sign-ins end with a restore: a backup must not open a door that was closed after it was made."""

SEEDED = {
    "accounts.Tier",
    "auth.Permission",
    "contenttypes.ContentType",
    "core.ConfigurationVersion",
    "django_celery_beat.CrontabSchedule",
    "django_celery_beat.IntervalSchedule",
    "django_celery_beat.PeriodicTask",
    "django_celery_beat.PeriodicTasks",
    "kam.Sweep",
}
"""Tables that `migrate` and an idle worker fill: rows in them do not make a database used."""

ROWS_AT_ONCE, BLOBS_AT_ONCE = 2000, 20
LARGEST_EXACT = 2**53


@dataclass(frozen=True)
class Figures:
    """What a table should add up to: its rows, their hash, and the last key it gave out."""

    rows: int
    sha256: str
    last_key: int | None

    def as_dict(self) -> dict:
        return asdict(self)


def all_tables(apps=installed) -> list[type[models.Model]]:
    """Every table of every app, those between two models too, in the order of their names."""
    candidates = apps.get_models(include_auto_created=True)
    return sorted((m for m in candidates if m._meta.managed and not m._meta.proxy), key=lambda m: m._meta.label)


def kept_tables(apps=installed) -> list[type[models.Model]]:
    return [model for model in all_tables(apps) if model._meta.label not in NOT_KEPT]


def columns(model) -> list[models.Field]:
    """The columns of a table by name: the order of fields differs between a model and its migrations."""
    return sorted((f for f in model._meta.concrete_fields if not f.generated), key=lambda field: field.attname)


def used_tables() -> dict[str, int]:
    """Table → rows, for the tables that somebody has used."""
    counts = {model._meta.label: model._base_manager.count() for model in all_tables() if not is_seeded(model)}
    return {label: count for label, count in counts.items() if count}


def is_seeded(model) -> bool:
    return model._meta.label in SEEDED | NOT_KEPT


def rows_of(model) -> Iterator[list]:
    """A table row by row in the order of its keys, each value as JSON holds it."""
    has_blobs = any(field.get_internal_type() == "BinaryField" for field in columns(model))
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in columns(model)))
    for row in rows.iterator(chunk_size=BLOBS_AT_ONCE if has_blobs else ROWS_AT_ONCE):
        yield [*map(plain, row)]


class Sum:
    """What rows add up to, whatever order a database keeps the names inside of a document in."""

    def __init__(self):
        self.digest, self.rows = hashlib.sha256(), 0

    def add(self, row: list) -> None:
        self.digest.update(json.dumps(even(row), sort_keys=True).encode())
        self.rows += 1

    def figures(self, model) -> Figures:
        return Figures(self.rows, self.digest.hexdigest(), key_of(model))


def figures_of(model) -> Figures:
    """What a table adds up to as it stands."""
    total = Sum()
    for row in rows_of(model):
        total.add(row)
    return total.figures(model)


def key_of(model) -> int | None:
    field = model._meta.auto_field
    return last_key(model._meta.db_table, field.column) if field else None


def plain(value):
    """One value as JSON holds it, the same whichever database it comes from."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    is_json = value is None or isinstance(value, str | int | float | dict | list)
    return value if is_json else str(value)


def even(document):
    """A JSON document with its numbers as both databases give them back: PostgreSQL writes 1e16 as a whole number."""
    if isinstance(document, dict):
        return {name: even(value) for name, value in document.items()}
    if isinstance(document, list):
        return [even(value) for value in document]
    if isinstance(document, float) and abs(document) >= LARGEST_EXACT and document.is_integer():
        return int(document)
    return document
