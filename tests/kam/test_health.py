"""`/healthz` and `/readyz`: what is wrong is told, what is secret is not."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone

from core.periods import last_full_day
from kam import health
from kam.choices import WorkState
from kam.health import Check
from kam.models import Run, Sweep
from kam.nightly import schedule

ASK = """
import django; django.setup()
from django.test import Client
answer = Client().get("/readyz", headers={"host": "localhost"})
print(answer.status_code); print(answer.content.decode())
"""


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([Check("a", True, True), Check("b", True)], "ok"),
        ([Check("a", True, True), Check("b", False)], "degraded"),
        ([Check("a", False, True), Check("b", False)], "failed"),
    ],
)
def test_status_fails_only_for_what_is_vital(checks, expected):
    assert health.status(checks) == expected


def ready(client) -> tuple[int, dict]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_ready_when_everything_works(client, db):
    Run.objects.create(as_of=last_full_day(), state=WorkState.DONE)
    Sweep.objects.create(name="nightly")
    code, answer = ready(client)
    assert (code, answer["status"]) == (200, "ok"), answer
    assert set(answer["checks"]) == {"database", "migrations", "broker", "nightly", "queue"}


def test_degraded_when_the_night_is_late(client, db):
    Sweep.objects.create(name="nightly")
    Run.objects.create(as_of=last_full_day() - timedelta(days=3), state=WorkState.DONE)
    Run.objects.create(as_of=last_full_day(), state=WorkState.FAILED)
    code, answer = ready(client)
    assert (code, answer["status"]) == (200, "degraded")
    assert [name for name, check in answer["checks"].items() if not check["ok"]] == ["nightly"]
    schedule.change_schedule(at=time(2), is_enabled=False)
    assert ready(client)[1]["status"] == "ok"


@pytest.mark.parametrize(
    ("moment", "is_late"),
    [
        (datetime(2026, 5, 10, 3, 59, tzinfo=UTC), False),
        (datetime(2026, 5, 10, 4, 0, tzinfo=UTC), True),
    ],
    ids=["within two hours of its time", "later"],
)
def test_night_is_late_two_hours_after_its_time(db, moment, is_late):
    Run.objects.create(as_of=datetime(2026, 5, 8, tzinfo=UTC).date(), state=WorkState.DONE)
    with time_machine.travel(moment, tick=False):
        assert health.check_nightly().is_ok is not is_late


def test_degraded_when_no_worker_sweeps(client, db):
    Run.objects.create(as_of=last_full_day(), state=WorkState.DONE)
    assert not ready(client)[1]["checks"]["queue"]["ok"]
    Sweep.objects.create(name="nightly", swept_at=timezone.now() - timedelta(minutes=6))
    check = ready(client)[1]["checks"]["queue"]
    assert (check["ok"], check["detail"] // 60) == (False, 6)


def answer_of(environment: dict[str, str]) -> tuple[int, str]:
    """The answer of a process of its own under other settings."""
    result = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "kam.settings.test", **environment},
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    code, _newline, body = result.stdout.partition("\n")
    return int(code), body


def test_not_ready_without_database_and_says_no_secret(tmp_path):
    code, body = answer_of({"DATABASE_URL": "postgres://kam:s3cret-word@127.0.0.1:1/kam", "VAR_DIR": str(tmp_path)})
    assert code == 503
    assert json.loads(body)["checks"]["database"] == {"ok": False, "vital": True, "detail": "OperationalError"}
    assert "s3cret" not in body
    assert "127.0.0.1" not in body


def test_not_ready_before_the_migrations(tmp_path):
    code, body = answer_of({"DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "VAR_DIR": str(tmp_path)})
    checks = json.loads(body)["checks"]
    assert code == 503
    assert not checks["migrations"]["ok"]
    assert checks["migrations"]["detail"] > 20


def test_lost_broker_degrades_and_says_no_secret(tmp_path):
    _code, body = answer_of(
        {
            "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3",
            "VAR_DIR": str(tmp_path),
            "CELERY_BROKER_URL": "redis://:s3cret-word@127.0.0.1:1/0",
        }
    )
    assert json.loads(body)["checks"]["broker"]["ok"] is False
    assert "s3cret" not in body
