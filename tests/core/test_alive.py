"""What the containers' health checks say."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from core import alive


def is_well(program: str, folder: Path, **environment: str) -> bool:
    command = [sys.executable, "-m", "core.alive", program]
    result = subprocess.run(
        command, cwd=settings.BASE_DIR, env={**os.environ, "ALIVE_DIR": str(folder), **environment}, timeout=60
    )
    return result.returncode == 0


def test_program_is_well_while_its_sign_is_fresh(tmp_path):
    assert not is_well("worker", tmp_path)
    sign = tmp_path / "kam-worker.alive"
    sign.touch()
    assert is_well("worker", tmp_path)
    assert not is_well("beat", tmp_path)
    long_ago = time.time() - alive.OLDEST_SECONDS - 1
    os.utime(sign, (long_ago, long_ago))
    assert not is_well("worker", tmp_path)


@pytest.mark.allow_error_logs
@pytest.mark.django_db(transaction=True)
def test_web_server_is_well_when_it_is_ready(live_server, tmp_path):
    port = live_server.url.rpartition(":")[2]
    assert is_well("web", tmp_path, PORT=port, ALLOWED_HOSTS="localhost")
    assert not is_well("web", tmp_path, PORT=port, ALLOWED_HOSTS="not-our-host.example")
    assert not is_well("web", tmp_path, PORT="1")
