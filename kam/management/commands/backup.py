"""``manage.py backup``: database and files as one file, while everybody works on."""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from kam.backup.contents import app_version
from kam.backup.writing import write_backup


class Command(BaseCommand):
    help = "Write database and files into one backup; `-` writes it to the standard output"

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", help="where to; var/backups/ with version and time when left out")

    def handle(self, *, file, **options) -> None:
        if file == "-":
            write_backup(sys.stdout.buffer)
            return
        path = Path(file) if file else default_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            manifest = write_backup(target)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
        rows = sum(table["rows"] for table in manifest["tables"].values())
        size = path.stat().st_size
        self.stdout.write(f"{path}: {rows} rows, {len(manifest['files'])} files, {size / 1e6:.1f} MB")


def default_path() -> Path:
    return Path(settings.VAR_DIR) / "backups" / f"kam-{app_version()}-{timezone.now():%Y%m%dT%H%M%SZ}.tar.gz"
