"""The Celery application: JSON only, late acknowledgement, one message at a time."""

import os

from celery import Celery
from celery.signals import beat_init, celeryd_init, worker_ready
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings.dev")
TRANSPORT_ALIASES["filesystem"] = "kam.broker:Transport"

app = Celery("kam")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def repair_broker(**kwargs) -> None:
    """What a killed process left behind must not stop the next one."""
    from kam import broker

    broker.repair()


@worker_ready.connect
def sweep_at_start(**kwargs) -> None:
    """Work that died with the last worker is looked for at once, not at the next round of the schedule."""
    app.send_task("kam.tasks.sweep")
