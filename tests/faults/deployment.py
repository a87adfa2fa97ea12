"""The deployment of `docker-compose.yml` on this machine, without its containers: the very commands, health checks,
environment and proxy configuration of the files, on throw-away PostgreSQL, Redis and nginx.

What containers would give is put in its place and nothing else: host names become 127.0.0.1 with free ports, volumes
become folders.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg2
import redis
import yaml

from scripts import servers, system
from tests.faults.installation import ROOT, wait_until

VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
PASSWORDS = {"POSTGRES_PASSWORD": "pg-Secret_1", "REDIS_PASSWORD": "redis-Secret_1"}
ENV_FILE = PASSWORDS | {
    "SECRET_KEY": "k3F9-wq7Zt_2vLx8-Rb5Ym1Hc6Nd4Sj0-Pg9Uf3Ea7Ko2Ti8Xw5",
    "ALLOWED_HOSTS": "crm.example.com",
    "BASE_URL": "https://crm.example.com",
    "EMAIL_URL": "filemail://",
    "DEFAULT_FROM_EMAIL": "crm@example.com",
    "BUSINESS_TIME_ZONE": "Asia/Shanghai",
    "BASE_CURRENCY": "CNY",
    "METRICS_TOKEN": "metrics-Secret_1",
}
PROGRAMS = ("web", "worker", "beat")
SERVERS = ("db", "broker", "cache", "proxy")


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf8"))


def filled(value, variables: dict[str, str]):
    """A part of the file with its variables put in, as compose does. Raises KeyError for one that is required."""
    if isinstance(value, list):
        return [filled(one, variables) for one in value]
    if isinstance(value, dict):
        return {name: filled(one, variables) for name, one in value.items()}
    return VARIABLE.sub(lambda match: variable(match, variables), value) if isinstance(value, str) else value


def variable(match: re.Match, variables: dict[str, str]) -> str:
    name, kind, text = match.groups()
    return variables[name] if kind == "?" or name in variables else (text or "")


class Deployment:
    """All services of the file as processes below ``folder``."""

    def __init__(self, folder: Path, **variables: str):
        self.folder = folder
        self.services = filled(compose()["services"], ENV_FILE | variables)
        self.ports = {name: servers.free_port() for name in (*SERVERS, "web", "plain")}
        self.running: dict[str, subprocess.Popen] = {}
        self.user = servers.unprivileged()
        for name in ("files", "alive", *SERVERS):
            (folder / name).mkdir(parents=True)

    def __enter__(self) -> "Deployment":
        self.folder.chmod(0o755)
        try:
            self.make_database()
            for name in ("broker", "cache"):
                self.start(name)
            for name in ("db", "broker", "cache"):
                self.wait_healthy(name, 60)
            self.call("migrate")
            self.call("migrate", "python", "manage.py", "collectstatic", "--noinput", "-v0")
            self.make_proxy()
            return self
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *exc_info) -> None:
        self.stop()

    def stop(self) -> None:
        for name in reversed(list(self.running)):
            self.kill(name)

    # what containers would give

    def local(self, text: str) -> str:
        """Names of other services become this machine."""
        for name, port in {"db": 5432, "broker": 6379, "cache": 6379, "web": 8000}.items():
            text = re.sub(rf"(?<=[@ ]){name}:{port}\b", f"127.0.0.1:{self.ports[name]}", text)
        return text.replace("/var/lib/kam", str(self.folder / "files"))

    def environment(self, name: str) -> dict[str, str]:
        given = {key: self.local(str(value)) for key, value in self.services[name].get("environment", {}).items()}
        here = {"HOST": "127.0.0.1", "ALIVE_DIR": str(self.folder / "alive"), "PYTHONUNBUFFERED": "1"}
        here["STATIC_ROOT"] = str(self.folder / "static")
        port = {"PORT": str(self.ports["web"])} if name == "web" else {}
        path = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        kept = {key: os.environ[key] for key in ("HOME", "LANG", "TMPDIR") if key in os.environ}
        return kept | given | here | port | path

    def command(self, name: str) -> list[str]:
        folder, port = self.folder / name, str(self.ports.get(name))
        if name == "db":
            address = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
            return [
                str(system.postgres_bin() / "postgres"),
                "-D",
                str(folder / "data"),
                "-p",
                port,
                *address,
                "-c",
                "fsync=off",
            ]
        if name == "proxy":
            return [system.nginx(), "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "daemon off;"]
        command = list(self.services[name]["command"])
        if name in ("broker", "cache"):
            return [*command, "--port", port, "--bind", "127.0.0.1", "--dir", str(folder)]
        return command

    # the life of a service

    def start(self, name: str) -> None:
        user = self.user if name == "db" else {}
        with (self.folder / f"{name}.log").open("a") as log:
            self.running[name] = subprocess.Popen(
                self.command(name),
                env=self.environment(name),
                cwd=self.folder / "db" if user else ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **user,
            )

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """End a service and everything it started; PostgreSQL at once, as ``-m immediate`` does."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)
            if name == "db":
                os.kill(process.pid, signal.SIGQUIT)
            else:
                os.killpg(process.pid, number)
        process.wait()

    def freeze(self, name: str) -> None:
        for pid in self.pids(name):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        for pid in self.pids(name):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def pids(self, name: str) -> list[int]:
        """The service and its children: the backends of PostgreSQL make sessions of their own."""
        parent = self.running[name].pid
        found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout
        return [parent, *map(int, found.split())]

    def call(self, name: str, *command: str) -> str:
        """Run a service's own command, or another one in its place, to its end. Raises with its complaints."""
        result = subprocess.run(
            list(command) or self.command(name),
            env=self.environment(name),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if result.returncode:
            raise RuntimeError(f"{name}: {result.stdout[-2000:]}{result.stderr[-4000:]}")
        return result.stdout

    def manage(self, *command: str) -> str:
        return self.call("migrate", "python", "manage.py", *command)

    def is_healthy(self, name: str) -> bool:
        """What the service's own health check says."""
        test = self.services[name]["healthcheck"]["test"][1:]
        swaps = {"redis-cli": ["redis-cli", "-p", str(self.ports.get(name))]}
        swaps["pg_isready"] = ["pg_isready", "-h", "127.0.0.1", "-p", str(self.ports["db"])]
        test = [*swaps.get(test[0], [test[0]]), *test[1:]]
        test = [part.replace("127.0.0.1/", f"127.0.0.1:{self.ports['proxy']}/") for part in test]
        options = {"env": self.environment(name), "cwd": ROOT, "capture_output": True, "timeout": 15, "check": False}
        try:
            result = subprocess.run(test, **options)
        except subprocess.TimeoutExpired:
            return False
        return result.returncode == 0 and (name not in ("broker", "cache") or result.stdout.strip() == b"PONG")

    def wait_healthy(self, name: str, seconds: float) -> float:
        return wait_until(lambda: self.is_healthy(name), seconds=seconds, step=0.3)

    # what images do at their first start

    def make_database(self) -> None:
        folder, settings = self.folder / "db", self.services["db"]["environment"]
        if self.user:
            shutil.chown(folder, self.user["user"])
        (folder / "password").write_text(settings["POSTGRES_PASSWORD"])
        (folder / "password").chmod(0o644)
        login = ["-U", settings["POSTGRES_USER"], "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "-N"]
        initdb = [system.postgres_bin() / "initdb", "-D", folder / "data", *login]
        initdb += settings["POSTGRES_INITDB_ARGS"].split()
        subprocess.run([*map(str, initdb)], check=True, stdout=subprocess.DEVNULL, cwd=folder, **self.user)
        self.start("db")
        wait_until(lambda: servers.postgres_version(self.database_url("postgres")), seconds=60)
        link = psycopg2.connect(self.database_url("postgres"))
        link.autocommit = True
        link.cursor().execute(f"CREATE DATABASE {settings['POSTGRES_DB']}")
        link.close()

    def make_proxy(self) -> None:
        """nginx.conf with this machine's ports, and a certificate as an administrator puts one there."""
        folder = self.folder / "proxy"
        text = self.local((ROOT / "deploy" / "nginx.conf").read_text(encoding="utf8"))
        text = text.replace("listen 80 ", f"listen 127.0.0.1:{self.ports['plain']} ")
        text = text.replace("listen 443 ", f"listen 127.0.0.1:{self.ports['proxy']} ")
        for path in ("/dev/stderr", "/dev/stdout", "/tmp/nginx.pid"):
            text = text.replace(path, str(folder / Path(path).name))
        text = text.replace("root /etc/nginx", f"root {ROOT / 'deploy'}")
        (folder / "nginx.conf").write_text(text)
        shutil.copy("/etc/nginx/mime.types", folder)
        (folder / "certificates").mkdir()
        names = ["-keyout", folder / "certificates" / "privkey.pem", "-out", folder / "certificates" / "fullchain.pem"]
        openssl = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=crm.example.com",
        ]
        subprocess.run([*openssl, *map(str, names)], check=True, capture_output=True)
        test = [part for part in self.command("proxy") if part not in ("-g", "daemon off;")]
        subprocess.run([*test, "-t"], check=True, capture_output=True)

    # asking it

    def database_url(self, name: str = "kam") -> str:
        return f"postgres://kam:{PASSWORDS['POSTGRES_PASSWORD']}@127.0.0.1:{self.ports['db']}/{name}"

    def query(self, statement: str) -> list[tuple]:
        link = psycopg2.connect(self.database_url())
        try:
            with link.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()
        finally:
            link.close()

    def redis(self, name: str) -> redis.Redis:
        return redis.Redis(port=self.ports[name], password=PASSWORDS["REDIS_PASSWORD"])

    def get(self, path: str, *, timeout: float = 30, **headers: str) -> tuple[int, str, float]:
        """Status, body and seconds of a page asked of the web server itself, as the proxy asks."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports['web']}{path}")
        for name, value in ({"Host": "crm.example.com", "X-Forwarded-Proto": "https"} | headers).items():
            request.add_header(name.replace("_", "-"), value)
        started = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode(), time.monotonic() - started
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), time.monotonic() - started
        except OSError as error:
            return 0, repr(error), time.monotonic() - started

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")
