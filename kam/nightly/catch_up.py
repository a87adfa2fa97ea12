"""Which night is due: missed nights are caught up in order, a failed one is tried again, a cancelled one is left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

RETRY_AFTER = timedelta(hours=1)
MAX_RUNS_OF_A_NIGHT = 3


@dataclass(frozen=True)
class Past:
    """How one earlier run for a date ended."""

    state: str
    finished_at: datetime | None


def next_night(past: Mapping[date, Iterable[Past]], *, newest: date, limit: int, now: datetime) -> date | None:
    """The date to run now, or None.

    ``past`` holds the runs by date; ``newest`` is the last date that is due. Dates after the last finished one are
    taken in order, at most the newest ``limit`` of them; without any finished run only ``newest``. A date whose run
    failed comes again after an hour, three times in all, and until then the dates after it wait.
    """
    done = [day for day, runs in past.items() if any(run.state == "done" for run in runs)]
    first = max(done) + timedelta(days=1) if done else newest
    day = max(first, newest - timedelta(days=limit - 1))
    while day <= newest:
        runs = list(past.get(day, ()))
        if not is_settled(runs):
            return day if is_ripe(runs, now) else None
        day += timedelta(days=1)
    return None


def is_settled(runs: list[Past]) -> bool:
    """Whether a date needs no further run by itself: cancelled by a person, or failed too often."""
    return len(runs) >= MAX_RUNS_OF_A_NIGHT or any(run.state == "cancelled" for run in runs)


def is_ripe(runs: list[Past], now: datetime) -> bool:
    """Whether the last failure is long enough ago."""
    return all(run.finished_at is not None and now - run.finished_at >= RETRY_AFTER for run in runs)
