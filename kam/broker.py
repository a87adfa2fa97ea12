"""The filesystem broker made safe for several processes, and its housekeeping.

Kombu writes a message in place, so a reader may take it half written and die of it; here a message appears whole. Kombu
keeps read messages and never deletes them; `purge` does.
"""

import os
import time
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

KEEP_SECONDS = 24 * 3600
FOLDERS = ("queue", "processed", "control")


class Channel(filesystem.Channel):
    """Messages are written beside the queue and renamed into it."""

    def _put(self, queue, payload, **kwargs):
        name = f"{time.time_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        part = folder / f"{name}.part"
        part.write_bytes(str_to_bytes(dumps(payload)))
        part.replace(folder / name)

    def get_table(self, exchange):
        # A process may have died between creating the file and writing it.
        try:
            return super().get_table(exchange)
        except ValueError:
            return []


class Transport(filesystem.Transport):
    Channel = Channel


def is_filesystem() -> bool:
    return settings.CELERY_BROKER_URL.startswith("filesystem")


def repair() -> None:
    """Make the folders, and remove exchange files that a killed process left empty: they would stop every worker."""
    if not is_filesystem():
        return
    for folder in FOLDERS:
        (settings.BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    for path in (settings.BROKER_DIR / "control").glob("*.exchange"):
        if path.stat().st_size == 0:
            path.unlink(missing_ok=True)


def purge(*, older_than_seconds: int = KEEP_SECONDS) -> int:
    """Delete files of the filesystem broker that nobody will read: read messages, and what was left to dead workers.

    Returns how many. Messages of the work queue itself are never touched.
    """
    if not is_filesystem():
        return 0
    deadline = time.time() - older_than_seconds
    own_queue = f".{settings.CELERY_TASK_DEFAULT_QUEUE}.msg"
    candidates = [*_files("processed"), *(path for path in _files("queue") if not path.name.endswith(own_queue))]
    return sum(_delete_if_older(path, deadline) for path in candidates)


def oldest_message_age() -> float | None:
    """Seconds since the oldest unread message of the work queue was written; None without one."""
    with suppress(FileNotFoundError, ValueError):
        own_queue = f".{settings.CELERY_TASK_DEFAULT_QUEUE}.msg"
        return time.time() - min(path.stat().st_mtime for path in _files("queue") if path.name.endswith(own_queue))
    return None


def _files(folder: str) -> list[Path]:
    with os.scandir(settings.BROKER_DIR / folder) as entries:
        return [Path(entry.path) for entry in entries if entry.is_file()]


def _delete_if_older(path: Path, deadline: float) -> bool:
    with suppress(FileNotFoundError):
        if path.stat().st_mtime < deadline:
            path.unlink()
            return True
    return False
