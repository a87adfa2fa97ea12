"""The life of an import: brought, mapped, checked, started, cancelled. The work itself is in `work`."""

import hashlib
import secrets
import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from kam.choices import ImportState
from kam.imports.constants import SAMPLE_CHARACTERS, SHOWN_SAMPLES
from kam.imports.errors import FileRefused, ImportRefused
from kam.imports.fields import DATED
from kam.imports.headers import guess_columns
from kam.imports.hints import queue_import
from kam.imports.kinds import KINDS, may_use
from kam.imports.kinds.columns import ONE_OF
from kam.imports.memory import columns_in, recall_columns, remember_columns
from kam.imports.readers import Layout, detect_layout, read_sample
from kam.imports.values import date_order
from kam.models import ImportJob
from kam.models.imports import UNDO_DAYS


def receive_file(*, user, kind: str, name: str, chunks, upload_key: UUID | None = None) -> ImportJob:
    """Keep a file under a random name, find how it is read and guess its columns. Nothing is checked yet.

    The same ``upload_key`` a second time gives the import of the first. Raises FileRefused, with nothing kept, and
    ImportRefused for a kind of file that the user may not bring.
    """
    if user and not may_use(user, kind):
        raise ImportRefused(_("Only an administrator may import this."))
    job = ImportJob(kind=kind, user=user, file_name=Path(name).name[:200], upload_key=upload_key)
    if upload_key and (earlier := ImportJob.objects.filter(user=user, upload_key=upload_key).first()):
        return earlier
    job.folder = secrets.token_hex(16)
    job.path.mkdir(parents=True)
    try:
        job.size_bytes, job.source_hash = _store(job.source, chunks)
        _look_at(job, detect_layout(job.source, name))
        with transaction.atomic():
            job.save()
            audit.record(user, "import.received", job, file=job.file_name, kind=kind)
    except IntegrityError:
        shutil.rmtree(job.path, ignore_errors=True)
        return ImportJob.objects.get(user=user, upload_key=upload_key)
    except BaseException:
        shutil.rmtree(job.path, ignore_errors=True)
        raise
    return job


def _store(path: Path, chunks) -> tuple[int, str]:
    """Size and fingerprint of what was stored."""
    size, digest = 0, hashlib.sha256()
    with open(path, "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.IMPORT_MAX_BYTES:
                limit = settings.IMPORT_MAX_BYTES // 1024 // 1024
                raise FileRefused(_("The file is larger than %(size)s MB.") % {"size": limit})
            digest.update(chunk)
            file.write(chunk)
    path.chmod(0o640)
    return size, digest.hexdigest()


def _look_at(job: ImportJob, layout: Layout) -> None:
    """Set headers, mapping and date order as guessed for ``layout``."""
    headers, rows = read_sample(job.source, layout)
    guesses = guess_columns(headers, rows, KINDS[job.kind].fields)
    job.layout = {**layout.__dict__, "sheets": list(layout.sheets)}
    job.headers = headers
    job.mapping = {key: guess.index for key, guess in guesses.items()}
    job.summary = {
        "confidence": {key: guess.confidence for key, guess in guesses.items()},
        "samples": [_samples(rows, index) for index in range(len(headers))],
    }
    job.options = job.options | {"date_order": _date_order(job, rows)}
    _recall(job)


def _recall(job: ImportJob) -> None:
    """Propose what was chosen last time for a file with these headers; what the dates of the file say comes first."""
    remembered = recall_columns(job)
    if remembered is None:
        return
    fields = {field.key for field in KINDS[job.kind].fields}
    job.mapping = {key: index for key, index in columns_in(remembered, job.headers).items() if key in fields}
    shown = {name: value for name, value in job.options.items() if name == "date_order" and value}
    job.options = job.options | remembered.options | shown
    is_own = remembered.user_id == job.user_id
    job.summary |= {"remembered": {"on": remembered.used_at.isoformat(), "is_own": is_own}, "confidence": {}}


def _samples(rows: list[list[str]], index: int) -> list[str]:
    """The first different values of a column, shortened."""
    values = dict.fromkeys(row[index].strip()[:SAMPLE_CHARACTERS] for row in rows if row[index].strip())
    return list(values)[:SHOWN_SAMPLES]


def _date_order(job: ImportJob, rows: list[list[str]]) -> str:
    dates = [field.key for field in KINDS[job.kind].fields if field.type in DATED and field.key in job.mapping]
    return date_order([row[job.mapping[key]].strip() for key in dates for row in rows])


def change_layout(*, job: ImportJob, encoding: str, delimiter: str, sheet: str) -> None:
    """Read the file in another way and guess its columns anew. Raises FileRefused, ImportRefused."""
    layout = Layout(**(job.layout | {"sheets": tuple(job.layout["sheets"])}))
    layout = Layout(layout.format, encoding or layout.encoding, delimiter or layout.delimiter, sheet or layout.sheet,
                    layout.sheets)  # fmt: skip
    _look_at(job, layout)
    _set(job, (ImportState.MAPPING, ImportState.CHECKED), state=ImportState.MAPPING, layout=job.layout,
         headers=job.headers, mapping=job.mapping, summary=job.summary, options=job.options)  # fmt: skip


def missing_fields(kind: str, mapping: dict[str, int]) -> list[str]:
    """Labels of the fields without which this kind of file cannot be read."""
    fields = {field.key: field for field in KINDS[kind].fields}
    missing = [str(field.label) for field in fields.values() if field.is_required and field.key not in mapping]
    for keys in ONE_OF[kind]:
        if not set(keys) & mapping.keys():
            missing.append(str(_(" or ").join(str(fields[key].label) for key in keys)))
    if kind == "orders" and "unit_price" in mapping and not {"amount", "quantity"} & mapping.keys():
        missing.append(str(fields["quantity"].label))
    return missing


@transaction.atomic
def start_check(*, job: ImportJob, mapping: dict[str, int], options: dict, is_queued: bool = True) -> None:
    """Have the whole file checked with these columns. Raises ImportRefused when columns are missing."""
    if missing := missing_fields(job.kind, mapping):
        raise ImportRefused(_("Choose a column for: %(fields)s.") % {"fields": ", ".join(missing)})
    states = (ImportState.MAPPING, ImportState.CHECKED)
    remember_columns(ImportJob(kind=job.kind, user=job.user, headers=job.headers, mapping=mapping, options=options))
    _set(job, states, state=ImportState.CHECKING, mapping=mapping, options=job.options | options, message="",
         read_count=0, attempt=0, lease_until=None)  # fmt: skip
    if is_queued:
        transaction.on_commit(lambda: queue_import(job.pk))


def reopen_mapping(*, job: ImportJob) -> None:
    """Go back from the preview to the choice of columns. Raises ImportRefused."""
    _set(job, (ImportState.CHECKED,), state=ImportState.MAPPING)


@transaction.atomic
def start_writing(*, job: ImportJob, is_queued: bool = True) -> None:
    """Put a checked import in the queue for writing; a second call changes nothing. Raises ImportRefused."""
    if job.state in (ImportState.WAITING, ImportState.RUNNING, ImportState.DONE):
        return
    _set(job, (ImportState.CHECKED,), state=ImportState.WAITING, attempt=0, lease_until=None)
    audit.record(job.user, "import.started", job, lines=job.accepted_count)
    if is_queued:
        transaction.on_commit(lambda: queue_import(job.pk))


def cancel_import(*, job: ImportJob) -> None:
    """Stop an import; what it has written is taken back by the worker. Raises ImportRefused when it has ended."""
    quiet = (ImportState.MAPPING, ImportState.CHECKED)
    if ImportJob.objects.filter(pk=job.pk, state__in=quiet).update(
        state=ImportState.CANCELLED, finished_at=timezone.now()
    ):
        job.refresh_from_db()
        return
    if job.is_undo:
        raise ImportRefused(_("The import is being taken back already."))
    busy = (ImportState.CHECKING, ImportState.WAITING, ImportState.RUNNING)
    _set(job, busy, is_cancel_requested=True)
    transaction.on_commit(lambda: queue_import(job.pk))


@transaction.atomic
def start_undo(*, job: ImportJob, by=None, is_queued: bool = True) -> None:
    """Have everything that a finished import wrote taken back; a second call changes nothing.

    Raises ImportRefused when its days are over, or when it wrote nothing.
    """
    if job.is_undo or job.state == ImportState.UNDONE:
        return
    if not job.can_be_undone:
        raise ImportRefused(_("Only what an import has written in the last %(days)s days can be taken back.")
                            % {"days": UNDO_DAYS})  # fmt: skip
    summary = job.summary | {"undo_batches": job.batches.count(), "kept": [], "kept_count": 0}
    _set(job, (ImportState.DONE,), state=ImportState.WAITING, is_undo=True, undone_by=by, attempt=0, lease_until=None,
         message="", summary=summary)  # fmt: skip
    audit.record(by, "import.undo", job, file=job.file_name, created=job.created_count, updated=job.updated_count)
    if is_queued:
        transaction.on_commit(lambda: queue_import(job.pk))


def _set(job: ImportJob, states: tuple[str, ...], **values) -> None:
    """Change the job if it is still in one of ``states``. Raises ImportRefused."""
    if not ImportJob.objects.filter(pk=job.pk, state__in=states).update(**values):
        raise ImportRefused(_("The import is in another state meanwhile. Reload the page."))
    job.refresh_from_db()
