"""The run as a state machine in the database: open a step, work on its shards, close it, open the next.

Every function may be called again at any moment by anybody: what was already done is left alone. Each change is one
conditional UPDATE, and only who sees rowcount 1 goes on.
"""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from core.sheets import shard_numbers
from kam.choices import WorkState
from kam.models import Run, RunError, RunShard, RunStep
from kam.nightly.steps import Step, step_named
from kam.notes import Note as _
from kam.notes import kept

Queue = Callable[..., None]


def advance(run_id: int, *, steps: Sequence[Step], queue: Queue) -> None:
    """Close what is finished and open what comes next, until there is work for somebody or the run has ended."""
    while (run := Run.objects.get(pk=run_id)).is_active:
        if run.is_cancel_requested:
            return cancel_rest(run)
        row = next_step(run)
        if row is None:
            return end_run(run)
        if row.state == WorkState.WAITING:
            if shard_ids := open_step(row, step_named(steps, row.name)):
                return queue(shard_ids)
        elif not close_step(row):
            return None


def next_step(run: Run) -> RunStep | None:
    """The step to work on; None when all are done or one has failed."""
    if run.steps.filter(state=WorkState.FAILED).exists():
        return None
    return run.steps.select_related("run").filter(state__in=WorkState.unfinished()).first()


@transaction.atomic
def open_step(row: RunStep, step: Step) -> list[int]:
    """Give ``row`` its shards and return their ids; none when somebody else opened it or there are no accounts."""
    now = timezone.now()
    waiting = RunStep.objects.filter(pk=row.pk, state=WorkState.WAITING)
    if not waiting.update(state=WorkState.RUNNING, started_at=now):
        return []
    numbers = shards_of(row.run) if step.is_sharded else [0]
    shards = RunShard.objects.bulk_create(RunShard(step=row, number=number, queued_at=now) for number in numbers)
    Run.objects.filter(pk=row.run_id, state=WorkState.WAITING).update(state=WorkState.RUNNING, started_at=now)
    return [shard.pk for shard in shards]


def shards_of(run: Run) -> list[int]:
    """The numbers of the shards a run is about: those of all accounts, or of the few a repair is for."""
    if run.account_ids is None:
        return list(shard_numbers(run.shard_size))
    return sorted({account_id // run.shard_size for account_id in run.account_ids})


def close_step(row: RunStep) -> bool:
    """End a step without unfinished shards; False while there are some. The shards' figures are added up."""
    shards = row.shards.all()
    if shards.filter(state__in=WorkState.unfinished()).exists():
        return False
    has_failed = shards.filter(state=WorkState.FAILED).exists()
    RunStep.objects.filter(pk=row.pk, state=WorkState.RUNNING).update(
        state=WorkState.FAILED if has_failed else WorkState.DONE,
        row_count=shards.aggregate(rows=Sum("row_count", default=0))["rows"],
        result=total_figures(shards.values_list("result", flat=True)),
        finished_at=timezone.now(),
    )
    return True


def total_figures(results) -> dict[str, int | list[dict]]:
    """The figures of all shards of a step: numbers added up by name, lists one after another."""
    totals: dict[str, int | list[dict]] = {}
    for result in results:
        for name, value in result.items():
            totals[name] = totals[name] + value if name in totals else value
    return totals


@transaction.atomic
def end_run(run: Run) -> None:
    """Close a run whose steps are all done, or one of whose steps has failed."""
    failed = run.steps.filter(state=WorkState.FAILED).first()
    ended = unfinished(run).update(
        state=WorkState.FAILED if failed else WorkState.DONE,
        message=failure_message(failed) if failed else "",
        **totals(run),
    )
    if ended and not failed:
        resolve_errors(run)
    run.steps.filter(state=WorkState.WAITING).update(state=WorkState.CANCELLED)


def unfinished(run: Run):
    """The row of ``run`` while it has not ended: what every write that ends it starts from."""
    return Run.objects.active().filter(pk=run.pk)


def totals(run: Run) -> dict:
    """What is kept of any run when it ends; its first step counts the accounts."""
    first = run.steps.first()
    return {
        "finished_at": timezone.now(),
        "account_count": first.row_count if first else 0,
        "shard_count": first.shards.count() if first else 0,
        "error_count": run.errors.count(),
        "driven_until": None,
    }


def failure_message(step: RunStep) -> str:
    """What the first failed shard of a step said."""
    shard = step.shards.filter(state=WorkState.FAILED).first()
    return kept([_("%(step)s: %(reason)s") % {"step": step.name, "reason": shard.message}])


def resolve_errors(run: Run) -> None:
    """Accounts that failed on this day or before and did not fail in this run are well again."""
    still_bad = run.errors.values("account_id")
    errors = RunError.objects.filter(is_resolved=False, run__as_of__lte=run.as_of).exclude(run=run)
    if run.account_ids is not None:
        errors = errors.filter(account_id__in=run.account_ids)
    errors.exclude(account_id__in=still_bad).update(is_resolved=True)


def cancel_rest(run: Run) -> None:
    """Take back what nobody works on, and end the run once nobody works any more."""
    now = timezone.now()
    shards = RunShard.objects.filter(step__run=run)
    shards.filter(state=WorkState.WAITING).update(state=WorkState.CANCELLED)
    shards.filter(state=WorkState.RUNNING, lease_until__lt=now).update(state=WorkState.CANCELLED)
    if shards.filter(state=WorkState.RUNNING).exists():
        return
    with transaction.atomic():
        run.steps.filter(state__in=WorkState.unfinished()).update(state=WorkState.CANCELLED, finished_at=now)
        unfinished(run).update(state=WorkState.CANCELLED, **totals(run))
