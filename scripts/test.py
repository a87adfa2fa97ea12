"""The whole suite, browser tests included, on PostgreSQL + Redis and then on SQLite + filesystem broker.

Arguments go to pytest. The last line is the sum of both runs: `N passed, N failed`.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from scripts import servers, system

ROOT = Path(__file__).resolve().parent.parent
RUN = f"kam_test_{os.getpid()}_{secrets.token_hex(3)}"
CLOSING_LINE = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s")


@dataclass(frozen=True)
class Result:
    """What one run of pytest came to."""

    where: str
    counts: dict[str, int]
    exit_code: int
    seconds: float

    @property
    def failed(self) -> int:
        """Failures and errors; a run that ended badly without counting one counts as one."""
        counted = self.counts.get("failed", 0) + self.counts.get("error", 0) + self.counts.get("errors", 0)
        return counted or int(self.exit_code != 0)

    def __str__(self) -> str:
        return f"{self.where}: {summary([self])} in {self.seconds:.0f} s"


def summary(results: list[Result]) -> str:
    """`N passed, N failed`, and `, N skipped` where there are any."""
    total = {name: sum(result.counts.get(name, 0) for result in results) for name in ("passed", "skipped")}
    line = f"{total['passed']} passed, {sum(result.failed for result in results)} failed"
    return line + (f", {total['skipped']} skipped" if total["skipped"] else "")


def counts_of(line: str) -> dict[str, int]:
    """The numbers of pytest's closing line, by word; empty for any other line."""
    match = CLOSING_LINE.match(line.strip())
    return {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", match[1])} if match else {}


def run_pytest(where: str, environment: dict[str, str], arguments: list[str]) -> Result:
    """Run pytest once, showing its output as it comes."""
    print(f"\n{where}", flush=True)
    workers = [] if any(argument.startswith("-n") for argument in arguments) else ["-n", "2", "--dist", "loadgroup"]
    started, counts = time.monotonic(), {}
    with tempfile.TemporaryDirectory(prefix="kam-test-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *workers, *arguments],
            cwd=ROOT,
            env={**os.environ, "VAR_DIR": folder, "TEST_KEY_PREFIX": RUN, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        for line in process.stdout:
            print(line, end="", flush=True)
            counts = counts_of(line) or counts
        exit_code = process.wait()
    return Result(where, counts, exit_code, time.monotonic() - started)


def administer(url: str, *statements: str) -> list[tuple]:
    """Run statements outside of a transaction and return the rows of the last."""
    with closing(psycopg2.connect(url)) as connection, closing(connection.cursor()) as cursor:
        connection.autocommit = True
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def make_template(url: str) -> str:
    """An empty database in UTF8 and C.UTF-8; the suite's databases are copies of it. Returns its name."""
    name = f"{RUN}_template"
    administer(
        url, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
    )
    return name


def clean_up(postgres_url: str, redis_url: str) -> None:
    """Drop this run's databases and its keys, whatever became of the tests."""
    for (name,) in administer(postgres_url, f"SELECT datname FROM pg_database WHERE datname LIKE '%{RUN}%'"):
        administer(postgres_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    with closing(redis.Redis.from_url(redis_url)) as client:
        for key in client.scan_iter(f"*{RUN}*"):
            client.delete(key)


def run_on_servers(arguments: list[str]) -> Result:
    with ExitStack() as stack:
        database, broker = servers.postgres(stack), servers.redis_service(stack)
        stack.callback(clean_up, database.url, broker.url)
        environment = {
            "DATABASE_URL": urlsplit(database.url)._replace(path=f"/{RUN}").geturl(),
            "TEST_DATABASE_TEMPLATE": make_template(database.url),
            "CELERY_BROKER_URL": broker.url,
            "CACHE_URL": broker.url.replace("redis://", "rediscache://", 1),
        }
        return run_pytest(f"{database} + {broker}", environment, arguments)


def run_embedded(arguments: list[str]) -> Result:
    os.environ.pop("DATABASE_URL", None)
    environment = {"CELERY_BROKER_URL": "filesystem://", "CACHE_URL": "locmemcache://"}
    return run_pytest("SQLite + filesystem broker", environment, arguments)


def main(arguments: list[str]) -> int:
    system.ensure(["Chromium", "gettext", "a Chinese font", "nginx", "OpenSSL"])
    os.environ["CHROMIUM_PATH"] = system.chromium()
    results = [run_on_servers(arguments), run_embedded(arguments)]
    version = subprocess.run([os.environ["CHROMIUM_PATH"], "--version"], capture_output=True, text=True, check=False)
    print("\nWhat ran where")
    for result in results:
        print(f"  {result}")
    print(f"  Browser tests in both: {version.stdout.strip() or os.environ['CHROMIUM_PATH']}")
    print(summary(results), flush=True)
    return int(any(result.failed for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
