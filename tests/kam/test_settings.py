"""Production settings are loaded in a process of their own, as a deployment does."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

GOOD = {
    "DJANGO_SETTINGS_MODULE": "kam.settings.prod",
    "SECRET_KEY": "k3F9-wq7Zt_2vLx8-Rb5Ym1Hc6Nd4Sj0-Pg9Uf3Ea7Ko2Ti8Xw5",
    "ALLOWED_HOSTS": "crm.example.org",
    "DEMO": "0",
}


def load(tmp_path, code: str = "", **changes: str | None) -> subprocess.CompletedProcess:
    """Load production settings with a good environment and these changes; None takes a variable away."""
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **GOOD, **changes}
    environment = {name: value for name, value in environment.items() if value is not None}
    script = f"from django.conf import settings; settings.DEBUG; {code}"
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)


def test_production_loads_with_a_good_environment(tmp_path):
    code = "print(settings.DEBUG, settings.SESSION_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT, settings.DEMO)"
    result = load(tmp_path, code)
    assert (result.returncode, result.stdout.split()) == (0, ["False", "True", "True", "False"]), result.stderr


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "50 characters"),
        ({"SECRET_KEY": "change-me" + "x" * 60}, "50 characters"),
        ({"SECRET_KEY": "a" * 60}, "random"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "wildcard"),
        ({"ALLOWED_HOSTS": "crm.example.org,*"}, "wildcard"),
        ({"ALLOWED_HOSTS": ".example.org,*.example.com"}, "wildcard"),
        ({"DEMO": "1"}, "DEMO=1"),
    ],
)
def test_production_refuses_to_start(tmp_path, changes, reason):
    result = load(tmp_path, **changes)
    assert result.returncode != 0
    assert reason in result.stderr.splitlines()[-1]


def test_sample_environment_names_what_the_settings_read():
    sample = (settings.BASE_DIR / ".env.example").read_text(encoding="utf8")
    named = {line.removeprefix("# ").split("=")[0] for line in sample.splitlines() if "=" in line}
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"} <= named
    assert {"EMAIL_URL", "BUSINESS_TIME_ZONE", "BASE_CURRENCY", "DEMO", "PORT"} <= named
