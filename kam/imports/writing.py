"""Checked lines into the tables: short batches, each with its progress and its way back in one transaction."""

import time
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import F

from core.database import has_one_writer
from kam.imports.constants import (
    BATCH_LINES,
    BATCH_MAX_LINES,
    GAP_MIN_SECONDS,
    GAP_SHARE,
    LOCK_SECONDS,
    WORK_SECONDS,
)
from kam.imports.contexts import context_of, stage_path
from kam.imports.kinds import KINDS
from kam.imports.kinds.base import Context, Kind, Written
from kam.imports.leases import renew
from kam.imports.permissions import can_import
from kam.imports.staging import Group, open_stage
from kam.imports.undoing import remember_kept
from kam.models import ImportBatch, ImportJob


class NotAllowedAnyMore(Exception):
    """The user was deactivated or lost the right to import while the work waited."""


class Pace:
    """How many lines a batch takes: with one write lock for all, as many as hold it for about the aimed time."""

    def __init__(self):
        self.lines = BATCH_LINES if has_one_writer() else BATCH_MAX_LINES

    def learn(self, lines: int, seconds: float) -> None:
        if not has_one_writer():
            return
        ideal = lines * LOCK_SECONDS / max(seconds, 0.001)
        self.lines = int(min(BATCH_MAX_LINES, max(200, ideal, self.lines / 2), self.lines * 2))


def write(job: ImportJob) -> bool:
    """Write what is left of ``job``; False when its time is up before the end and another task has to go on.

    Raises Interrupted when the work was cancelled or taken over, NotAllowedAnyMore when the user lost the right.
    """
    kind, pace, until = KINDS[job.kind](), Pace(), time.monotonic() + WORK_SECONDS
    number = job.batches.count()
    with open_stage(stage_path(job)) as stage:
        for groups in batches(stage.groups(job.cursor), pace):
            if time.monotonic() > until:
                return False
            context = context_of(job)
            if not can_import(context.user):
                raise NotAllowedAnyMore
            plan = kind.plan(stage, groups, context)
            number += 1
            seconds = _commit(job, kind, plan, context, groups, number)
            pace.learn(sum(len(group.numbers) for group in groups), seconds)
            _leave_room(seconds)
    return True


def batches(groups: Iterator[Group], pace: Pace) -> Iterator[list[Group]]:
    """Groups put together until they hold the lines of one batch; a batch holds one rank only."""
    batch: list[Group] = []
    lines = 0
    for group in groups:
        if batch and (lines + len(group.numbers) > pace.lines or group.rank != batch[0].rank):
            yield batch
            batch, lines = [], 0
        batch.append(group)
        lines += len(group.numbers)
    if batch:
        yield batch


def _commit(job: ImportJob, kind: Kind, plan, context, groups: list[Group], number: int) -> float:
    """One batch, its progress and its way back; the seconds the transaction was open."""
    began = time.monotonic()
    with transaction.atomic():
        began = time.monotonic()
        written = kind.write(plan, context)
        if written.created or written.updated:
            ImportBatch.objects.create(job=job, number=number, undo=written.undo)
        _progress(job, written, groups)
    return time.monotonic() - began


def _progress(job: ImportJob, written: Written, groups: list[Group]) -> None:
    cursor = groups[-1].cursor
    renew(
        job,
        cursor=cursor,
        attempt=1,
        written_count=F("written_count") + len(groups),
        created_count=F("created_count") + written.created,
        updated_count=F("updated_count") + written.updated,
        unchanged_count=F("unchanged_count") + written.unchanged,
    )
    job.cursor = cursor


def _leave_room(seconds: float) -> None:
    """On a database with one write lock others get their turn between two batches."""
    if has_one_writer():
        time.sleep(max(GAP_MIN_SECONDS, seconds * GAP_SHARE))


def undo(job: ImportJob, context: Context, beat: Callable[[], None]) -> None:
    """Take back every batch, the last one first, each in its own transaction; the summary tells what had to stay.

    ``beat`` is called inside each transaction and may raise Interrupted.
    """
    kind = KINDS[job.kind]()
    while batch := job.batches.order_by("-number").first():
        began = time.monotonic()
        with transaction.atomic():
            remember_kept(job, kind.undo(batch.undo, context))
            batch.delete()
            beat()
        _leave_room(time.monotonic() - began)
