"""An import from the command line: received, checked and written by the process that was asked."""

import json
import time
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from kam.choices import ImportState
from kam.imports import services, work
from kam.imports.errors import ImportRefused
from kam.imports.fields import CURRENCY
from kam.imports.kinds import KINDS
from kam.imports.leases import waiting_for_work
from kam.imports.permissions import can_import
from kam.models import ImportJob

CHUNK = 1024 * 1024
WAIT_SECONDS = 1.0


def prepare_import(
    *, user, kind: str, path: Path, mapping: str, currency: str, is_creating_accounts: bool
) -> ImportJob:
    """Receive and check the file at ``path``. Raises FileRefused, ImportRefused, OSError."""
    if user and not can_import(user):
        raise ImportRefused(_("This user may not import."))
    if currency and not CURRENCY.fullmatch(currency):
        raise ImportRefused(_("A currency has a code of three letters"))
    with open(path, "rb") as file:
        chunks = iter(lambda: file.read(CHUNK), b"")
        job = services.receive_file(user=user, kind=kind, name=path.name, chunks=chunks)
    columns = job.mapping | chosen_columns(job, mapping)
    options = {"currency": currency, "is_creating_accounts": is_creating_accounts}
    services.start_check(job=job, mapping=columns, options=options, is_queued=False)
    work.work_on(job.pk)
    job.refresh_from_db()
    return job


def chosen_columns(job: ImportJob, text: str) -> dict[str, int]:
    """``field=Header,field=Header`` or the same as a JSON object → field key → column. Raises ImportRefused."""
    if not text:
        return {}
    try:
        pairs = json.loads(text) if text.startswith("{") else dict(part.split("=", 1) for part in text.split(","))
    except ValueError as error:
        raise ImportRefused(_("Write the columns as field=Header,field=Header.")) from error
    known = {field.key for field in KINDS[job.kind].fields}
    if unknown := [name for name, header in pairs.items() if name not in known or header not in job.headers]:
        raise ImportRefused(_("Unknown field or header: %(names)s.") % {"names": ", ".join(unknown)})
    return {name: job.headers.index(header) for name, header in pairs.items()}


def finish_import(job: ImportJob) -> None:
    """Write a checked import here and now; an import that lost its worker, or one at work, goes first."""
    if job.state != ImportState.CHECKED:
        return
    services.start_writing(job=job, is_queued=False)
    _work_to_the_end(job)


def finish_undo(job: ImportJob, *, by=None) -> None:
    """Take a finished import back here and now. Raises ImportRefused."""
    services.start_undo(job=job, by=by, is_queued=False)
    _work_to_the_end(job)


def _work_to_the_end(job: ImportJob) -> None:
    while not job.is_finished:
        for job_id in list(waiting_for_work().order_by("pk").values_list("pk", flat=True)):
            work.work_on(job_id)
        job.refresh_from_db()
        if not job.is_finished:
            connection.close_if_unusable_or_obsolete()
            time.sleep(WAIT_SECONDS)
