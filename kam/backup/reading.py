"""Restoring a backup: all of it or nothing, proven against what it should add up to before anything is kept."""

import hashlib
import json
import shutil
import tarfile
from pathlib import Path
from typing import BinaryIO

from django.apps.registry import Apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from core.database import as_stored, empty_tables, insert_rows, replacing_everything, set_last_key
from kam.backup.contents import (
    FILES,
    FORMAT,
    HEAD,
    MANIFEST,
    TABLES,
    BackupRefused,
    Head,
    app_version,
    applied_migrations,
    release,
)
from kam.backup.tables import all_tables, columns, figures_of, kept_tables, used_tables


def restore_backup(source: BinaryIO, *, is_replacing: bool = False) -> dict:
    """Put the installation into the state of the backup read from ``source``; its manifest.

    A new database gets its tables first. What is restored is compared with the manifest inside the transaction, so
    that a damaged backup changes nothing. Migrations that this release has and the backup has not run afterwards.
    Raises BackupRefused for a backup of a newer release, for a database or folder in use unless ``is_replacing``, and
    for anything that does not add up.
    """
    try:
        with tarfile.open(fileobj=source, mode="r|*") as archive:
            head = read_head(archive)
            apps = prepare(head, is_replacing=is_replacing)
            staged = staging_folder()
            with replacing_everything():
                empty_tables([model._meta.db_table for model in all_tables(apps)])
                manifest = load(archive, {model._meta.label: model for model in kept_tables(apps)}, staged)
                prove(manifest, apps, staged)
    except OperationalError as error:
        raise BackupRefused(f"The database refused ({error}). Stop the web server and the workers first.") from error
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, ValidationError, DatabaseError) as error:
        raise BackupRefused(f"The file cannot be restored, and nothing was changed: {error!r}") from error
    take_over(staged)
    if is_older_schema():
        call_command("migrate", verbosity=0)
    return manifest


def read_head(archive: tarfile.TarFile) -> Head:
    """The first member of a backup. Raises BackupRefused when it is none, or of a newer release than this one."""
    member = archive.next()
    if member is None or member.name != HEAD:
        raise BackupRefused("The file is not a backup of this product.")
    head = Head(**json.load(archive.extractfile(member)))
    known = set(MigrationExecutor(connection).loader.graph.nodes)
    unknown = [f"{app}.{name}" for app, name in head.migrations if (app, name) not in known]
    if head.format > FORMAT or release(head.version) > release(app_version()) or unknown:
        detail = f" (unknown here: {', '.join(unknown[:3])})" if unknown else ""
        raise BackupRefused(
            f"The backup was made by version {head.version}, this is {app_version()}{detail}. Install the newer one."
        )
    return head


def prepare(head: Head, *, is_replacing: bool) -> Apps:
    """Bring the tables to the state of the backup, and return the models of that state. Raises BackupRefused."""
    executor = MigrationExecutor(connection)
    nodes = {(app, name) for app, name in head.migrations}
    graph = executor.loader.graph
    targets = sorted(node for node in nodes if not nodes & {child.key for child in graph.node_map[node].children})
    if not applied_migrations():
        executor.migrate(targets)
    elif applied_migrations() != sorted(head.migrations):
        raise BackupRefused(
            "The database has the tables of another release than the backup. Restore into a new, empty database: "
            "its tables are made as the backup needs them, and brought up to date afterwards."
        )
    if not is_replacing:
        refuse_what_is_used()
    return MigrationExecutor(connection).loader.project_state(targets).apps


def refuse_what_is_used() -> None:
    """Raise BackupRefused when the database or the folder of files is not empty."""
    if used := used_tables():
        rows = ", ".join(f"{label} {count}" for label, count in list(used.items())[:5])
        raise BackupRefused(f"The database is in use ({rows}). Restore with --replace to lose what is in it.")
    if any(Path(settings.MEDIA_ROOT).glob("*")):
        raise BackupRefused(f"{settings.MEDIA_ROOT} holds files. Restore with --replace to lose them.")


def is_older_schema() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def staging_folder() -> Path:
    """An empty folder beside that of the files."""
    folder = Path(settings.MEDIA_ROOT).with_name("files.restoring")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def load(archive: tarfile.TarFile, models: dict, staged: Path) -> dict:
    """Write every member to its table or into ``staged``; the manifest, which is the last member."""
    for member in archive:
        if member.name == MANIFEST:
            return json.load(archive.extractfile(member))
        if member.name.startswith(TABLES):
            load_rows(archive.extractfile(member), models[member.name.split("/")[1]])
        elif member.isfile() and member.name.startswith(FILES):
            load_file(archive, member, staged)
    raise BackupRefused("The backup is cut off: its end is missing. Nothing was changed.")


def load_rows(lines: BinaryIO, model) -> None:
    fields = columns(model)
    rows = [tuple(map(as_stored, fields, json.loads(line))) for line in lines]
    insert_rows(model, [field.attname for field in fields], rows)


def load_file(archive: tarfile.TarFile, member: tarfile.TarInfo, staged: Path) -> None:
    """Write one file below ``staged``, and nowhere else whatever its name says."""
    path = (staged / member.name.removeprefix(FILES)).resolve()
    if not path.is_relative_to(staged.resolve()):
        raise BackupRefused(f"The backup names a file outside of its folder: {member.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        shutil.copyfileobj(archive.extractfile(member), target)
    path.chmod(settings.FILE_UPLOAD_PERMISSIONS)


def prove(manifest: dict, apps: Apps, staged: Path) -> None:
    """Read everything again and compare it with the manifest. Raises BackupRefused, which takes all of it back."""
    for model in kept_tables(apps):
        expected = manifest["tables"][model._meta.label]
        if (key := expected["last_key"]) is not None:
            set_last_key(model._meta.db_table, model._meta.auto_field.column, key)
        found = figures_of(model)
        if (found.rows, found.sha256) != (expected["rows"], expected["sha256"]):
            raise BackupRefused(f"{model._meta.label} does not add up. Nothing was changed.")
    files = {path.relative_to(staged).as_posix(): hash_of(path) for path in staged.rglob("*") if path.is_file()}
    if files != manifest["files"]:
        raise BackupRefused("The files do not add up. Nothing was changed.")


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take_over(staged: Path) -> None:
    """Let the restored files take the place of those that were there."""
    folder = Path(settings.MEDIA_ROOT)
    old = folder.with_name("files.replaced")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    staged.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
