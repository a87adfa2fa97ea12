"""A link that does not answer is cut at its deadline; one that answers, or may take its time, is left alone."""

import os
import socket
import time

import pytest
from django.db import OperationalError, connection

from core import watchdog
from core.database import long_statements

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no link to lose")


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_link_is_cut_at_its_deadline(pair):
    ours, _theirs = pair
    started = time.monotonic()
    with watchdog.deadline(ours.fileno(), 0.2):
        assert ours.recv(1) == b""
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("seconds", [0.2, None], ids=["it has answered", "it may take its time"])
def test_link_that_answers_or_may_take_its_time_is_left_alone(pair, seconds):
    ours, theirs = pair
    if seconds is None:
        with watchdog.deadline(ours.fileno(), None):
            time.sleep(1.5)
    else:
        with watchdog.deadline(ours.fileno(), seconds):
            pass
        time.sleep(1.5)
    theirs.send(b"x")
    assert ours.recv(1) == b"x"


def test_child_of_a_fork_watches_for_itself(pair):
    ours, _theirs = pair
    with watchdog.deadline(ours.fileno(), 30):
        pass
    child = os.fork()
    if not child:
        with watchdog.deadline(ours.fileno(), 0.2):
            os._exit(len(ours.recv(1)))
    assert os.waitpid(child, 0)[1] == 0


@on_postgresql
def test_statement_beyond_the_deadline_ends_as_a_lost_link_does(transactional_db, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(watchdog, "STATEMENT_SECONDS", 0.5)
        with pytest.raises(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(8)")
        connection.close()
        with connection.cursor() as cursor, long_statements():
            cursor.execute("SELECT pg_sleep(2)")
            assert cursor.fetchone() == ("",)
        connection.close()
