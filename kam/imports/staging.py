"""The scratch file of one import: the lines as values, what was rejected and why. A SQLite file beside the source."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

SCHEMA = """
CREATE TABLE line (
    number INTEGER PRIMARY KEY, rank INTEGER NOT NULL, account_key TEXT NOT NULL, object_key TEXT NOT NULL,
    day TEXT, currency TEXT, payload TEXT NOT NULL
);
CREATE TABLE rejected (number INTEGER PRIMARY KEY, problems TEXT NOT NULL, account_key TEXT, object_key TEXT);
CREATE TABLE warning (reason TEXT NOT NULL, number INTEGER, detail TEXT NOT NULL);
CREATE TABLE account (key TEXT PRIMARY KEY, number INTEGER NOT NULL, attributes TEXT NOT NULL);
"""
INDEXES = (
    "CREATE INDEX by_object ON line (rank, account_key, object_key, number)",
    "CREATE INDEX rejected_object ON rejected (object_key, account_key)",
)
ORDER = "rank, account_key, object_key"
CHUNK = 5_000


@dataclass(slots=True)
class Line:
    """One accepted line: where it belongs and its values."""

    number: int
    account_key: str
    object_key: str
    payload: str
    day: str = ""
    currency: str = ""
    rank: int = 0

    def row(self) -> tuple:
        return self.number, self.rank, self.account_key, self.object_key, self.day, self.currency, self.payload


@dataclass(slots=True)
class Rejection:
    """Why a line stays out: (column, reason) pairs; where it would have belonged, as far as that is known."""

    number: int
    problems: list[tuple[str, str]]
    account_key: str | None = None
    object_key: str | None = None

    def row(self) -> tuple:
        return self.number, json.dumps(self.problems), self.account_key, self.object_key


@dataclass(slots=True)
class Group:
    """The lines of one object: an order, an account."""

    rank: int
    account_key: str
    object_key: str
    day: str
    currency: str
    numbers: list[int]
    payloads: list[str]

    @property
    def cursor(self) -> list:
        return [self.rank, self.account_key, self.object_key]


@lru_cache(maxsize=1_000)
def _problems(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(map(tuple, json.loads(text)))


class Stage:
    """Open scratch file. Rows are written in chunks; nothing here is part of the product's database."""

    def __init__(self, path: Path):
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.executescript("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-16000;")
        self.lines: list[tuple] = []

    def create(self) -> None:
        self.connection.executescript(SCHEMA)
        self.connection.execute("BEGIN")

    def add(self, line: Line) -> None:
        self.lines.append(line.row())
        if len(self.lines) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        self.connection.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?)", self.lines)
        self.lines.clear()

    def reject(self, rejection: Rejection) -> None:
        self.connection.execute("INSERT OR IGNORE INTO rejected VALUES (?, ?, ?, ?)", rejection.row())

    def warn(self, reason: str, number: int | None = None, detail: str = "") -> None:
        self.connection.execute("INSERT INTO warning VALUES (?, ?, ?)", (reason, number, detail[:200]))

    def keep_accounts(self, rows) -> None:
        """``rows`` are (key, first line, attributes)."""
        self.connection.executemany(
            "INSERT INTO account VALUES (?, ?, ?)", ((key, number, json.dumps(values)) for key, number, values in rows)
        )

    def finish_lines(self) -> None:
        self.flush()
        for sql in INDEXES:
            self.connection.execute(sql)

    def drop_rejected(self) -> None:
        """Lines that were rejected after they were staged leave."""
        self.connection.execute("DELETE FROM line WHERE number IN (SELECT number FROM rejected)")

    def close_check(self) -> None:
        """Every check is done."""
        self.drop_rejected()
        self.connection.execute("COMMIT")

    def query(self, sql: str, *values) -> list[tuple]:
        return self.connection.execute(sql, values).fetchall()

    def count(self, sql: str, *values) -> int:
        return self.connection.execute(sql, values).fetchone()[0] or 0

    def reject_lines(self, condition: str, column: str, reason: str, *values) -> int:
        """Reject the staged lines that meet the SQL ``condition`` (a constant of this package); their number."""
        problems = json.dumps([(column, reason)])
        sql = f"INSERT OR IGNORE INTO rejected SELECT number, ?, account_key, object_key FROM line WHERE {condition}"  # noqa: S608
        return self.connection.execute(sql, (problems, *values)).rowcount

    def account_keys(self) -> Iterator[list[str]]:
        """The keys of the accounts of the staged lines, in chunks."""
        keys = [key for (key,) in self.query("SELECT DISTINCT account_key FROM line ORDER BY 1")]
        for start in range(0, len(keys), 500):
            yield keys[start : start + 500]

    def attributes(self, keys: list[str]) -> dict[str, dict]:
        marks = ",".join("?" * len(keys))
        rows = self.query(f"SELECT key, attributes FROM account WHERE key IN ({marks})", *keys)  # noqa: S608
        return {key: json.loads(text) for key, text in rows}

    def groups(self, after: list | None = None) -> Iterator[Group]:
        """The objects in the order of rank, account and key, streamed; ``after`` is the cursor of the last one done."""
        condition = f"WHERE ({ORDER}) > (?, ?, ?)" if after else ""
        return self._groups(condition, after or [])

    def groups_of(self, keys: list[str]) -> Iterator[Group]:
        """The objects of some accounts."""
        return self._groups(f"WHERE account_key IN ({','.join('?' * len(keys))})", keys)

    def _groups(self, condition: str, values: list) -> Iterator[Group]:
        sql = f"SELECT {ORDER}, number, day, currency, payload FROM line"  # noqa: S608
        rows = self.connection.execute(f"{sql} {condition} ORDER BY {ORDER}, number", values)
        for (rank, account_key, object_key), lines in groupby(rows, key=lambda row: row[:3]):
            members = list(lines)
            day = min(line[4] for line in members)
            yield Group(
                rank, account_key, object_key, day, members[0][5], [m[3] for m in members], [m[6] for m in members]
            )

    def rejections(self) -> dict[int, tuple[tuple[str, str], ...]]:
        """Row number → (column, reason) pairs, in the order of the file."""
        rows = self.query("SELECT number, problems FROM rejected ORDER BY 1")
        return {number: _problems(text) for number, text in rows}

    def close(self) -> None:
        self.connection.close()


@contextmanager
def fresh_stage(path: Path) -> Iterator[Stage]:
    """A new scratch file at ``path``; what an interrupted check left there is thrown away."""
    path.unlink(missing_ok=True)
    stage = Stage(path)
    try:
        stage.create()
        yield stage
        stage.close_check()
    finally:
        stage.close()


@contextmanager
def open_stage(path: Path) -> Iterator[Stage]:
    stage = Stage(path)
    try:
        yield stage
    finally:
        stage.close()
