"""The names inside of a backup, and what its first and last member say about it."""

import tomllib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
HEAD, MANIFEST, TABLES, FILES = "head.json", "manifest.json", "tables/", "files/"


class BackupRefused(Exception):
    """This backup cannot be restored here; the text says why and what to do."""


@dataclass(frozen=True)
class Head:
    """Where a backup comes from: read before anything is changed."""

    format: int
    version: str
    made_at: str
    database: str
    migrations: list[list[str]]

    def as_dict(self) -> dict:
        return asdict(self)


def app_version() -> str:
    """The version of the product, as `pyproject.toml` has it."""
    text = (settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf8")
    return tomllib.loads(text)["project"]["version"]


def applied_migrations() -> list[list[str]]:
    return sorted(map(list, MigrationRecorder(connection).applied_migrations()))


def own_head() -> Head:
    """The head of a backup made here and now."""
    return Head(FORMAT, app_version(), datetime.now(UTC).isoformat(), connection.vendor, applied_migrations())


def release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
