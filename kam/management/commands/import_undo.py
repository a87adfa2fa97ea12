"""``manage.py import_undo ID`` (or ``last``): take a finished import back, in this process."""

import json

from django.core.management.base import BaseCommand, CommandError

from kam.choices import ImportState
from kam.imports.command import finish_undo
from kam.imports.errors import ImportRefused
from kam.imports.undoing import KEPT_REASONS
from kam.models import ImportJob
from kam.notes import words
from users.models import User


class Command(BaseCommand):
    help = "Take back what an import of the last seven days has written."

    def add_arguments(self, parser):
        parser.add_argument("id", help="the number of the import, as its page's address shows it, or: last")
        parser.add_argument("--user", default="", help="with the rights of this user")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args, **options):
        by = User.objects.filter(username=options["user"]).first()
        if options["user"] and by is None:
            raise CommandError(f"There is no user {options['user']}.")
        job = self._job(options["id"], by)
        if job is None:
            raise CommandError("There is no such import.")
        try:
            finish_undo(job, by=by)
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        self._report(job, as_json=options["json"])
        if job.state != ImportState.UNDONE:
            raise CommandError(words(job.message) or job.state_text)

    @staticmethod
    def _job(number: str, by: User | None) -> ImportJob | None:
        jobs = ImportJob.objects.visible_to(by) if by else ImportJob.objects.all()
        if number == "last":
            return jobs.filter(state=ImportState.DONE).order_by("pk").last()
        return jobs.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None

    def _report(self, job: ImportJob, *, as_json: bool) -> None:
        kept = job.summary.get("kept", [])
        if as_json:
            self.stdout.write(json.dumps({"import": job.pk, "state": job.state, "kept": kept}, ensure_ascii=False))
            return
        self.stdout.write(f"{job}: {job.state_text}")
        for one in kept:
            self.stdout.write(f"stayed: {one['name']} ({KEPT_REASONS[one['reason']]})")
