"""The broker carries hints, never truth: a lost message costs time, because the sweeper sends it again."""

import structlog
from kombu.exceptions import OperationalError

from kam.celery import app

logger = structlog.get_logger(__name__)

WORK_IMPORT = "kam.tasks.work_import"


def queue_import(job_id: int) -> None:
    """Tell the workers about an import. Call it after the commit. A broker that is away is logged, never an error."""
    try:
        app.send_task(WORK_IMPORT, [job_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("broker_away", imports=1, error=type(error).__name__)
