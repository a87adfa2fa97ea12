"""What differs between the two databases, in one place: exact sums of money, time limits of statements,
many rows at once.

SQLite keeps decimals as floats, so a sum of money there would drift. Here every amount becomes a whole number of
ten-thousandths before it is added, on both databases, and the sum is exact.
"""

import base64
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from weakref import WeakKeyDictionary

from django.db import connection, models, transaction
from django.db.models import BigIntegerField, Func, IntegerField, Q, Subquery, Sum
from django.db.models.functions import Cast

TEN_THOUSAND = 10_000
PARAMETER = re.compile(r"%\((\w+)\)s")
COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class TenThousandths(Func):
    """A decimal column as a whole number of 1/10,000."""

    template = "CAST(ROUND(%(expressions)s * 10000) AS bigint)"
    output_field = BigIntegerField()


class MoneyField(BigIntegerField):
    """The output of `money_sum`: ten-thousandths in the database, Decimal with four places in Python."""

    def from_db_value(self, value, expression, connection) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-4)


def integer_sum(column: str, *, where: Q | None = None) -> Cast:
    """Σ of a money or quantity column as a whole number of ten-thousandths; None over no rows. For calculations."""
    return Cast(Sum(TenThousandths(column), filter=where), BigIntegerField())


def money_sum(column: str, *, where: Q | None = None) -> Cast:
    """Σ of a money column as Decimal with four places, exact on both databases; None over no rows.

    Inside the database the value counts ten-thousandths: order by it, but compare it with nothing in a query.
    """
    return Cast(Sum(TenThousandths(column), filter=where), MoneyField())


class RowCount(Subquery):
    """How many rows a queryset has, as a value inside another query."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@contextmanager
def long_statements() -> Iterator[None]:
    """Lift the time limit that protects web pages from slow statements, for work nobody waits for."""
    if connection.vendor != "postgresql":
        yield
        return
    set_statement_timeout("SET statement_timeout = 0")
    link = connection.connection
    before, link.is_patient = link.is_patient, True
    try:
        yield
    finally:
        link.is_patient = before
        # A broken connection has no setting to restore, and asking it would hide the error that broke it.
        if connection.is_usable() and not connection.needs_rollback:
            set_statement_timeout("RESET statement_timeout")


def set_statement_timeout(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def has_one_writer() -> bool:
    """Whether whoever writes keeps all others from writing: true of SQLite."""
    return connection.vendor == "sqlite"


def can_change_tables_at_once() -> bool:
    """Whether one statement may change several tables and read what it changed: true of PostgreSQL."""
    return connection.vendor == "postgresql"


_planned: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()


@cache
def plan_of(name: str, statement: str, types: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The text that prepares ``statement`` and the one that executes it, with the parameters it really has."""
    kinds = dict(types)
    used = list(dict.fromkeys(PARAMETER.findall(statement)))
    body = PARAMETER.sub(lambda found: f"${used.index(found[1]) + 1}", statement)
    declared, given = ", ".join(kinds[one] for one in used), ", ".join(f"%({one})s" for one in used)
    return f"PREPARE {name} ({declared}) AS {body}", f"EXECUTE {name} ({given})"


def execute_planned(cursor, name: str, statement: str, types: tuple[tuple[str, str], ...], values: dict) -> None:
    """Execute a long statement that each connection plans once, under ``name``; for PostgreSQL.

    ``types``: parameter → its type in the database. Planning costs such a statement as much as executing it.
    """
    known = _planned.setdefault(connection.connection, set())
    prepare, execute = plan_of(name, statement, types)
    if name not in known:
        cursor.execute(prepare)
        known.add(name)
    cursor.execute(execute, values)


def update_and_insert(update: str, insert: str, values: dict, columns: list[str]) -> tuple | None:
    """Change one row under a condition, and only if that happened insert a row that tells of it, inside a transaction.

    ``update`` ends in RETURNING ``columns``; ``insert`` selects them from ``moved`` and ends in RETURNING what this
    function returns; None when the condition did not hold. PostgreSQL does both in one statement. SQLite cannot change
    data inside WITH and takes two.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"WITH moved AS ({update}) {insert}", values)
            return cursor.fetchone()
        cursor.execute(update, values)
        moved = cursor.fetchone()
        if moved is None:
            return None
        values = values | {f"moved_{name}": value for name, value in zip(columns, moved, strict=True)}
        marks = ", ".join(f"%(moved_{name})s" for name in columns)
        cursor.execute(f"WITH moved({', '.join(columns)}) AS (VALUES ({marks})) {insert}", values)
        return cursor.fetchone()


def reserved_keys(model: type[models.Model], count: int) -> list[int] | None:
    """Keys for rows still to be inserted, so that others can point to them; None where only inserting tells."""
    if connection.vendor != "postgresql":
        return None
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [table, column, count]
        )
        return [key for (key,) in cursor.fetchall()]


def insert_rows(model: type[models.Model], columns: list[str], rows: list[tuple]) -> None:
    """Insert many rows of plain values (text, numbers, Decimal, date, None) without learning their keys.

    ``columns`` are attribute names; columns left out take what the database gives them. Inside the caller's
    transaction. PostgreSQL takes them by COPY, SQLite by one prepared statement: six times faster than objects.
    """
    if not rows:
        return
    names = ", ".join(connection.ops.quote_name(model._meta.get_field(column).column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors:  # COPY is a call of the driver
                cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", copy_text(rows))
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", [_texts(row) for row in rows])  # noqa: S608


def copy_text(rows: list[tuple]) -> io.StringIO:
    """The rows in the text format of COPY: tabs between cells, \\N for None, backslashes doubled."""
    return io.StringIO("".join("\t".join(map(_copy_cell, row)) + "\n" for row in rows))


def _copy_cell(value) -> str:
    if value is None:
        return "\\N"
    return str(value).translate(COPY_ESCAPES) if isinstance(value, str) else str(value)


def _texts(row: tuple) -> list:
    return [str(value) if isinstance(value, Decimal) else value for value in row]


@contextmanager
def snapshot() -> Iterator[None]:
    """What the block reads is the database of one moment, however long it takes; who writes meanwhile does not wait."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
            return
        with transaction.atomic(durable=True):
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            with _without_time_limits(cursor):
                yield


@contextmanager
def replacing_everything() -> Iterator[None]:
    """One transaction in which no trigger of ours acts and rows may come in any order.

    At its end every reference is checked and every trigger acts again; an error leaves everything as it was.
    """
    with (
        connection.constraint_checks_disabled(),
        transaction.atomic(durable=True),
        connection.cursor() as cursor,
        _without_time_limits(cursor),
    ):
        wake = _sleeping_triggers(cursor)
        yield
        connection.check_constraints()
        for statement in wake:
            cursor.execute(statement)


@contextmanager
def _without_time_limits(cursor) -> Iterator[None]:
    """No limit of ours or of the server's until the end of the transaction."""
    if connection.vendor != "postgresql":
        yield
        return
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        cursor.execute(f"SET LOCAL {limit} = 0")
    link = connection.connection
    before, link.is_patient = link.is_patient, True
    try:
        yield
    finally:
        link.is_patient = before


def _sleeping_triggers(cursor) -> list[str]:
    """Switch off every trigger that is not the database's own; the statements that bring them back."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        off, on = [f"DROP TRIGGER {name}" for name, _sql in triggers], [sql for _name, sql in triggers]
    else:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        )
        tables = [table for (table,) in cursor.fetchall()]
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
    for statement in off:
        cursor.execute(statement)
    return on


def empty_tables(tables: list[str]) -> None:
    """Delete all rows of ``tables``."""
    names = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)}")
            return
        for name in names:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608


def last_key(table: str, column: str) -> int | None:
    """The highest key that ``table`` ever gave out by itself; None where it gives none."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s))", [table, column])
        row = cursor.fetchone()
        return row[0] if row else None


def set_last_key(table: str, column: str, key: int) -> None:
    """Let the keys that ``table`` gives out go on after ``key``."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, column, key])
            return
        cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, key])


def as_stored(field: models.Field, value):
    """A value as JSON holds it (amounts, moments and keys as text, bytes in base64), ready for `insert_rows`."""
    if value is None:
        return None
    if connection.vendor == "sqlite":
        return field.get_db_prep_save(field.to_python(value), connection)
    kind = field.get_internal_type()
    if kind == "JSONField":
        return json.dumps(value)
    if kind == "BinaryField":
        return "\\x" + base64.b64decode(value).hex()
    return str(value)
