"""Who works on an import: claimed by one conditional UPDATE, renewed with every sign of life, lost when it stops."""

import os
import socket
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from kam.choices import ImportState
from kam.models import ImportJob
from kam.models.imports import UNFINISHED


class Interrupted(Exception):
    """The work must stop here: somebody else holds the lease, or the import was cancelled."""


def new_lease() -> datetime:
    """The moment until which a lease taken now holds; without a sign of life until then another worker takes over."""
    return timezone.now() + timedelta(seconds=settings.IMPORT_LEASE_SECONDS)


def claim(job_id: int) -> ImportJob | None:
    """Take one import that waits for work or lost its worker; None when there is nothing to take."""
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    rows = ImportJob.objects.filter(is_free, pk=job_id, state__in=UNFINISHED)
    values = {"worker": worker, "lease_until": new_lease(), "heartbeat_at": timezone.now()}
    if not rows.update(**values, attempt=F("attempt") + 1):
        return None
    return ImportJob.objects.select_related("user").get(pk=job_id)


def held(job: ImportJob):
    """The row of ``job`` while this claim holds it: what every write about it starts from."""
    return ImportJob.objects.filter(pk=job.pk, worker=job.worker, state__in=UNFINISHED)


def renew(job: ImportJob, **values) -> None:
    """A sign of life with some figures. Raises Interrupted when the work is no longer ours or no longer wanted."""
    now = timezone.now()
    rows = held(job).filter(is_cancel_requested=False)
    if not rows.update(lease_until=new_lease(), heartbeat_at=now, **values):
        raise Interrupted


def release(job: ImportJob, **values) -> None:
    """Lay the work down, with the state it has reached."""
    held(job).update(lease_until=None, **values)


def begin_writing(job: ImportJob) -> bool:
    """Become the one import that writes; False while another one does."""
    if job.state == ImportState.RUNNING:
        return True
    try:
        with transaction.atomic():
            begun = (
                held(job).filter(state=ImportState.WAITING).update(state=ImportState.RUNNING, started_at=timezone.now())
            )
    except IntegrityError:
        return False
    job.state = ImportState.RUNNING
    return bool(begun)


def waiting_for_work():
    """Imports that nobody works on at the moment and somebody should."""
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=timezone.now())
    return ImportJob.objects.filter(is_free, state__in=UNFINISHED)
