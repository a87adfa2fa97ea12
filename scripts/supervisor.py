"""Keeps a few programs running: a dead one comes back within five seconds, and all of them end together."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

TIED = Path(__file__).with_name("tied.py")
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 4.0
STEADY_SECONDS = 20.0
GRACE_SECONDS = 10.0
PRINTING = threading.Lock()


def say(name: str, line: str) -> None:
    """One line of output, marked with the program it is from."""
    with PRINTING:
        print(f"{name:<8} | {line}", flush=True)


@dataclass
class Child:
    """One program: how it is started, and when it may be started again after it died."""

    name: str
    command: list[str]
    last_signal: int = signal.SIGKILL
    delay: float = FIRST_DELAY_SECONDS
    start_at: float = 0.0
    started_at: float = 0.0
    process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start in a session of its own, so that Ctrl-C reaches the supervisor alone; ``last_signal`` if that dies."""
        tie = [sys.executable, "-S", str(TIED), str(int(self.last_signal)), str(os.getpid())]
        self.process = subprocess.Popen(
            [*tie, *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        threading.Thread(target=self._copy_output, args=(self.process,), daemon=True).start()

    def _copy_output(self, process: subprocess.Popen) -> None:
        with process.stdout as output:
            for line in output:
                say(self.name, line.rstrip())

    def note_death(self) -> None:
        """Decide when to start again: soon, but later each time when the program does not stay up."""
        was_steady = time.monotonic() - self.started_at >= STEADY_SECONDS
        self.delay = FIRST_DELAY_SECONDS if was_steady else min(self.delay * 2, LONGEST_DELAY_SECONDS)
        self.start_at = time.monotonic() + self.delay
        say(self.name, f"ended with status {self.process.returncode}; starting again in {self.delay:.1f} s")
        self.sweep()
        self.process = None

    def send(self, number: int) -> None:
        if self.is_running:
            self.process.send_signal(number)

    def sweep(self) -> None:
        """Kill what the program left behind in its session."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Starts its children, brings dead ones back, and ends them all on Ctrl-C, SIGTERM or a closed terminal."""

    def __init__(self, children: list[Child]):
        self.children = children
        self.stops = 0

    def run(self) -> None:
        """Return when everything has ended after a signal."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            while not self.stops:
                self.tend()
                time.sleep(0.1)
        finally:
            self.stop()

    def _ask_to_stop(self, number, frame) -> None:
        self.stops += 1

    def tend(self) -> None:
        """One look at every child."""
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.start_at:
                    child.start()
            elif not child.is_running:
                child.note_death()

    def stop(self) -> None:
        """Ask all to end, wait for a while or until asked a second time, then kill what is left."""
        say("kam", "Stopping. Work in progress goes on at the next start.")
        asked = self.stops
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and self.stops <= asked and any(c.is_running for c in self.children):
            time.sleep(0.05)
        for child in self.children:
            child.sweep()
            if child.process is not None:
                child.process.wait()
