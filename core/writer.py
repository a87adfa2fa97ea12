"""The one writer of many rows: those that differ are changed and those that are missing are added, all at once."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection, models

from core.database import copy_text
from core.dialects import differs

WAITING = "kam_rows_to_write"


def write_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple], *, key: str) -> int:
    """Bring the rows of ``model`` to ``rows``; how many were added or changed. Rows that are so already stay untouched.

    ``rows`` hold plain values (text, numbers, Decimal, dates, moments, JSON as text, None) of the attributes
    ``columns``; ``key`` is the unique one among them by which a row is known. Columns left out keep what they have.
    Inside the caller's transaction, so that a history written beside it stands or falls with it. PostgreSQL takes the
    rows by COPY and compares them in two statements, SQLite by one prepared statement.
    """
    if not rows:
        return 0
    names = {name: connection.ops.quote_name(model._meta.get_field(name).column) for name in columns}
    table, known = connection.ops.quote_name(model._meta.db_table), names[key]
    others = [name for name in names.values() if name != known]
    write = _write_staged if connection.vendor == "postgresql" else _write_one_by_one
    return write(table, known, others, list(names.values()), rows)


def _write_staged(table: str, known: str, others: list[str], names: list[str], rows: Sequence[tuple]) -> int:
    listed = ", ".join(names)
    assigned = ", ".join(f"{name} = new.{name}" for name in others)
    old, new = (", ".join(f"{side}.{name}" for name in others) for side in ("old", "new"))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {WAITING} AS SELECT {listed} FROM {table} WHERE false")  # noqa: S608
        with connection.wrap_database_errors:
            cursor.copy_expert(f"COPY {WAITING} ({listed}) FROM STDIN", copy_text(rows))
        cursor.execute(f"ANALYZE {WAITING} ({known})")
        cursor.execute(
            f"UPDATE {table} old SET {assigned} FROM {WAITING} new"  # noqa: S608
            f" WHERE old.{known} = new.{known} AND ({old}) IS DISTINCT FROM ({new})"
        )
        written = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {WAITING} new"  # noqa: S608
            f" WHERE NOT EXISTS (SELECT 1 FROM {table} old WHERE old.{known} = new.{known})"
        )
        written += cursor.rowcount
        cursor.execute(f"DROP TABLE {WAITING}")
    return written


def _write_one_by_one(table: str, known: str, others: list[str], names: list[str], rows: Sequence[tuple]) -> int:
    marks = ", ".join(["%s"] * len(names))
    assigned = ", ".join(f"{name} = excluded.{name}" for name in others)
    is_other = " OR ".join(differs(f"{table}.{name}", f"excluded.{name}") for name in others)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
            f" ON CONFLICT ({known}) DO UPDATE SET {assigned} WHERE {is_other}",
            [[_plain(value) for value in row] for row in rows],
        )
        return cursor.rowcount


def _plain(value):
    """A value as SQLite keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, Decimal) else value
