"""The supervisor with real processes: what dies comes back, and nothing outlives it, however it ends."""

import signal
import subprocess
import sys
import time

import psutil
import pytest
from django.conf import settings

from scripts.supervisor import LONGEST_DELAY_SECONDS, STEADY_SECONDS, Child

PROGRAM = """
from scripts.supervisor import Child, Supervisor
import sys
sleeper = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(600)"]
Supervisor([Child("one", sleeper), Child("two", sleeper)]).run()
"""


def until(question, seconds: float = 30):
    """The first truthy answer, with generous patience for a busy machine."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.05)
    pytest.fail("it did not happen in time")


@pytest.fixture
def supervisor():
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    yield psutil.Process(process.pid)
    process.kill()
    process.communicate()


def sleepers(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in alive(process.children()) if "awake" in " ".join(child.cmdline())]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_supervisor_starts_a_killed_child_again(supervisor):
    first, second = until(lambda: len(sleepers(supervisor)) == 2 and sleepers(supervisor))
    first.kill()
    after = until(lambda: len(sleepers(supervisor)) == 2 and first not in sleepers(supervisor) and sleepers(supervisor))
    assert second in after


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_supervisor_ends_its_children_when_asked(supervisor, number):
    children = until(lambda: len(sleepers(supervisor)) == 2 and sleepers(supervisor))
    supervisor.send_signal(number)
    assert until(lambda: not alive([supervisor, *children]))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_children_do_not_outlive_a_killed_supervisor(supervisor):
    children = until(lambda: len(sleepers(supervisor)) == 2 and sleepers(supervisor))
    supervisor.kill()
    assert until(lambda: not alive(children))


def test_child_that_keeps_dying_waits_longer_but_never_five_seconds(capsys):
    child = Child("brief", [sys.executable, "-S", "-c", "raise SystemExit(3)"])
    delays = []
    for _ in range(5):
        child.start()
        child.process.wait()
        child.note_death()
        delays.append(child.delay)
    assert delays == [1.0, 2.0, 4.0, 4.0, 4.0]
    assert LONGEST_DELAY_SECONDS < 5
    assert "ended with status 3; starting again in 4.0 s" in capsys.readouterr().out


def test_child_that_was_up_for_long_comes_back_at_once():
    child = Child("steady", [sys.executable, "-S", "-c", "pass"], delay=4.0)
    child.start()
    child.process.wait()
    child.started_at -= STEADY_SECONDS
    child.note_death()
    assert child.delay == 0.5
