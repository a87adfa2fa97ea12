"""Making the sheets of missing month ends: asked for, cancelled, worked on; a kill at any time costs a lease."""

import os
import socket
import threading
import uuid
from datetime import date, datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from core import audit, sheets, versions
from core.sheets import Part
from kam.celery import app
from kam.choices import WorkState
from kam.models import MonthBuild
from kam.nightly.constants import HEARTBEATS_PER_LEASE, MAX_ATTEMPTS
from kam.nightly.permissions import can_control_runs
from kam.notes import Note as _
from kam.notes import kept
from kam.steering.months import missing_days, waiting_builds
from segmentation import services as segmentation
from segmentation.configuration import RFM, TIERS, VALUE_SCORE

logger = structlog.get_logger(__name__)

WORK_MONTH = "kam.tasks.work_month"
KINDS = (RFM, VALUE_SCORE, TIERS)


class Interrupted(Exception):
    """The work must stop here: it was cancelled, or another worker holds the lease."""


@transaction.atomic
def request_months(*, as_of: date, by) -> int:
    """Have every month end before ``as_of`` that is missing made, with the configuration of now; how many are new.

    What waits or is worked on already stays as it is, so a second call changes nothing.
    """
    days = missing_days(as_of)
    busy = set(MonthBuild.objects.unfinished().values_list("day", flat=True))
    wanted = [day for day in days if day not in busy]
    MonthBuild.objects.filter(day__in=wanted).delete()
    pins = versions.pin()
    MonthBuild.objects.bulk_create(MonthBuild(day=day, requested_by=by, configuration=pins) for day in wanted)
    audit.record(by, "months.request", "", days=[day.isoformat() for day in wanted])
    transaction.on_commit(queue_months)
    return len(wanted)


@transaction.atomic
def cancel_months(*, by) -> int:
    """Stop the making of months: what waits is cancelled now, what is worked on at its next shard; how many waited."""
    now = timezone.now()
    waiting = MonthBuild.objects.filter(state=WorkState.WAITING)
    count = waiting.update(state=WorkState.CANCELLED, finished_at=now)
    running = MonthBuild.objects.filter(state=WorkState.RUNNING)
    running.filter(lease_until__lt=now).update(state=WorkState.CANCELLED, finished_at=now)
    running.update(is_cancel_requested=True)
    audit.record(by, "months.cancel", "", waiting=count)
    return count


def queue_months() -> None:
    """Tell the workers about the next month, if nobody works on one. A broker that is away is logged."""
    build = waiting_builds().first()
    if build is None:
        return
    try:
        app.send_task(WORK_MONTH, [build.pk], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("broker_away", months=1, error=type(error).__name__)


def work_on_month(build_id: int) -> None:
    """Make one month, if nobody else makes one, and send the hint for the next."""
    build = claim(build_id)
    if build is None:
        return
    try:
        with Heartbeat(build):
            _make(build)
    except Interrupted:
        _end_if_cancelled(build)
    except Exception as error:  # whatever stops one month, the others go on
        logger.exception("month_failed", day=build.day.isoformat(), error=type(error).__name__)
        _end(build, WorkState.FAILED, message=kept([f"{type(error).__name__}: {error}"]))
    queue_months()


def claim(build_id: int) -> MonthBuild | None:
    """Take one month that waits or lost its worker; None when another is made, or this one is somebody else's."""
    now = timezone.now()
    is_free = Q(state=WorkState.WAITING) | Q(state=WorkState.RUNNING, lease_until__lt=now)
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    values = {"state": WorkState.RUNNING, "worker": worker, "lease_until": new_lease()}
    try:
        with transaction.atomic():
            rows = MonthBuild.objects.filter(is_free, pk=build_id)
            if not rows.update(**values, attempt=F("attempt") + 1):
                return None
    except IntegrityError:
        return None
    build = MonthBuild.objects.select_related("requested_by").get(pk=build_id)
    MonthBuild.objects.filter(pk=build_id, started_at__isnull=True).update(started_at=now)
    return build


def new_lease() -> datetime:
    """The moment until which a lease taken now holds."""
    return timezone.now() + timedelta(seconds=settings.NIGHTLY_LEASE_SECONDS)


def held(build: MonthBuild):
    """The row of ``build`` while this claim holds it: what every write about it starts from."""
    return MonthBuild.objects.filter(pk=build.pk, state=WorkState.RUNNING, worker=build.worker)


def _make(build: MonthBuild) -> None:
    if build.attempt > MAX_ATTEMPTS:
        _end(build, WorkState.FAILED, message=kept([_("The work was interrupted too often.")]))
    elif build.requested_by is None or not can_control_runs(build.requested_by):
        _end(build, WorkState.FAILED, message=kept([_("Who asked for it may not do so any more.")]))
    else:
        _keep_facts(build)
        pinned = versions.resolve({kind: build.configuration[kind] for kind in KINDS})
        result = segmentation.classify_day(build.day, {kind: pinned[kind]["default"] for kind in KINDS})
        _end(build, WorkState.DONE, row_count=result["rows"])


def _keep_facts(build: MonthBuild) -> None:
    """Make the shards that are missing; those a killed worker left behind are kept."""
    shards = sheets.shard_numbers()
    for done, shard in enumerate(shards):
        _beat(build, done_count=done, total_count=len(shards))
        if not sheets.has_shard(build.day, Part.FACTS, shard, settings.SHARD_SIZE):
            sheets.write_facts(build.day, shard)
    _beat(build, done_count=len(shards))


def _beat(build: MonthBuild, **values) -> None:
    """A sign of life. Raises Interrupted when the work is no longer wanted or no longer ours."""
    if not held(build).filter(is_cancel_requested=False).update(lease_until=new_lease(), **values):
        raise Interrupted


def _end_if_cancelled(build: MonthBuild) -> None:
    held(build).filter(is_cancel_requested=True).update(
        state=WorkState.CANCELLED, finished_at=timezone.now(), lease_until=None
    )


def _end(build: MonthBuild, state: str, **values) -> None:
    held(build).update(state=state, finished_at=timezone.now(), lease_until=None, **values)


class Heartbeat:
    """Renews the lease of a month from a thread of its own while the block runs."""

    def __init__(self, build: MonthBuild):
        self.build = build
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"month-{build.pk}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopped.wait(settings.NIGHTLY_LEASE_SECONDS / HEARTBEATS_PER_LEASE):
                self._renew()
        finally:
            connection.close()

    def _renew(self) -> None:
        try:
            held(self.build).update(lease_until=new_lease())
        except DatabaseError:
            # The database may be back before the lease ends; if not, the sweeper gives the month to somebody else.
            connection.close()
