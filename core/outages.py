"""Is it us, or is the database away? A visitor is told to come back, and an alarm can tell the two apart."""

from django.db import InterfaceError, InternalError, OperationalError

RETRY_AFTER_SECONDS = 15
READ_ONLY = "25006"


def is_outage(error: BaseException | None) -> bool:
    """Whether ``error`` says that the database cannot be reached, is full, too slow, locked or takes no writes."""
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "pgcode", None) == READ_ONLY
    return isinstance(error, OperationalError | InterfaceError)
