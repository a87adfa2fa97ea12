"""Whether this installation can do its work: what `/readyz` and an alarm look at. It tells no secret."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from kombu.exceptions import KombuError

from kam import broker
from kam.celery import app
from kam.nightly.constants import GRACE, STALLED_AFTER
from kam.nightly.schedule import nightly_schedule
from kam.nightly.selectors import last_night, last_sweep

OK, DEGRADED, FAILED = "ok", "degraded", "failed"
BROKER_TIMEOUT_SECONDS = 2


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether it is well, whether pages need it, and a word or figure about it."""

    name: str
    is_ok: bool
    is_vital: bool = False
    detail: str | float | None = None


def check_all() -> list[Check]:
    """Every check in order. Without a database nothing else can be asked but the broker."""
    if not (database := check_database()).is_ok:
        return [database, check_broker()]
    probes = (check_migrations, check_broker, check_nightly, check_queue)
    return [database, *(guarded(probe) for probe in probes)]


def status(checks: list[Check]) -> str:
    """``failed`` when something vital is broken, ``degraded`` when something else is, else ``ok``."""
    if any(check.is_vital and not check.is_ok for check in checks):
        return FAILED
    return OK if all(check.is_ok for check in checks) else DEGRADED


def guarded(probe: Callable[[], Check]) -> Check:
    """The answer of ``probe``; a database that fails meanwhile is an answer too."""
    try:
        return probe()
    except DatabaseError as error:
        name = probe.__name__.removeprefix("check_")
        return Check(name, is_ok=False, is_vital=probe is check_migrations, detail=type(error).__name__)


def check_database() -> Check:
    start = time.monotonic()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return Check("database", is_ok=False, is_vital=True, detail=type(error).__name__)
    return Check("database", is_ok=True, is_vital=True, detail=round(time.monotonic() - start, 3))


def check_migrations() -> Check:
    """Whether the schema is the one this release was written for; the detail counts what is missing."""
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return Check("migrations", is_ok=missing == 0, is_vital=True, detail=missing)


def check_broker() -> Check:
    """Pages do without the broker, and work waits in the database until it is back."""
    if broker.is_filesystem():
        is_writable = all(os.access(settings.BROKER_DIR / folder, os.W_OK) for folder in broker.FOLDERS)
        return Check("broker", is_ok=is_writable, detail="filesystem")
    try:
        with app.connection_for_read(connect_timeout=BROKER_TIMEOUT_SECONDS) as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_TIMEOUT_SECONDS)
    except (KombuError, OSError) as error:
        return Check("broker", is_ok=False, detail=type(error).__name__)
    return Check("broker", is_ok=True, detail=settings.CELERY_BROKER_URL.partition(":")[0])


def check_nightly() -> Check:
    """Whether the night that is due has been computed; the detail is the last one. A schedule that is off waives it."""
    as_of, schedule = last_night(), nightly_schedule()
    is_current = as_of is not None and as_of >= schedule.expected_night(grace=GRACE)
    return Check("nightly", is_ok=is_current or not schedule.is_enabled, detail=as_of.isoformat() if as_of else None)


def check_queue() -> Check:
    """Whether schedule, broker and worker hear each other; the detail is the seconds since the last round."""
    swept_at = last_sweep()
    age = timezone.now() - swept_at if swept_at else None
    is_ok = age is not None and age < STALLED_AFTER
    return Check("queue", is_ok=is_ok, detail=round(age.total_seconds()) if age else None)
