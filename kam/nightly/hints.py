"""The broker carries hints, never truth: a lost message costs time, because the sweeper sends it again."""

from collections.abc import Iterable

import structlog
from django.utils import timezone
from kombu.exceptions import OperationalError

from kam.celery import app
from kam.models import RunShard

logger = structlog.get_logger(__name__)

WORK_SHARD = "kam.tasks.work_shard"


def queue_shards(shard_ids: Iterable[int], *, delay_seconds: int = 0) -> None:
    """Tell the workers about shards. Call it after the commit. A broker that is away is logged, never an error."""
    ids = list(shard_ids)
    RunShard.objects.filter(pk__in=ids).update(queued_at=timezone.now())
    try:
        for shard_id in ids:
            app.send_task(WORK_SHARD, [shard_id], countdown=delay_seconds or None, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("broker_away", shards=len(ids), error=type(error).__name__)


def no_hints(shard_ids: Iterable[int], *, delay_seconds: int = 0) -> None:
    """For a run that is worked on where it was started; the sweeper takes over if that process dies."""
