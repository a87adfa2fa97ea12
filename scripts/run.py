"""`make run`: the whole product on this machine, from nothing: SQLite, demo data, web server, worker and schedule."""

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

from scripts import tied
from scripts.supervisor import Child, Supervisor

ROOT = Path(__file__).resolve().parent.parent
LOGINS = ("rep", "manager", "admin", "executive")
PASSWORD = "demo-password-1"


def port() -> int:
    """The port of the web server. Exits with an explanation when it is no port or not free."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host(), int(text)))
        except OSError as error:
            other = int(text) + 1 if int(text) < 65535 else 8000
            reason = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
            sys.exit(f"Port {text} {reason}. Choose another:  make run PORT={other}")
    return int(text)


def host() -> str:
    return os.environ.get("HOST") or "127.0.0.1"


def only_one(var_dir: Path):
    """A lock on the data for as long as the returned file is open; exits when another run holds it."""
    var_dir.mkdir(parents=True, exist_ok=True)
    lock = (var_dir / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(f"KAM is already running on the data in {var_dir}. Stop that one first, or set VAR_DIR.")
    return lock


def environment(number: int) -> None:
    """What the children need to know; what the caller has set stays."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kam.settings.dev"
    os.environ["PYTHONUNBUFFERED"] = "1"
    os.environ["PYTHONWARNINGS"] = "ignore:You're running the worker"
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("BASE_URL", f"http://localhost:{number}")


def children(number: int) -> list[Child]:
    """Web server, worker, schedule.

    One process of threads serves the web: SQLite has one writer, and limits on sign-ins count in one memory. The
    worker runs its tasks in its own process (`solo`): killing it leaves no second process that still holds a lease,
    and its work is rows that the next one resumes.
    """
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "kam"]
    web = [
        "--bind",
        f"{host()}:{number}",
        "--workers",
        "1",
        "--threads",
        "8",
        "--graceful-timeout",
        "5",
        "--no-control-socket",
    ]
    return [
        Child("web", [sys.executable, "-m", "gunicorn", "kam.wsgi", *web], last_signal=signal.SIGTERM),
        Child("worker", [*celery, "worker", "-P", "solo", "--without-gossip", "--without-mingle", "-l", "WARNING"]),
        Child("schedule", [*celery, "beat", "-l", "WARNING", "--pidfile="]),
    ]


def prepare() -> None:
    """Migrations, and on an empty database the demo data and the first nightly run."""
    if subprocess.run([sys.executable, "-m", "scripts.first_start"], cwd=ROOT).returncode:
        sys.exit("The database could not be prepared; the message is above.")


def announce(number: int) -> None:
    """Once the web server answers: where it is and who may sign in."""
    while True:
        time.sleep(0.2)
        with suppress(OSError), urlopen(f"http://{host()}:{number}/healthz", timeout=10):
            break
    print(f"\n  KAM runs at  http://localhost:{number}/   (Ctrl-C ends it)", flush=True)
    if os.environ["DEMO"] == "1":
        print(f"  Sign in as   {', '.join(LOGINS)}   with the password  {PASSWORD}\n", flush=True)
    else:
        print("  Nobody yet?  .venv/bin/python manage.py setup   then start again\n", flush=True)


def main(arguments: list[str]) -> None:
    if "--tied" in arguments:
        tied.tie(signal.SIGTERM, os.getppid())
    os.chdir(ROOT)
    number = port()
    lock = only_one(Path(os.environ.get("VAR_DIR") or ROOT / "var"))
    environment(number)
    prepare()
    threading.Thread(target=announce, args=(number,), daemon=True).start()
    Supervisor(children(number)).run()
    lock.close()


if __name__ == "__main__":
    main(sys.argv[1:])
