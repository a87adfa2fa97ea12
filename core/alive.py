"""``python -m core.alive web|worker|beat``: whether this machine's program is alive, told in a few milliseconds.

The web server is asked for `/readyz`. Worker and schedule have no port: they touch a file at every heartbeat, and a
file that has grown old is a program that hangs. Nothing here imports Django, because a check runs every few seconds.
"""

import http.client
import os
import sys
import tempfile
import time
from pathlib import Path

OLDEST_SECONDS = 90
ANSWER_SECONDS = 4


def sign_of(program: str) -> Path:
    """The file that ``program`` touches while it lives."""
    return Path(os.environ.get("ALIVE_DIR") or tempfile.gettempdir()) / f"kam-{program}.alive"


def is_touched(program: str) -> bool:
    try:
        return time.time() - sign_of(program).stat().st_mtime < OLDEST_SECONDS
    except FileNotFoundError:
        return False


def is_ready() -> bool:
    """Whether pages can be served, asked under a host name that the settings allow."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    link = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=ANSWER_SECONDS)
    try:
        link.request("GET", "/readyz", headers={"Host": host})
        return link.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        link.close()


if __name__ == "__main__":
    program = sys.argv[1]
    sys.exit(0 if (is_ready() if program == "web" else is_touched(program)) else 1)
