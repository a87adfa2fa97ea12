"""A whole installation apart from the suite's: a database, a broker queue, and real processes that can be killed."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parent.parent.parent
LEASE_SECONDS = 3
IMPORT_LEASE_SECONDS = 10
SWEEP_SECONDS = 2
QUICK_SWEEP = (
    "from django_celery_beat.models import IntervalSchedule, PeriodicTask;"
    f"IntervalSchedule.objects.update(every={SWEEP_SECONDS});"
    "PeriodicTask.objects.filter(name='nightly run').update(enabled=False)"
)


@dataclass
class Installation:
    """Where an installation lives; its programs run with ``environment``."""

    folder: Path
    database_url: str
    broker_url: str
    queue: str = field(default_factory=lambda: f"faults-{uuid.uuid4().hex[:8]}")

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": "kam.settings.test",
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "CELERY_BROKER_URL": self.broker_url,
            "CELERY_QUEUE": self.queue,
            "NIGHTLY_LEASE_SECONDS": str(LEASE_SECONDS),
            "IMPORT_LEASE_SECONDS": str(IMPORT_LEASE_SECONDS),
            "SHARD_SIZE": "20",
            "DEMO": "1",
            "PYTHONWARNINGS": "ignore",
        }
        return os.environ | own

    def start(self, *command: str) -> subprocess.Popen:
        """A program in a session of its own, so that a kill reaches all of it; its output goes to a file."""
        with (self.folder / "log.txt").open("a") as log:
            return subprocess.Popen(
                [sys.executable, *command],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def call(self, *command: str) -> str:
        """What a program printed. Raises with its complaints when it fails."""
        result = subprocess.run(
            [sys.executable, *command], env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=600
        )
        if result.returncode:
            raise RuntimeError(f"{command}: {result.stdout[-2000:]}{result.stderr[-4000:]}")
        return result.stdout

    def manage(self, *command: str) -> str:
        return self.call("manage.py", *command)

    def ask(self, code: str):
        """The value of the expression ``code``, as JSON, in a process of this installation."""
        program = f"import django, json; django.setup(); from tests.faults import contents; print(json.dumps({code}))"
        return json.loads(self.call("-c", program))

    def query(self, statement: str) -> list[tuple]:
        """Rows of the database, asked without Django so that it takes a millisecond and not seconds."""
        if self.database_url.startswith("sqlite"):
            link = sqlite3.connect(self.database_url.removeprefix("sqlite:///"), timeout=20)
        else:
            link = psycopg2.connect(self.database_url)
        with closing(link):
            cursor = link.cursor()
            cursor.execute(statement)
            return cursor.fetchall()

    def states(self) -> list[str]:
        """The states of all runs, the first one first."""
        return [state for (state,) in self.query("SELECT state FROM kam_run ORDER BY id")]

    def claims(self) -> int:
        """How often workers have taken up a shard so far."""
        return int(self.query("SELECT COALESCE(SUM(attempt), 0) FROM kam_runshard")[0][0])

    def is_at_work(self, *, claimed: int = 0) -> bool:
        """Whether a worker is in the middle of a shard that it took up after the first ``claimed`` claims."""
        is_busy = self.query("SELECT 1 FROM kam_runshard WHERE state = 'running'")
        return bool(is_busy) and self.claims() > claimed

    def imports(self) -> list[str]:
        """The states of all imports, the first one first."""
        return [state for (state,) in self.query("SELECT state FROM kam_importjob ORDER BY id")]

    def batches(self) -> int:
        """How many batches of imports are written and could still be taken back."""
        return self.query("SELECT COUNT(*) FROM kam_importbatch")[0][0]

    def copy(self, folder: Path) -> "Installation":
        """The same data in a database of its own, with a queue of its own."""
        folder.mkdir()
        name = self.database_url.rpartition("/")[2]
        if self.database_url.startswith("sqlite"):
            shutil.copy(self.database_url.removeprefix("sqlite:///"), folder / name)
            return Installation(folder, f"sqlite:///{folder / name}", self.broker_url)
        return Installation(folder, create_database(self.database_url, template=name), self.broker_url)

    def drop(self) -> None:
        if not self.database_url.startswith("sqlite"):
            on_server(
                self.database_url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database_url.rpartition("/")[2]
            )


def on_server(url: str, statement: str, *names: str) -> None:
    """Run a statement about whole databases on the server of ``url``."""
    link = psycopg2.connect(url.rpartition("/")[0] + "/postgres")
    link.autocommit = True
    with link.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    link.close()


def create_database(url: str, *, template: str = "template0") -> str:
    """A new database beside that of ``url``; its address."""
    name = f"kam_faults_{uuid.uuid4().hex[:10]}"
    on_server(url, "CREATE DATABASE {} TEMPLATE {}", name, template)
    return url.rpartition("/")[0] + "/" + name


@contextmanager
def installation(folder: Path, database_url: str, broker_url: str, *, accounts: int) -> Iterator[Installation]:
    """An installation with demo data and a sweep every two seconds; ``database_url`` names only kind and server."""
    is_sqlite = database_url.startswith("sqlite")
    url = f"sqlite:///{folder / 'kam.sqlite3'}" if is_sqlite else create_database(database_url)
    new = Installation(folder, url, broker_url)
    try:
        new.manage("migrate", "-v0")
        new.manage("demo", "--accounts", str(accounts))
        new.manage("shell", "-v0", "-c", QUICK_SWEEP)
        yield new
    finally:
        new.drop()


class Workers:
    """A worker and a schedule under a supervisor that starts a killed one again, as ``make run`` does."""

    COMMANDS = {
        "worker": ("-m", "celery", "-A", "kam", "worker", "-l", "WARNING", "--without-gossip", "--without-mingle"),
        "beat": ("-m", "celery", "-A", "kam", "beat", "-l", "WARNING", "--max-interval", "1", "--pidfile="),
    }

    def __init__(self, home: Installation, *, pool: str = "solo"):
        self.home = home
        self.pool = ("-P", pool, "-c", "2" if pool == "prefork" else "1")
        self.running: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Workers":
        for name in self.COMMANDS:
            self.start(name)
        return self

    def __exit__(self, *exc_info) -> None:
        for process in self.running.values():
            kill(process)

    def start(self, name: str) -> None:
        extra = self.pool if name == "worker" else ("--schedule", str(self.home.folder / "beat"))
        self.running[name] = self.home.start(*self.COMMANDS[name], *extra)

    def supervise(self) -> None:
        """Start again what has died."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                self.start(name)

    def kill(self, name: str = "worker") -> None:
        kill(self.running[name])
        self.supervise()


def kill(process: subprocess.Popen) -> None:
    """SIGKILL for a program and everything it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(question: Callable[[], bool], *, seconds: float, step: float = 0.05) -> float:
    """Ask until the answer is yes; the seconds it took. Raises TimeoutError."""
    start = time.monotonic()
    while not question():
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(step)
    return time.monotonic() - start
