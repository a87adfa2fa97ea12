"""PostgreSQL and Redis for the suite: named by the environment, found on the standard ports, or throw-away ones."""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from scripts import system

POSTGRES_SOCKETS = "/var/run/postgresql"


@dataclass(frozen=True)
class Server:
    """A running server: its address, its version, and where it comes from (named, found or throw-away)."""

    url: str
    version: str
    origin: str

    def __str__(self) -> str:
        address = urlsplit(self.url)
        return f"{self.version} ({self.origin}, {address.hostname or 'socket'}:{address.port or 'default port'})"


def postgres_version(url: str) -> str | None:
    """The version of a PostgreSQL that answers at ``url`` and lets us create databases, else None."""
    try:
        connection = psycopg2.connect(url, connect_timeout=3)
    except psycopg2.Error:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        may_create = cursor.fetchone()[0]
    version = connection.server_version // 10000
    connection.close()
    return f"PostgreSQL {version}" if may_create else None


def postgres_candidates() -> list[str]:
    """Where a developer's machine usually has a PostgreSQL: current user, then postgres, over TCP and the socket."""
    logins = list(dict.fromkeys([getpass.getuser(), "postgres", "postgres:postgres", "root"]))
    urls = [f"postgres://{login}@127.0.0.1:5432/postgres" for login in logins]
    if Path(POSTGRES_SOCKETS).exists():
        urls += [f"postgres://{login}@/postgres?host={POSTGRES_SOCKETS}" for login in logins]
    return urls


def redis_version(url: str) -> str | None:
    try:
        return "Redis " + redis.Redis.from_url(url, socket_connect_timeout=2).info("server")["redis_version"]
    except (redis.RedisError, OSError):
        return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(question, what: str, seconds: float = 30):
    """The first truthy answer of ``question``; raises TimeoutError when ``what`` does not come up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := question():
            return answer
        time.sleep(0.1)
    raise TimeoutError(f"{what} did not start within {seconds:.0f} s")


def start(stack: ExitStack, command: list, **options) -> None:
    """Run a server until ``stack`` closes."""
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    stack.callback(process.wait)
    stack.callback(process.terminate)


def unprivileged() -> dict:
    """PostgreSQL refuses to run as root: the arguments of Popen that give it its own user."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
    raise RuntimeError("no user to run PostgreSQL as")


def throwaway_postgres(stack: ExitStack) -> Server:
    """A PostgreSQL in a temporary folder, without durability, gone when ``stack`` closes."""
    system.ensure(["PostgreSQL"])
    programs, user = system.postgres_bin(), unprivileged()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kam-pg-")))
    if user:
        shutil.chown(folder, user["user"])
    data, port = folder / "data", free_port()
    initdb = [programs / "initdb", "-D", data, "-U", "kam", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
    subprocess.run([*map(str, initdb)], check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)
    quick = [part for name in ("fsync", "synchronous_commit", "full_page_writes") for part in ("-c", f"{name}=off")]
    address = ["-p", port, "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    start(stack, [programs / "postgres", "-D", data, *address, *quick], cwd=folder, **user)
    url = f"postgres://kam@127.0.0.1:{port}/postgres"
    return Server(url, wait_for(lambda: postgres_version(url), "PostgreSQL"), "throw-away")


def throwaway_redis(stack: ExitStack) -> Server:
    """A Redis that keeps nothing, gone when ``stack`` closes."""
    system.ensure(["Redis"])
    folder, port = stack.enter_context(tempfile.TemporaryDirectory(prefix="kam-redis-")), free_port()
    command = [system.redis_server(), "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    start(stack, [*command, "--appendonly", "no"])
    url = f"redis://127.0.0.1:{port}/0"
    return Server(url, wait_for(lambda: redis_version(url), "Redis"), "throw-away")


def postgres(stack: ExitStack) -> Server:
    """The PostgreSQL of this run. Raises SystemExit when TEST_DATABASE_URL names one that cannot be used."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        if version := postgres_version(named):
            return Server(named, version, "named")
        raise SystemExit("TEST_DATABASE_URL: no PostgreSQL answers there with the right to create databases.")
    for url in postgres_candidates():
        if version := postgres_version(url):
            return Server(url, version, "found")
    return throwaway_postgres(stack)


def redis_service(stack: ExitStack) -> Server:
    """The Redis of this run. Raises SystemExit when TEST_REDIS_URL names one that does not answer."""
    if named := os.environ.get("TEST_REDIS_URL"):
        if version := redis_version(named):
            return Server(named, version, "named")
        raise SystemExit("TEST_REDIS_URL: no Redis answers there.")
    url = "redis://127.0.0.1:6379/0"
    if version := redis_version(url):
        return Server(url, version, "found")
    return throwaway_redis(stack)
