"""What a worker does with an import: check, write, take back; from wherever the last worker left it."""

import structlog
from django.utils import timezone, translation

from kam.choices import ImportState
from kam.imports import checking, rejects, writing
from kam.imports.constants import ATTEMPTS_MAX
from kam.imports.contexts import context_of, stage_path, undo_context_of
from kam.imports.errors import FileRefused
from kam.imports.hints import queue_import
from kam.imports.kinds import KINDS, may_use
from kam.imports.kinds.base import Context
from kam.imports.leases import Interrupted, begin_writing, claim, new_lease, release, renew, waiting_for_work
from kam.imports.permissions import can_import
from kam.imports.staging import open_stage
from kam.imports.telling import tell_end
from kam.models import ImportJob
from kam.models.imports import UNFINISHED
from kam.notes import Note, kept
from kam.notes import Note as _

logger = structlog.get_logger(__name__)


def work_on(job_id: int) -> None:
    """Do what is to be done for one import, if nobody else does it already."""
    job = claim(job_id)
    if job is None:
        return
    with translation.override(job.user.language if job.user else translation.get_language()):
        try:
            _work(job)
        except Interrupted:
            _after_interruption(job)
        except Exception as error:
            logger.exception("import_failed", job=job.pk, error=type(error).__name__)
            if job.is_undo:
                _lay_undo_down(job, _("An unexpected error stopped the work. What is left can be taken back again."))
                return
            _take_back(job, ImportState.FAILED, _("An unexpected error stopped the import. Nothing was kept."))


def _work(job: ImportJob) -> None:
    if job.is_undo:
        _undo(job)
    elif job.is_cancel_requested:
        _take_back(job, ImportState.CANCELLED, None)
    elif job.attempt > ATTEMPTS_MAX:
        _take_back(job, ImportState.FAILED, _("The work was interrupted too often. Nothing was kept."))
    elif not _may(job):
        _take_back(job, ImportState.FAILED, _("The user may not import any more. Nothing was kept."))
    elif job.state == ImportState.CHECKING:
        _check(job)
    elif begin_writing(job):
        _write(job)
    else:
        release(job)


def _may(job: ImportJob) -> bool:
    user = context_of(job).user
    return can_import(user) and may_use(user, job.kind)


def _check(job: ImportJob) -> None:
    try:
        figures = checking.check(job, beat=lambda read: renew(job, read_count=read))
    except FileRefused as refused:
        release(job, state=ImportState.FAILED, message=kept(refused.args), finished_at=timezone.now())
        return
    with open_stage(stage_path(job)) as stage:
        summary = checking.summarise(stage)
        summary["preview"] = KINDS[job.kind]().preview(checking.preview_groups(stage), context_of(job))
    rejects.write_rejects(job)
    release(
        job,
        state=ImportState.CHECKED,
        read_count=figures.pop("read"),
        accepted_count=summary.pop("accepted"),
        rejected_count=summary.pop("rejected"),
        warning_count=summary.pop("warnings"),
        object_count=summary.pop("objects"),
        summary=job.summary | summary | figures,
        cursor=None,
    )


def _write(job: ImportJob) -> None:
    try:
        is_complete = writing.write(job)
    except writing.NotAllowedAnyMore:
        _take_back(job, ImportState.FAILED, _("The user may not import any more. Nothing was kept."))
        return
    if not is_complete:
        release(job)
        queue_import(job.pk)
        return
    _finish(job)


def _finish(job: ImportJob) -> None:
    with open_stage(stage_path(job)) as stage:
        rejected = stage.count("SELECT count(*) FROM rejected")
        errors = checking.error_figures(stage)
    if rejected != job.rejected_count:
        rejects.write_rejects(job)
    tell_end(job, ImportState.DONE)
    release(
        job,
        state=ImportState.DONE,
        rejected_count=rejected,
        accepted_count=job.read_count - rejected,
        summary=job.summary | {"errors_by_reason": errors},
        finished_at=timezone.now(),
    )
    stage_path(job).unlink(missing_ok=True)
    queue_waiting()


def _after_interruption(job: ImportJob) -> None:
    """Cancelled: take everything back. Taken over by another worker: nothing to do any more."""
    if ImportJob.objects.filter(pk=job.pk, worker=job.worker, is_cancel_requested=True).exists():
        _take_back(job, ImportState.CANCELLED, None)


def _take_back(job: ImportJob, state: str, message: Note | None) -> None:
    """Leave nothing of an import that does not come to its end."""
    if not _undo_batches(job, undo_context_of(job)):
        return
    if state == ImportState.FAILED:
        tell_end(job, state)
    release(
        job,
        state=state,
        message=kept([*([message] if message else []), *_stayed(job)]),
        finished_at=timezone.now(),
        created_count=0,
        updated_count=0,
        unchanged_count=0,
        written_count=0,
    )
    queue_waiting()


def _undo(job: ImportJob) -> None:
    """Take back an import that had ended well, for the person who asked."""
    context = undo_context_of(job)
    if job.attempt > ATTEMPTS_MAX:
        _lay_undo_down(job, _("The work was interrupted too often. What is left can be taken back again."))
    elif not can_import(context.user):
        _lay_undo_down(job, _("The user may not import any more. Nothing more was taken back."))
    elif not begin_writing(job):
        release(job)
    elif _undo_batches(job, context):
        release(job, state=ImportState.UNDONE, is_undo=False, undone_at=timezone.now(), message=kept(_stayed(job)))
        queue_waiting()


def _lay_undo_down(job: ImportJob, message: Note) -> None:
    release(job, state=ImportState.DONE, is_undo=False, message=kept([message]))
    queue_waiting()


def _stayed(job: ImportJob) -> list[Note]:
    count = job.summary.get("kept_count", 0)
    return [_("%(count)s records stay because they were changed or used since.") % {"count": count}] if count else []


def _undo_batches(job: ImportJob, context: Context) -> bool:
    """Take back what was written; False when somebody else has taken the work over."""

    def beat() -> None:
        rows = ImportJob.objects.filter(pk=job.pk, worker=job.worker, state__in=UNFINISHED)
        if not rows.update(lease_until=new_lease(), heartbeat_at=timezone.now(), attempt=1, summary=job.summary):
            raise Interrupted

    try:
        writing.undo(job, context, beat)
    except Interrupted:
        return False
    return True


def queue_waiting() -> None:
    """Send the hints again for imports that nobody works on: the sweeper's part, and after each finished import."""
    for job_id in waiting_for_work().values_list("pk", flat=True):
        queue_import(job_id)
