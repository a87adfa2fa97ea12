"""A PostgreSQL that hangs without refusing: its own time limits do not end a statement then, so we do.

Every statement runs with a deadline a little later than the server's own limit. A thread looks once a second, and shuts
the socket of a link whose deadline has passed: the statement ends with an OperationalError like that of any lost link.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from psycopg2.extensions import connection as Psycopg2Connection  # noqa: N812
from psycopg2.extensions import cursor as Psycopg2Cursor  # noqa: N812

STATEMENT_SECONDS = 17
"""Two seconds after the server would have ended it (`statement_timeout`)."""

SIGN_OF_LIFE = "SELECT 1"
SIGN_OF_LIFE_SECONDS = 3

_guard = threading.Lock()
_deadlines: dict[int, float] = {}
_watcher: tuple[int, threading.Thread] | None = None


@contextmanager
def deadline(fileno: int, seconds: float | None) -> Iterator[None]:
    """Shut the socket ``fileno`` when the block has not ended after ``seconds``; None waits for ever."""
    if seconds is None:
        yield
        return
    with _guard:
        _start_watching()
        outer = _deadlines.get(fileno)
        _deadlines[fileno] = time.monotonic() + seconds
    try:
        yield
    finally:
        with _guard:
            _deadlines.pop(fileno, None)
            if outer is not None:
                _deadlines[fileno] = outer


def _start_watching() -> None:
    """One thread per process; a child of a fork needs its own."""
    global _watcher
    if _watcher is None or _watcher[0] != os.getpid():
        _deadlines.clear()
        _watcher = (os.getpid(), threading.Thread(target=_watch, name="database-watchdog", daemon=True))
        _watcher[1].start()


def _watch() -> None:
    while True:
        time.sleep(1)
        now = time.monotonic()
        with _guard:
            for fileno in [number for number, until in _deadlines.items() if until < now]:
                _deadlines.pop(fileno)
                _shut(fileno)


def _shut(fileno: int) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(fileno)) as link:
        link.shutdown(socket.SHUT_RDWR)


class Link(Psycopg2Connection):
    """A link to PostgreSQL that does not wait for ever, unless ``is_patient``."""

    is_patient = False

    def within(self, seconds: float = STATEMENT_SECONDS):
        return deadline(self.fileno(), None if self.is_patient else seconds)

    def commit(self) -> None:
        with self.within():
            super().commit()

    def rollback(self) -> None:
        with self.within():
            super().rollback()


class PatientLink(Link):
    """For programs that nobody waits for."""

    is_patient = True


class Cursor(Psycopg2Cursor):
    """A cursor whose every call has a deadline."""

    def execute(self, query, vars=None):  # noqa: A002 - the name that psycopg2 gives it
        with self.connection.within(SIGN_OF_LIFE_SECONDS if query == SIGN_OF_LIFE else STATEMENT_SECONDS):
            return super().execute(query, vars)

    def executemany(self, query, vars_list):
        with self.connection.within():
            return super().executemany(query, vars_list)

    def copy_expert(self, *args, **kwargs):
        with self.connection.within():
            return super().copy_expert(*args, **kwargs)

    def fetchone(self):
        with self.connection.within():
            return super().fetchone()

    def fetchmany(self, *args, **kwargs):
        with self.connection.within():
            return super().fetchmany(*args, **kwargs)

    def fetchall(self):
        with self.connection.within():
            return super().fetchall()
