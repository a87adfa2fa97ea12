"""How long a rep waits for Save while much is written: ``python -m benchmarks.sqlite_saves FILE [SAVES]``.

On SQLite there is one write lock. A large import runs in its own process, and from the moment that it writes, nights
run one after another in a second one, while this one saves interactions and prints the waiting times as JSON. Uses the
database of ``DATABASE_URL``, which should be empty and migrated.
"""

import json
import os
import subprocess
import sys
import time
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings.dev")
django.setup()

from accounts.models import Account  # noqa: E402
from accounts.services import create_account  # noqa: E402
from accounts.services.interaction_log import Report, log_interaction  # noqa: E402
from kam.choices import ImportState  # noqa: E402
from kam.models import ImportJob  # noqa: E402
from users.models import User  # noqa: E402

PAUSE_SECONDS = 0.05
NIGHT = "2010-12-09"


def save(account: Account, user: User) -> float:
    """Seconds that one save takes."""
    began = time.monotonic()
    log_interaction(by=user, uuid=uuid4(), report=Report(account=account, kind="visit"))
    return time.monotonic() - began


def start_night() -> subprocess.Popen:
    """A nightly run for the last day of the file, in a process of its own."""
    command = [sys.executable, "manage.py", "nightly", "--as-of", NIGHT]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for_writing(worker: subprocess.Popen) -> None:
    """Until the import has checked its file and writes; while it only reads, nobody has to wait for it."""
    while worker.poll() is None and not ImportJob.objects.filter(state=ImportState.RUNNING).exists():
        time.sleep(0.1)


def main(path: str, saves: int) -> dict:
    user = User.objects.create_user(username=f"bench{time.time_ns()}", name="Bench", role="admin")
    account = create_account(by=user, name="Bench")
    command = [sys.executable, "manage.py", "import", "orders", path, "--json"]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    wait_for_writing(worker)
    waits, errors, nights, night = [], 0, 0, start_night()
    while len(waits) + errors < saves and worker.poll() is None:
        try:
            waits.append(save(account, user))
        except django.db.OperationalError:
            errors += 1
        time.sleep(PAUSE_SECONDS)
        if night.poll() is not None:
            nights, night = nights + 1, start_night()
    still_running = worker.poll() is None
    output, _ = worker.communicate()
    night.wait()
    waits.sort()
    return {
        "saves": len(waits),
        "errors": errors,
        "import_was_running": still_running,
        "nights": nights + 1,
        "p50_seconds": round(waits[len(waits) // 2], 3),
        "p99_seconds": round(waits[int(len(waits) * 0.99) - 1], 3),
        "max_seconds": round(waits[-1], 3),
        "import": json.loads(output),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200), indent=1) + "\n")
