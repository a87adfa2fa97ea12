"""``manage.py restore``: the whole installation from a backup, all of it or nothing."""

import sys

from django.core.management.base import BaseCommand, CommandError

from kam.backup.contents import BackupRefused
from kam.backup.reading import restore_backup


class Command(BaseCommand):
    help = "Restore database and files from a backup into a new database; `-` reads it from the standard input"
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--replace", action="store_true", help="lose what the database and the files hold now")

    def handle(self, *, file, replace, **options) -> None:
        try:
            with sys.stdin.buffer if file == "-" else open(file, "rb") as source:
                manifest = restore_backup(source, is_replacing=replace)
        except (BackupRefused, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in manifest["tables"].values())
        self.stdout.write(f"Restored and proven: {rows} rows, {len(manifest['files'])} files. Everybody signs in anew.")
