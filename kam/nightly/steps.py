"""What a step of the nightly run is, and what it is told.

The order of the steps is data: a run keeps their names as rows, and whoever works on a row looks the step up by name.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True)
class Outcome:
    """What one shard of a step did: rows handled, figures for the report, ``problems``: faults for the page."""

    rows: int
    figures: dict[str, int | list[dict]] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """One shard of one step, as the step's function sees it.

    ``shard`` is None for a step over all accounts. ``account_ids`` is None for all accounts, else the few that a repair
    run is about. ``check`` raises when the run was cancelled or the lease lost; call it between batches.
    ``record_error`` notes an account whose data stopped the step, so that the others can go on.
    """

    as_of: date
    shard: int | None
    shard_size: int
    configuration: dict
    is_historic: bool
    account_ids: list[int] | None
    check: Callable[[], None]
    record_error: Callable[[int, str], None]


@dataclass(frozen=True)
class Step:
    """One step: a name for rows, a label for people, whether it is cut into shards, and its function."""

    name: str
    label: str | Promise
    is_sharded: bool
    work: Callable[[Work], Outcome]


def step_named(steps: Iterable[Step], name: str) -> Step:
    """The step called ``name``. Raises LookupError when this release no longer has it."""
    for step in steps:
        if step.name == name:
            return step
    raise LookupError(f"this release has no step {name!r}")
