"""What Prometheus reads: how requests fare, and whether the installation does its work. No data about accounts."""

import hmac
import os
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily

from kam import health
from kam.backup.contents import app_version
from kam.choices import WorkState
from kam.models import ImportJob, RunShard
from kam.nightly.selectors import last_night_finished_at, last_sweep

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
OWN = CollectorRegistry()
REQUESTS = Counter("kam_requests", "Requests answered", ["method", "route", "status"], registry=OWN)
DURATION = Histogram("kam_request_seconds", "Seconds to an answer", ["route"], buckets=SECONDS, registry=OWN)


class RequestMetricsMiddleware:
    """Counts and times every request by the name of its route, never by its address, which may hold a name."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = (match.view_name if match else "") or "unknown"
        method = request.method if request.method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") else "OTHER"
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        DURATION.labels(route).observe(time.perf_counter() - started)
        return response


class Work:
    """Figures asked of the database at the moment of reading."""

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        yield InfoMetricFamily("kam", "This release", {"version": app_version()})
        checks = GaugeMetricFamily("kam_check_ok", "Whether a check of /readyz is well", labels=["check"])
        for check in health.check_all():
            checks.add_metric([check.name], float(check.is_ok))
        yield checks
        try:
            figures = work_figures()
        except DatabaseError:
            return
        for name, (text, value) in figures.items():
            if value is not None:
                yield GaugeMetricFamily(name, text, value)


def work_figures() -> dict[str, tuple[str, float | None]]:
    """Name → what it is and its value; None where nothing has happened yet."""
    shards = RunShard.objects.all()
    return {
        "kam_last_night_age_seconds": ("Since a night was computed to its end", age(last_night_finished_at())),
        "kam_queue_age_seconds": ("Since a worker last looked for lost work", age(last_sweep())),
        "kam_open_imports": ("Imports that wait or are at work", ImportJob.objects.unfinished().count()),
        "kam_waiting_shards": ("Shards nobody has taken up", shards.filter(state=WorkState.WAITING).count()),
        "kam_running_shards": ("Shards at work", shards.filter(state=WorkState.RUNNING).count()),
        "kam_failed_shards": ("Shards given up, ever", shards.filter(state=WorkState.FAILED).count()),
    }


def age(moment) -> float | None:
    return (timezone.now() - moment).total_seconds() if moment else None


def exposition() -> bytes:
    """All figures of all web processes as text."""
    registry = CollectorRegistry()
    registry.register(Work())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(OWN)


def holds_token(request) -> bool:
    """Whether the caller names the token of the settings; never when none is set."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(given.encode(), expected.encode())
