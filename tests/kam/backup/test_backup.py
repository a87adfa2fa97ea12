"""What comes back from a backup is what went in, in every table of every app, on either database."""

import io
import json
import os
import tarfile
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core.models import FactSheet
from kam.backup import contents, tables
from kam.backup.contents import BackupRefused
from kam.backup.reading import restore_backup
from kam.backup.writing import write_backup
from loyalty.models import LedgerEntry
from tests import factories
from tests.digest import database_digest
from tests.every_model import fill_every_table
from tests.faults.installation import Installation
from users.models import Team

FILE = "imports/3f/source"


@pytest.fixture
def used(transactional_db, tmp_path, settings):
    """An installation with a row in every table and a stored file."""
    settings.MEDIA_ROOT = str(tmp_path / "media" / "files")
    call_command("migrate", verbosity=0)
    fill_every_table()
    path = Path(settings.MEDIA_ROOT, FILE)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"as it came")


def backup() -> io.BytesIO:
    target = io.BytesIO()
    write_backup(target)
    target.seek(0)
    return target


def figures() -> dict[str, dict]:
    return {model._meta.label: tables.figures_of(model).as_dict() for model in tables.kept_tables()}


def test_every_table_has_a_row_to_be_kept(used):
    empty = [model._meta.label for model in tables.all_tables() if not model._base_manager.exists()]
    assert empty == []


def test_backup_restored_elsewhere_and_back_is_the_same(used, tmp_path):
    """To a new machine with SQLite, where nobody has made the tables yet, and from there back over this database."""
    before, digest = figures(), database_digest()
    path = tmp_path / "kam.tar.gz"
    call_command("backup", str(path))
    assert oct(path.stat().st_mode)[-3:] == "600"
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Installation(tmp_path / "elsewhere", f"sqlite:///{tmp_path}/elsewhere/kam.sqlite3", "filesystem://")
    elsewhere.manage("restore", str(path))
    assert elsewhere.ask("contents.tables()") == {label: row["sha256"] for label, row in before.items()}
    stored = Path(elsewhere.ask("contents.files_folder()"), FILE)
    assert stored.read_bytes() == b"as it came"

    elsewhere.manage("backup", str(tmp_path / "back.tar.gz"))
    factories.AccountFactory(name="Written after the backup")
    with (tmp_path / "back.tar.gz").open("rb") as source:
        restore_backup(source, is_replacing=True)
    assert figures() == before
    assert database_digest() == digest
    assert mail.outbox == []


def test_ledger_is_protected_after_a_restore(used):
    restore_backup(backup(), is_replacing=True)
    entry = LedgerEntry.objects.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(available_points=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()


def test_new_rows_after_a_restore_get_keys_that_were_never_given(used):
    gone = factories.AccountFactory()
    key = gone.pk
    gone.members.all().delete()
    gone.delete()
    restore_backup(backup(), is_replacing=True)
    assert factories.AccountFactory().pk > key


def test_restore_refuses_what_is_in_use_and_names_it(used):
    with pytest.raises(BackupRefused, match=r"in use \(accounts.Account 1.*--replace"):
        restore_backup(backup())


def altered(source: io.BytesIO, change) -> io.BytesIO:
    """The backup with ``change(name, content)`` made to each member; None leaves it out."""
    target = io.BytesIO()
    with tarfile.open(fileobj=source) as old, tarfile.open(fileobj=target, mode="w:gz") as new:
        for member in old:
            if (content := change(member.name, old.extractfile(member).read())) is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))
    target.seek(0)
    return target


def head_with(**values):
    def change(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | values).encode() if name == contents.HEAD else content

    return change


OTHER_RELEASES = {
    "made by version 99.0.0.*Install the newer one": {"version": "99.0.0"},
    "Install the newer one": {"format": 2},
    "core.9999_from_the_future": {"migrations": [["core", "9999_from_the_future"]]},
    "another release": {"migrations": [["core", "0001_initial"]]},
}
DAMAGES = {
    "cut off": lambda name, content: None if name == contents.MANIFEST else content,
    "a table is missing": lambda name, content: None if name.startswith("tables/accounts.Account/") else content,
    "a cell differs": lambda name, content: content.replace(b"Written", b"Changed") if "Task" in name else content,
    "a file differs": lambda name, content: b"other" if name.startswith("files/") else content,
    "a line is broken": lambda name, content: b"[1" if "accounts.Tier" in name else content,
    "a date is none": lambda name, content: content.replace(b"2026-01-10", b"2026-31-31"),
    "a column is missing": lambda name, content: b"[1]" if "accounts.Tier" in name else content,
    "its head is no head": lambda name, content: b"[]" if name == contents.HEAD else content,
}


def test_backup_of_another_release_is_refused(used):
    before = figures()
    for message, values in OTHER_RELEASES.items():
        with pytest.raises(BackupRefused, match=message):
            restore_backup(altered(backup(), head_with(**values)), is_replacing=True)
    assert figures() == before


def test_damaged_backup_changes_nothing(used):
    factories.TaskFactory(title="Written")
    before = figures()
    for damage, change in DAMAGES.items():
        source = altered(backup(), change)
        with pytest.raises(BackupRefused):
            restore_backup(source, is_replacing=True)
        assert figures() == before, damage
    assert Path(settings.MEDIA_ROOT, FILE).read_bytes() == b"as it came"


def test_file_outside_of_the_folder_is_refused(used, tmp_path):
    source = backup()
    target = io.BytesIO()
    with tarfile.open(fileobj=source) as old, tarfile.open(fileobj=target, mode="w:gz") as new:
        for member in old:
            content = old.extractfile(member).read()
            member.name = member.name.replace(f"files/{FILE}", "files/../../outside")
            new.addfile(member, io.BytesIO(content))
    target.seek(0)
    with pytest.raises(BackupRefused, match="outside"):
        restore_backup(target, is_replacing=True)
    assert not list(tmp_path.rglob("outside"))


def test_what_is_no_backup_is_refused(used, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("no backup")
    with pytest.raises(CommandError, match="cannot be restored"):
        call_command("restore", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("restore", str(tmp_path / "missing"))


def test_backup_sees_one_moment_while_others_write(used):
    """A team that somebody adds after the first tables were written is in no table of the backup."""
    FactSheet.objects.update(content=os.urandom(300_000))
    writers = []

    class Slow(io.BytesIO):
        def write(self, data):
            if not writers and self.tell() > 100_000:
                writers.append(threading.Thread(target=add_team))
                writers[0].start()
                writers[0].join()
            return super().write(data)

    manifest = write_backup(Slow())
    assert Team.objects.count() == 2
    assert manifest["tables"]["users.Team"]["rows"] == 1


def add_team() -> None:
    factories.TeamFactory(name="Later")
    connection.close()
