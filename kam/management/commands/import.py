"""``manage.py import KIND FILE``: the import without the wizard; the same code, in this process."""

import json
import resource
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from kam.choices import ImportState
from kam.imports.command import finish_import, prepare_import
from kam.imports.errors import FileRefused, ImportRefused
from kam.imports.kinds import KINDS
from kam.imports.reasons import text_of
from kam.imports.rejects import rejects_path
from kam.notes import words
from users.models import User


def peak_kib() -> int:
    """The most memory that this process, or the one that read the workbook, ever held."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


class Command(BaseCommand):
    help = "Import accounts or orders from a CSV (also .gz) or .xlsx file."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=KINDS)
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")
        parser.add_argument("--no-create", action="store_true", help="reject lines of unknown accounts")
        parser.add_argument("--currency", default="", help="currency of a file without a currency column")
        parser.add_argument("--mapping", default="", help="columns by hand: field=Header,field=Header")
        parser.add_argument("--user", default="", help="import with the rights of this user")
        parser.add_argument("--dry-run", action="store_true", help="check the whole file, write nothing")

    def handle(self, *args, **options):
        began = time.monotonic()
        try:
            job = prepare_import(
                user=self._user(options["user"]),
                kind=options["kind"],
                path=options["file"],
                mapping=options["mapping"],
                currency=options["currency"],
                is_creating_accounts=not options["no_create"],
            )
            if not options["dry_run"]:
                finish_import(job)
        except (FileRefused, ImportRefused, OSError) as error:
            raise CommandError(str(error)) from error
        job.refresh_from_db()
        self._report(job, seconds=time.monotonic() - began, as_json=options["json"])
        if job.state not in (ImportState.DONE, ImportState.CHECKED):
            raise CommandError(words(job.message) or str(job.get_state_display()))

    @staticmethod
    def _user(username: str) -> User | None:
        if not username:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username}.")
        return user

    def _report(self, job, *, seconds: float, as_json: bool) -> None:
        figures = {
            "kind": job.kind,
            "read": job.read_count,
            "accepted": job.accepted_count,
            "rejected": job.rejected_count,
            "created": job.created_count,
            "updated": job.updated_count,
            "unchanged": job.unchanged_count,
            "warnings": job.warning_count,
            "seconds": round(seconds, 1),
            "peak_mib": round(peak_kib() / 1024, 1),
        }
        if as_json:
            self.stdout.write(json.dumps(figures))
            return
        self.stdout.write(f"    import  {job.pk}")
        for name, value in figures.items():
            self.stdout.write(f"{name:>10}  {value}")
        for error in job.summary.get("errors_by_reason", []):
            self.stdout.write(f"rejected {error['count']}: {text_of(error['reason'])} ({error['column']})")
        if rejects_path(job).exists():
            self.stdout.write(f"rejected rows: {rejects_path(job)}")
