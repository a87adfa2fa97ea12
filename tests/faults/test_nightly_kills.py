"""Real workers on the broker of this suite, killed with SIGKILL: the night comes to its end by itself, and unharmed."""

import json
import random
import time

import pytest

from tests.faults import installation as home
from tests.faults.conftest import ACCOUNTS, POOL

pytestmark = pytest.mark.slow

RESUMES_WITHIN = 300
KILLS = 3


@pytest.fixture(scope="module")
def undisturbed(base, tmp_path_factory) -> dict:
    """The fingerprint after a night that nobody disturbed."""
    one = base.copy(tmp_path_factory.mktemp("undisturbed") / "copy")
    report = json.loads(one.manage("nightly", "--json"))
    assert report["state"] == "done"
    assert report["accounts"] == ACCOUNTS
    fingerprint = one.ask("contents.fingerprint()")
    again = json.loads(one.manage("nightly", "--json"))
    assert again["state"] == "done"
    assert one.ask("contents.fingerprint()") == fingerprint, "a second night changed something"
    one.drop()
    return fingerprint


def start_night(one: home.Installation, options: str = "") -> None:
    """Start the night of yesterday, as the schedule does."""
    start = f"from kam.nightly import hints, services; services.start_run({options})"
    one.call("-c", f"import django; django.setup(); {start}")


def is_over(one: home.Installation) -> bool:
    return one.states() not in (["waiting"], ["running"])


def wait_for_claim(one: home.Installation, claimed: int) -> None:
    """Until a worker is in the middle of a shard that nobody had taken up at the last kill, or the night is over."""
    home.wait_until(lambda: one.is_at_work(claimed=claimed) or is_over(one), seconds=RESUMES_WITHIN)


@pytest.mark.timeout(900)
def test_killed_workers_resume_and_nothing_differs(copy, undisturbed):
    """Each kill hits a worker that has just taken up a shard; nobody but the supervisor lends a hand."""
    one = copy("killed")
    chance, claimed = random.Random(8), 0
    with home.Workers(one, pool=POOL) as workers:
        start_night(one)
        for _kill in range(KILLS):
            wait_for_claim(one, claimed)
            time.sleep(chance.uniform(0, 0.3))
            workers.kill()
            claimed = one.claims()
        home.wait_until(lambda: is_over(one), seconds=RESUMES_WITHIN)
    assert one.states() == ["done"]
    assert one.query("SELECT MAX(attempt) FROM kam_runshard")[0][0] > 1, "no kill hit a shard"
    assert one.ask("contents.fingerprint()") == undisturbed


@pytest.mark.timeout(600)
def test_lost_messages_are_sent_again(copy, undisturbed):
    """The run was started while the broker lost everything: only the rows are left."""
    one = copy("lost")
    start_night(one, "queue=hints.no_hints")
    with home.Workers(one, pool=POOL):
        home.wait_until(lambda: is_over(one), seconds=RESUMES_WITHIN)
    assert one.states() == ["done"]
    assert one.ask("contents.fingerprint()") == undisturbed


@pytest.mark.timeout(600)
@pytest.mark.parametrize("shards", [1, 16])
def test_number_of_shards_changes_nothing(copy, undisturbed, shards):
    one = copy("shards")
    report = json.loads(one.manage("nightly", "--json", "--shards", str(shards)))
    assert report["shards"] == shards
    assert one.ask("contents.fingerprint()") == undisturbed


@pytest.mark.timeout(600)
def test_two_processes_that_start_a_night_make_one_run(copy):
    one = copy("two")
    starters = [one.start("manage.py", "nightly") for _ in range(2)]
    assert [starter.wait(timeout=300) for starter in starters] == [0, 0]
    assert one.states() == ["done"]
    assert one.query("SELECT MAX(attempt) FROM kam_runshard") == [(1,)]
