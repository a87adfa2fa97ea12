"""Making a backup: one moment of the database and the files beside it, streamed into one compressed file."""

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from core.database import snapshot
from kam.backup.contents import FILES, HEAD, MANIFEST, TABLES, own_head
from kam.backup.tables import Figures, Sum, kept_tables, rows_of

CHUNK_BYTES = 4 * 1024 * 1024
SQLITE_MAGIC = b"SQLite format 3\x00"


def write_backup(target: BinaryIO) -> dict:
    """Write a whole backup to ``target`` and return its manifest: rows and hash per table, hash per file.

    Nobody has to stop working meanwhile: the tables are those of one moment, and the files are read after them, because
    a file is written before the row that names it.
    """
    packed = gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6)
    with packed, tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        with snapshot():
            add_document(archive, HEAD, own_head().as_dict())
            tables = {model._meta.label: add_table(archive, model).as_dict() for model in kept_tables()}
        files = dict(add_file(archive, path) for path in stored_files())
        manifest = {"tables": tables, "files": files}
        add_document(archive, MANIFEST, manifest)
    return manifest


def add_document(archive: tarfile.TarFile, name: str, document: dict) -> None:
    add(archive, name, json.dumps(document, indent=1).encode())


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def add_table(archive: tarfile.TarFile, model) -> Figures:
    """Write one table in parts of a few megabytes; what it adds up to."""
    total = Sum()
    for number, part in enumerate(parts(model, total)):
        add(archive, f"{TABLES}{model._meta.label}/{number:06}.jsonl", part)
    return total.figures(model)


def parts(model, total: Sum) -> Iterator[bytes]:
    """The rows of a table as lines of JSON, about `CHUNK_BYTES` at a time, each row added to ``total``."""
    lines, size = [], 0
    for row in rows_of(model):
        total.add(row)
        lines.append(json.dumps(row, separators=(",", ":")).encode() + b"\n")
        size += len(lines[-1])
        if size >= CHUNK_BYTES:
            yield b"".join(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines)


def stored_files() -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and not path.is_symlink())


def add_file(archive: tarfile.TarFile, path: Path) -> tuple[str, str]:
    """Write one stored file as it is now, even while somebody writes to it; its name and its hash."""
    name = path.relative_to(settings.MEDIA_ROOT).as_posix()
    with tempfile.NamedTemporaryFile(dir=settings.VAR_DIR, prefix="backup-") as copy:
        copy_file(path, Path(copy.name))
        with open(copy.name, "rb") as whole:
            member = archive.gettarinfo(arcname=FILES + name, fileobj=whole)
            member.uid, member.gid, member.uname, member.gname, member.mode = 0, 0, "", "", 0o600
            archive.addfile(member, whole)
            whole.seek(0)
            return name, hashlib.file_digest(whole, "sha256").hexdigest()


def copy_file(path: Path, target: Path) -> None:
    """Copy a file; a database, as an import keeps one while it works, as of one moment."""
    with path.open("rb") as file:
        is_database = file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    if not is_database:
        shutil.copyfile(path, target)
        return
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
