"""What is an outage of the database and what is a mistake of ours."""

import pytest
from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, ProgrammingError
from psycopg2 import errors

from core.outages import is_outage


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


class ReadOnly(errors.ReadOnlySqlTransaction):
    pgcode = "25006"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("server closed the connection unexpectedly"), True),
        (caused(OperationalError("No space left on device"), errors.DiskFull()), True),
        (caused(OperationalError("canceling statement"), errors.QueryCanceled()), True),
        (OperationalError("database or disk is full"), True),
        (OperationalError("attempt to write a readonly database"), True),
        (InterfaceError("connection already closed"), True),
        (caused(InternalError("cannot execute INSERT"), ReadOnly()), True),
        (InternalError("current transaction is aborted"), False),
        (IntegrityError("duplicate key"), False),
        (ProgrammingError("syntax"), False),
        (ValueError(), False),
        (None, False),
    ],
)
def test_is_outage_tells_them_apart(error, expected):
    assert is_outage(error) is expected
