"""What becomes of the files of imports: kept as long as somebody may want them back, then deleted. The rows stay."""

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from kam.choices import ImportState
from kam.imports.constants import KEPT_DAYS, STRAY_SECONDS
from kam.models import ImportBatch, ImportJob
from kam.models.imports import UNDO_DAYS, UNFINISHED, imports_folder
from kam.notes import Note as _
from kam.notes import kept


def purge_files() -> int:
    """Delete the folders of imports that are past their time, and those that no import owns; how many went."""
    deadline = timezone.now() - timedelta(days=KEPT_DAYS)
    give_up(ImportJob.objects.filter(state__in=(ImportState.MAPPING, ImportState.CHECKED), created_at__lt=deadline))
    wanted = Q(state__in=UNFINISHED) | Q(created_at__gte=deadline) | Q(finished_at__gte=deadline)
    kept = set(ImportJob.objects.filter(wanted).values_list("folder", flat=True))
    gone = [folder for folder in folders() if folder.name not in kept and is_old(folder)]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone)


def forget_undo() -> int:
    """Delete what would take imports back whose days for it are over; how many batches went."""
    deadline = timezone.now() - timedelta(days=UNDO_DAYS)
    over = ImportJob.objects.exclude(state__in=UNFINISHED).filter(finished_at__lt=deadline)
    return ImportBatch.objects.filter(job__in=over).delete()[0]


def give_up(jobs) -> None:
    """End imports that nobody ever started."""
    message = _("Nobody started the import for %(days)s days.") % {"days": KEPT_DAYS}
    jobs.update(state=ImportState.CANCELLED, finished_at=timezone.now(), message=kept([message]))


def folders() -> list[Path]:
    return [path for path in imports_folder().glob("*") if path.is_dir()]


def is_old(folder: Path) -> bool:
    """Whether no upload can still be on its way into ``folder``: the row of an import is written after its file."""
    return folder.stat().st_mtime < time.time() - STRAY_SECONDS
