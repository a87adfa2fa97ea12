"""A migrated SQLite file, kept between runs of the suite: copying it takes no time, migrating seven seconds.

It is named by a hash over all migrations, and holds no row that the code seeds: each run seeds its own.
"""

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / ".pytest_cache" / "databases"
SEEDED = ("core.ConfigurationVersion", "accounts.Tier", "django_celery_beat.PeriodicTask")
KEPT = 3


def template() -> Path:
    """Where the file of the migrations of now is, or would be."""
    digest = hashlib.sha256((Path(settings.BASE_DIR) / "requirements.txt").read_bytes())
    for path in sorted(Path(settings.BASE_DIR).glob("*/migrations/*.py")):
        digest.update(str(path).encode() + path.read_bytes())
    return FOLDER / f"{digest.hexdigest()[:20]}.sqlite3"


def restore(name: str) -> bool:
    """Put a copy of the kept file at ``name``; False when there is none to copy."""
    if not template().exists():
        return False
    shutil.copyfile(template(), name)
    return True


def keep(name: str) -> None:
    """Keep the migrated database at ``name`` for the next runs, and the newest few of earlier ones."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    partial = FOLDER / f"partial-{os.getpid()}"
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(name)) as source:
        source.execute("VACUUM INTO ?", [str(partial)])
    with closing(sqlite3.connect(partial)) as copy, copy:
        for label in SEEDED:
            copy.execute(f'DELETE FROM "{apps.get_model(label)._meta.db_table}"')
    partial.replace(template())
    for old in sorted(FOLDER.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)
