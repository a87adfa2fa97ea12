"""The filesystem broker: whole messages only, nothing that stops a worker, no folder that grows for ever."""

import os
import time

import pytest
from kombu import Connection

from kam import broker


@pytest.fixture
def folders(tmp_path, settings):
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.BROKER_DIR = tmp_path
    broker.repair()
    return tmp_path


@pytest.fixture
def connection(folders):
    options = {
        "data_folder_in": str(folders / "queue"),
        "data_folder_out": str(folders / "queue"),
        "processed_folder": str(folders / "processed"),
        "control_folder": str(folders / "control"),
        "store_processed": True,
    }
    broker.Transport.global_state.clear()
    with Connection(transport=broker.Transport, transport_options=options) as connection:
        yield connection


def age(path, *, hours: float) -> None:
    moment = time.time() - hours * 3600
    os.utime(path, (moment, moment))


def test_message_arrives_and_leaves_no_half_written_file(connection, folders):
    queue = connection.SimpleQueue("celery")
    queue.put({"id": 1})
    assert [path.suffix for path in (folders / "queue").iterdir()] == [".msg"]
    assert queue.get(timeout=5).payload == {"id": 1}
    queue.close()


def test_half_written_message_is_not_read(connection, folders):
    queue = connection.SimpleQueue("celery")
    (folders / "queue" / "1_x.celery.msg.part").write_text('{"half":')
    with pytest.raises(queue.Empty):
        queue.get(timeout=1.5)
    queue.close()


def test_empty_exchange_file_of_a_killed_process_stops_nobody(connection, folders):
    (folders / "control" / "celery.exchange").touch()
    broker.repair()
    queue = connection.SimpleQueue("celery")
    queue.put("hello")
    assert queue.get(timeout=5).payload == "hello"
    queue.close()


def test_purge_deletes_what_was_read_and_what_nobody_will_read(folders):
    read_long_ago, read_now = folders / "processed" / "1_a.celery.msg", folders / "processed" / "2_b.celery.msg"
    waiting = folders / "queue" / "1_c.celery.msg"
    orphan = folders / "queue" / "1_d.celery@gone.celery.pidbox.msg"
    for path in (read_long_ago, read_now, waiting, orphan):
        path.touch()
    for path in (read_long_ago, waiting, orphan):
        age(path, hours=25)
    assert broker.purge() == 2
    assert {path.name for path in folders.rglob("*.msg")} == {read_now.name, waiting.name}


def test_oldest_message_age_tells_how_long_the_queue_waits(folders):
    assert broker.oldest_message_age() is None
    waiting = folders / "queue" / "1_c.celery.msg"
    waiting.touch()
    age(waiting, hours=2)
    assert broker.oldest_message_age() == pytest.approx(7200, abs=60)


def test_other_brokers_have_no_files_to_purge(settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:6379/0"
    assert broker.purge() == 0
