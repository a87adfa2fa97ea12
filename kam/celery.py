"""The Celery application: JSON only, late acknowledgement, one message at a time."""

import logging
import os
from logging.config import dictConfig

from celery import Celery
from celery.signals import beat_init, celeryd_init, heartbeat_sent, setup_logging, worker_ready
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.transport import TRANSPORT_ALIASES

from core import alive

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings.dev")
TRANSPORT_ALIASES["filesystem"] = "kam.broker:Transport"

app = Celery("kam")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def log_as_the_web_server_does(loglevel=logging.INFO, **kwargs) -> None:
    """The same lines with the same request ids, instead of Celery's own format."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
    logging.getLogger().setLevel(loglevel)


@celeryd_init.connect
@beat_init.connect
def repair_broker(**kwargs) -> None:
    """What a killed process left behind must not stop the next one."""
    from kam import broker

    broker.repair()


@heartbeat_sent.connect
def show_life(**kwargs) -> None:
    """A worker that has lost its broker or hangs sends no heartbeats."""
    alive.sign_of("worker").touch()


@worker_ready.connect
def sweep_at_start(**kwargs) -> None:
    """Work that died with the last worker is looked for at once, not at the next round of the schedule."""
    app.send_task("kam.tasks.sweep")
