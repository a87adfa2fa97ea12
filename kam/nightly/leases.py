"""Who works on a shard: claimed by one conditional UPDATE, kept by a heartbeat, lost when the heart stops."""

import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import F, Q
from django.utils import timezone

from kam.choices import WorkState
from kam.models import Run, RunShard
from kam.nightly.constants import HEARTBEATS_PER_LEASE


class Interrupted(Exception):
    """The work must stop here: the run was cancelled, or somebody else holds the lease by now."""


def new_lease() -> datetime:
    """The moment until which a lease taken now holds."""
    return timezone.now() + timedelta(seconds=settings.NIGHTLY_LEASE_SECONDS)


def worker_name() -> str:
    """A name no other claim has: host, process and a random part."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def claim(shard_id: int) -> RunShard | None:
    """Take one shard; None when it is done or another worker's. No joins, so that two claims cannot both succeed."""
    now = timezone.now()
    is_free = Q(state=WorkState.WAITING) | Q(state=WorkState.RUNNING, lease_until__lt=now)
    worker = worker_name()
    taken = RunShard.objects.filter(is_free, pk=shard_id).update(
        state=WorkState.RUNNING,
        worker=worker,
        lease_until=new_lease(),
        heartbeat_at=now,
        attempt=F("attempt") + 1,
    )
    if not taken:
        return None
    return RunShard.objects.select_related("step__run__requested_by").get(pk=shard_id)


def held(shard: RunShard):
    """The row of ``shard`` while this claim still holds it: what every write about it starts from."""
    return RunShard.objects.filter(pk=shard.pk, state=WorkState.RUNNING, worker=shard.worker)


class Heartbeat:
    """Renews the lease of a shard from a thread of its own while the block runs."""

    def __init__(self, shard: RunShard, *, also: Callable[[], None] | None = None):
        self.shard = shard
        self.also = also
        self.is_lost = False
        self.is_cancelled = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"heartbeat-{shard.pk}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *exc_info) -> None:
        self._stopped.set()
        self._thread.join()

    def check(self) -> None:
        """Raise Interrupted when the work is no longer wanted or no longer ours."""
        if self.is_lost or self.is_cancelled:
            raise Interrupted

    def beat(self) -> None:
        now = timezone.now()
        self.is_lost = not held(self.shard).update(lease_until=new_lease(), heartbeat_at=now)
        self.is_cancelled = Run.objects.filter(pk=self.shard.step.run_id, is_cancel_requested=True).exists()
        if self.also:
            self.also()

    def _run(self) -> None:
        interval = settings.NIGHTLY_LEASE_SECONDS / HEARTBEATS_PER_LEASE
        try:
            while not self._stopped.wait(interval):
                self._try_to_beat()
        finally:
            connection.close()

    def _try_to_beat(self) -> None:
        try:
            self.beat()
        except DatabaseError:
            # The database may be back before the lease ends; if not, the sweeper gives the shard to somebody else.
            connection.close()
