"""Two processes of many threads on the same few wallets, killed and started again: not one point is made or lost."""

import json
import random
import subprocess
import sys
import time

import pytest
from django.db import connection

from loyalty.models import LedgerEntry, Wallet
from loyalty.reconciliation import differences
from loyalty.services.ledger import wallet_of
from tests import factories
from tests.faults.installation import ROOT

pytestmark = pytest.mark.slow

KILLS = 3
THREADS = 25


@pytest.fixture
def load(process_environment):
    """Starts a process with a plan; all end with the test."""
    running = []

    def start(plan: dict) -> subprocess.Popen:
        command = [sys.executable, "-m", "tests.faults.ledger_load", json.dumps(plan)]
        running.append(subprocess.Popen(command, env=process_environment, cwd=ROOT, stderr=subprocess.PIPE, text=True))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def plans(**more) -> list[dict]:
    """A plan for each of two processes, on the same three wallets."""
    wallets = [wallet_of(factories.AccountFactory()).pk for _ in range(3)]
    count = THREADS if connection.vendor == "postgresql" else 4
    plan = {"wallets": wallets, "movements": 250, "threads": count, "is_naive": False} | more
    return [plan | {"seed": seed} for seed in (1, 2)]


def finish(process: subprocess.Popen) -> None:
    _output, complaints = process.communicate(timeout=240)
    assert process.returncode == 0, complaints[-2000:]


def test_parallel_movements_and_kills_neither_make_nor_lose_points(load):
    both = plans()
    running = [load(plan) for plan in both]
    chance = random.Random(5)
    for _kill in range(KILLS):
        before = LedgerEntry.objects.count()
        wait_for_entries(before + chance.randint(5, 40), running)
        victim = chance.randrange(2)
        running[victim].kill()
        running[victim].wait()
        running[victim] = load(both[victim])
    for process in running:
        finish(process)
    assert differences() == []
    assert LedgerEntry.objects.count() > 250
    assert all(wallet.available_points >= 0 for wallet in Wallet.objects.all())
    keys = list(LedgerEntry.objects.values_list("source_key", flat=True))
    assert len(keys) == len(set(keys))
    for plan in both:
        finish(load(plan))
    assert differences() == []


def wait_for_entries(count: int, running: list[subprocess.Popen]) -> None:
    """Until that many entries are written or both processes have done all they had to."""
    deadline = time.monotonic() + 120
    while LedgerEntry.objects.count() < count and any(process.poll() is None for process in running):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_same_test_shows_what_happens_without_the_lock(load):
    """The control: reading a balance and writing it back loses points under the same load."""
    plan = plans()[0]
    finish(load(plan | {"is_naive": True, "wallets": plan["wallets"][:1]}))
    assert {difference.what for difference in differences()} >= {"available_points"}
