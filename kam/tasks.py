"""What the broker calls: fetch by id, call one service."""

from celery import shared_task

from accounts.services import prune_notifications
from core.sheets import prune_sheets
from kam import broker
from kam.imports import retention, work
from kam.nightly import services, workers
from kam.nightly.hints import queue_shards
from kam.nightly.sequence import STEPS
from kam.steering import services as months
from sales import services as sales


@shared_task
def work_shard(shard_id: int) -> None:
    """Work on one shard of a nightly run."""
    workers.work_on(shard_id, steps=STEPS, queue=queue_shards)


@shared_task
def start_due_night() -> None:
    """Start the night that is due, if there is one and nothing is running."""
    services.start_due_night()


@shared_task
def sweep() -> None:
    """Queue again what lost its worker or its message, and catch up missed nights."""
    services.sweep()
    work.queue_waiting()
    months.queue_months()
    services.start_due_night()


@shared_task
def purge_broker() -> None:
    """Delete messages that the filesystem broker keeps after they were read."""
    broker.purge()


@shared_task
def prune_kept_sheets() -> None:
    """Delete the sheets that retention does not keep."""
    prune_sheets()


@shared_task
def prove_months() -> None:
    """Once a week, compare the sums of orders by month with the orders, and mend what differs."""
    sales.prove_months()


@shared_task
def purge_import_files() -> None:
    """Delete the files of imports that ended long ago, and what would have taken them back."""
    retention.forget_undo()
    retention.purge_files()


@shared_task
def work_import(job_id: int) -> None:
    """Check, write or take back one import."""
    work.work_on(job_id)


@shared_task
def prune_old_notifications() -> None:
    """Delete notifications that nobody looks for any more."""
    prune_notifications()


@shared_task
def work_month(build_id: int) -> None:
    """Make the sheets of one missing month end."""
    months.work_on_month(build_id)
