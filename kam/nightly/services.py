"""Starting, steering and recovering nightly runs."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from core import versions
from core.periods import last_full_day
from kam.choices import RunTrigger, WorkState
from kam.models import Run, RunShard, RunStep, Sweep
from kam.nightly.catch_up import next_night
from kam.nightly.constants import CATCH_UP_NIGHTS, HISTORIC_AFTER_DAYS
from kam.nightly.hints import queue_shards
from kam.nightly.runner import Queue, advance
from kam.nightly.schedule import nightly_schedule
from kam.nightly.selectors import active_run, first_configuration, past_nights
from kam.nightly.sequence import STEPS
from kam.nightly.steps import Step


class RunRefused(Exception):
    """The run cannot be started or changed as asked; the text says why."""


def start_run(
    *,
    as_of: date | None = None,
    trigger: RunTrigger = RunTrigger.SCHEDULE,
    requested_by=None,
    is_current_configuration: bool = False,
    shard_size: int | None = None,
    account_ids: list[int] | None = None,
    steps: Sequence[Step] = STEPS,
    queue: Queue = queue_shards,
) -> tuple[Run, bool]:
    """Start the run for ``as_of`` (yesterday when left out), or return the run that is under way and False.

    The database lets only one run be unfinished, whoever starts it. Raises RunRefused for a day that is not over.
    """
    as_of = as_of or last_full_day()
    if as_of > last_full_day():
        raise RunRefused(_("A night can only be computed for a day that is over."))
    try:
        run = create_run(
            as_of=as_of,
            trigger=trigger,
            requested_by=requested_by,
            is_current_configuration=is_current_configuration,
            shard_size=shard_size or settings.SHARD_SIZE,
            account_ids=account_ids,
            steps=steps,
        )
    except IntegrityError:
        return Run.objects.latest("pk"), False
    transaction.on_commit(lambda: advance(run.pk, steps=steps, queue=queue))
    return run, True


@transaction.atomic
def create_run(*, as_of: date, is_current_configuration: bool, steps: Sequence[Step], **fields) -> Run:
    """Write a run and its steps. Raises IntegrityError while another run is unfinished."""
    pinned = None if is_current_configuration else first_configuration(as_of)
    run = Run.objects.create(
        as_of=as_of,
        is_historic=is_historic(as_of),
        is_current_configuration=is_current_configuration,
        configuration=pinned or versions.pin(),
        **fields,
    )
    RunStep.objects.bulk_create(
        RunStep(run=run, name=step.name, position=position) for position, step in enumerate(steps)
    )
    return run


def is_historic(as_of: date) -> bool:
    """Whether a run for ``as_of`` only looks back: no tasks, and alerts only for the record."""
    return as_of < last_full_day() - timedelta(days=HISTORIC_AFTER_DAYS)


def shard_size_for(shard_count: int) -> int:
    """The shard size that cuts the present accounts into ``shard_count`` shards."""
    highest = Account.objects.aggregate(highest=Max("pk"))["highest"] or 0
    return math.ceil((highest + 1) / shard_count)


def repair_run(run: Run, *, requested_by) -> tuple[Run, bool]:
    """Compute again, for the day of ``run``, the accounts whose data stopped a step. Raises RunRefused without any."""
    account_ids = sorted(set(run.errors.filter(is_resolved=False).values_list("account_id", flat=True)))
    if not account_ids:
        raise RunRefused(_("No account of this run is waiting for repair."))
    return start_run(
        as_of=run.as_of,
        trigger=RunTrigger.PERSON,
        requested_by=requested_by,
        shard_size=run.shard_size,
        account_ids=account_ids,
    )


def request_cancel(run: Run, *, steps: Sequence[Step] = STEPS) -> None:
    """Ask a run to end; what is being worked on ends at its next batch. Raises RunRefused when it has ended."""
    if not Run.objects.active().filter(pk=run.pk).update(is_cancel_requested=True):
        raise RunRefused(_("This run has already ended."))
    advance(run.pk, steps=steps, queue=queue_shards)


def sweep(*, steps: Sequence[Step] = STEPS, queue: Queue = queue_shards) -> None:
    """Find work that lost its worker or its message, and queue it again; note that the sweep came round."""
    now = timezone.now()
    Sweep.objects.update_or_create(name="nightly", defaults={"swept_at": now})
    run = active_run()
    if run is None or (run.driven_until and run.driven_until > now):
        return
    advance(run.pk, steps=steps, queue=queue)
    queue(lost_shards(run))


def start_due_night(*, steps: Sequence[Step] = STEPS, queue: Queue = queue_shards) -> Run | None:
    """Start the night that is due by the schedule, if there is one, nothing is running and the schedule is on."""
    schedule = nightly_schedule()
    if not schedule.is_enabled or active_run():
        return None
    newest = last_full_day() if schedule.has_passed() else last_full_day() - timedelta(days=1)
    as_of = next_night(past_nights(), newest=newest, limit=CATCH_UP_NIGHTS, now=timezone.now())
    return start_run(as_of=as_of, steps=steps, queue=queue)[0] if as_of else None


def lost_shards(run: Run) -> list[int]:
    """Shards whose lease has ended, or whose message was sent a lease ago and has not been heard."""
    now = timezone.now()
    heard_by = now - timedelta(seconds=settings.NIGHTLY_LEASE_SECONDS)
    is_expired = Q(state=WorkState.RUNNING, lease_until__lt=now)
    is_unheard = Q(state=WorkState.WAITING) & (Q(queued_at__isnull=True) | Q(queued_at__lt=heard_by))
    return list(RunShard.objects.filter(is_expired | is_unheard, step__run=run).values_list("pk", flat=True))
