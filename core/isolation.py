"""One bad record must not stop the others: work on many, and on failure find out on whose data it fails."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import InterfaceError, OperationalError

Result = TypeVar("Result")

NOT_OF_ONE_RECORD = (OperationalError, InterfaceError, MemoryError)
"""A database that is locked or away, or no memory: the work as a whole has to be tried again."""

MOST_ERRORS = 100
"""With more failing records than this the fault is no longer in their data."""


def isolate(work: Callable[[Sequence], Result], items: Sequence) -> tuple[list[Result], dict]:
    """``work`` done on all ``items`` in as few pieces as possible; the results in order, and failing item → message.

    ``work`` must leave nothing behind when it raises. A single failing item costs about log₂(n) repetitions. Raises
    what ``work`` raised when the fault is not of single items.
    """
    results, errors, pieces = [], {}, [items] if items else []
    while pieces:
        piece = pieces.pop()
        try:
            results.append(work(piece))
        except NOT_OF_ONE_RECORD:
            raise
        except Exception as error:  # whatever the data of one does, the others go on
            if len(errors) >= MOST_ERRORS:
                raise
            if len(piece) == 1:
                errors[piece[0]] = f"{type(error).__name__}: {error}"
            else:
                middle = len(piece) // 2
                pieces += [piece[middle:], piece[:middle]]
    return results, errors
