"""Pieces of SQL that the two databases write differently, for statements too large for the ORM, and their results."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection

from core.lazy import pa, pacsv, pd

DATE_TYPE = "datetime64[s]"


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def whole_sum(amount: str) -> str:
    """Σ of an expression of money or quantity as a whole number of 1/10,000; 0 over no rows."""
    if is_postgresql():
        return f"CAST(COALESCE(SUM({amount}), 0) * 10000 AS bigint)"
    return f"COALESCE(SUM(CAST(ROUND(({amount}) * 10000) AS bigint)), 0)"


def total(number: str) -> str:
    """Σ of an expression of whole numbers, as a whole number; 0 over no rows."""
    return f"CAST(COALESCE(SUM({number}), 0) AS bigint)"


def days_between(later: str, earlier: str) -> str:
    """The number of days from one date to another, as a whole number."""
    if is_postgresql():
        return f"({later} - {earlier})"
    return f"CAST(julianday({later}) - julianday({earlier}) AS integer)"


def first_day_of(month: str) -> str:
    """The first day of a month that is given as months since year 0, in a statement with parameters."""
    if is_postgresql():
        return f"make_date(({month}) / 12, ({month}) %% 12 + 1, 1)"
    return f"printf('%%04d-%%02d-01', ({month}) / 12, ({month}) %% 12 + 1)"


def differs(left: str, right: str) -> str:
    """Whether two values differ, where null equals null."""
    return f"{left} IS DISTINCT FROM {right}" if is_postgresql() else f"{left} IS NOT {right}"


def no_date() -> str:
    return "NULL::date" if is_postgresql() else "NULL"


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Whoever else is in such a block of this ``name`` has ended its transaction before this one goes on.

    Inside a transaction. SQLite has one writer anyway.
    """
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
    yield


def fetch_frame(query: str, *, numbers: Sequence[str], dates: Sequence[str] = ()) -> pd.DataFrame:
    """What a statement selects: columns of whole numbers (null: 0) first, then columns of dates.

    PostgreSQL sends it as one text that is parsed at once: a tenth of the time of fetching row by row.
    """
    columns = [*numbers, *dates]
    with connection.cursor() as cursor:
        if is_postgresql():
            text = io.BytesIO()
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", text)
            frame = _parsed(text, numbers, dates)
        else:
            cursor.execute(query, [])
            frame = pd.DataFrame.from_records(cursor.fetchall(), columns=columns)
    for column in numbers:
        frame[column] = frame[column].fillna(0).astype("int64")
    for column in dates:
        frame[column] = pd.to_datetime(frame[column]).astype(DATE_TYPE)
    return frame


def _parsed(text: io.BytesIO, numbers: Sequence[str], dates: Sequence[str]) -> pd.DataFrame:
    if not text.tell():
        return pd.DataFrame({column: [] for column in [*numbers, *dates]})
    text.seek(0)
    types = {column: pa.int64() for column in numbers} | {column: pa.timestamp("s") for column in dates}
    table = pacsv.read_csv(
        text,
        read_options=pacsv.ReadOptions(column_names=[*numbers, *dates], use_threads=False),
        convert_options=pacsv.ConvertOptions(column_types=types, null_values=[""]),
    )
    return table.to_pandas()
