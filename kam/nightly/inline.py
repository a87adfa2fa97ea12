"""The run in the process that started it: the same shards, leases and steps, without a broker."""

import time
from collections.abc import Callable, Sequence

from django.db.models import Q
from django.utils import timezone

from kam.choices import WorkState
from kam.models import Run, RunShard
from kam.nightly.constants import POLL_SECONDS, RETRY_DELAY_SECONDS
from kam.nightly.hints import no_hints
from kam.nightly.leases import new_lease
from kam.nightly.runner import advance
from kam.nightly.steps import Step
from kam.nightly.workers import work_on


def drive(run_id: int, *, steps: Sequence[Step], report: Callable[[Run], None] = lambda run: None) -> Run:
    """Work on a run until it has ended and return it; ``report`` is called after each piece of work.

    Only one process drives; another one that calls this waits for the end, and takes over when the driver dies.
    """
    wheel = Wheel(run_id)
    try:
        while (run := Run.objects.get(pk=run_id)).is_active:
            if not (wheel.hold() and work_on_next(run, steps, wheel)):
                time.sleep(POLL_SECONDS)
            report(run)
        return run
    finally:
        wheel.release()


class Wheel:
    """Who drives a run by hand: while it is held the sweeper keeps its hands off; the heartbeat renews it."""

    def __init__(self, run_id: int):
        self.run_id = run_id
        self.until = None

    def hold(self) -> bool:
        """Become, or stay, the one that drives."""
        until = new_lease()
        is_free = Q(driven_until__isnull=True) | Q(driven_until__lt=timezone.now()) | Q(driven_until=self.until)
        if not Run.objects.filter(is_free, pk=self.run_id).update(driven_until=until):
            return False
        self.until = until
        return True

    def release(self) -> None:
        Run.objects.filter(pk=self.run_id, driven_until=self.until).update(driven_until=None)


def work_on_next(run: Run, steps: Sequence[Step], wheel: Wheel) -> bool:
    """Work on one shard of ``run`` that is free; False when others hold them all."""
    advance(run.pk, steps=steps, queue=no_hints)
    is_free = Q(state=WorkState.WAITING) | Q(state=WorkState.RUNNING, lease_until__lt=timezone.now())
    shard = RunShard.objects.filter(is_free, step__run=run).order_by("failure_count", "number").first()
    if shard is None:
        return False
    time.sleep(RETRY_DELAY_SECONDS * shard.failure_count)
    return work_on(shard.pk, steps=steps, queue=no_hints, also=wheel.hold)
