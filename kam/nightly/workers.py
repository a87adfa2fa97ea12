"""One worker, one shard: claim it, do it, say how it ended, and open what comes next."""

from collections.abc import Callable, Sequence

import structlog
from django.db.models import F

from core.database import long_statements
from kam.choices import WorkState
from kam.models import Run, RunError, RunShard
from kam.nightly.constants import MAX_ATTEMPTS, MAX_FAILURES, RETRY_DELAY_SECONDS
from kam.nightly.leases import Heartbeat, Interrupted, claim, held
from kam.nightly.permissions import may_go_on
from kam.nightly.runner import Queue, advance
from kam.nightly.steps import Outcome, Step, Work, step_named
from kam.notes import Note as _
from kam.notes import kept

logger = structlog.get_logger(__name__)

MESSAGE_LENGTH = 500


def work_on(shard_id: int, *, steps: Sequence[Step], queue: Queue, also: Callable[[], None] | None = None) -> bool:
    """Work on one shard; False when it is done, or another's. Its errors end up in the row, not with the caller."""
    shard = claim(shard_id)
    if shard is None:
        return False
    run = shard.step.run
    if not may_go_on(run):
        Run.objects.filter(pk=run.pk).update(
            is_cancel_requested=True, message=kept([_("Who started this run may no longer do so.")])
        )
    elif shard.attempt > MAX_ATTEMPTS:
        note = _("given up after %(count)s attempts") % {"count": MAX_ATTEMPTS}
        held(shard).update(state=WorkState.FAILED, message=kept([note]))
    else:
        do(shard, step_named(steps, shard.step.name), queue, also)
    if Run.objects.filter(pk=run.pk, is_cancel_requested=True).exists():
        held(shard).update(state=WorkState.CANCELLED)
    advance(run.pk, steps=steps, queue=queue)
    return True


def do(shard: RunShard, step: Step, queue: Queue, also: Callable[[], None] | None) -> None:
    """Call the step's function under a heartbeat and keep how it ended. Only the holder of the lease writes."""
    try:
        with Heartbeat(shard, also=also) as heartbeat, long_statements():
            outcome = step.work(told(shard, step, heartbeat))
        finish(shard, outcome)
    except Interrupted:
        logger.info("shard_interrupted", shard=str(shard))
    except Exception as error:
        fail(shard, error, queue)
    except BaseException:
        held(shard).update(state=WorkState.WAITING, queued_at=None)
        raise


def told(shard: RunShard, step: Step, heartbeat: Heartbeat) -> Work:
    """What the step's function is told about ``shard``."""
    run = shard.step.run
    return Work(
        as_of=run.as_of,
        shard=shard.number if step.is_sharded else None,
        shard_size=run.shard_size,
        configuration=run.configuration,
        is_historic=run.is_historic,
        account_ids=run.account_ids,
        check=heartbeat.check,
        record_error=lambda account_id, message: record_error(run, step.name, account_id, message),
    )


def finish(shard: RunShard, outcome: Outcome) -> None:
    """Mark a shard as done with what it counted."""
    held(shard).update(state=WorkState.DONE, row_count=outcome.rows, result=outcome.figures, message="")


def fail(shard: RunShard, error: Exception, queue: Queue) -> None:
    """Hand a shard back to be tried again later, or end it when it has failed too often."""
    failures = shard.failure_count + 1
    is_final = failures >= MAX_FAILURES
    changed = held(shard).update(
        state=WorkState.FAILED if is_final else WorkState.WAITING,
        failure_count=F("failure_count") + 1,
        message=error_text(error),
    )
    log = logger.error if is_final else logger.warning
    log("shard_failed", shard=str(shard), attempt=shard.attempt, exc_info=error)
    if changed and not is_final:
        queue([shard.pk], delay_seconds=RETRY_DELAY_SECONDS * failures)


def error_text(error: Exception) -> str:
    """An error as an admin reads it, of bounded length."""
    return f"{type(error).__name__}: {error}"[:MESSAGE_LENGTH]


def record_error(run: Run, step_name: str, account_id: int, message: str) -> None:
    """Note an account whose data stopped a step; noting it again, after a retry, changes nothing."""
    RunError.objects.update_or_create(
        run=run, step_name=step_name, account_id=account_id, defaults={"message": message[:MESSAGE_LENGTH]}
    )
