"""Why a score moved: the difference of what each fact gave to it. Pure calculation.

A score is the sum of its contributions, so the differences of these add up to the difference of the score.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SHOWN = 3
LEAST_POINTS = 0.5
"""Differences below half a point are the noise of rounding and ranks, not a reason."""


@dataclass(frozen=True)
class Change:
    """How many points more or less one fact gives than before."""

    fact: str
    points: float


def changes(before: Mapping[str, float], after: Mapping[str, float]) -> list[Change]:
    """The difference in points of every fact of either side, the greatest first; a missing fact gives nothing."""
    facts = sorted({*before, *after})
    found = [Change(fact, round(after.get(fact, 0.0) - before.get(fact, 0.0), 2)) for fact in facts]
    return sorted(found, key=lambda change: -abs(change.points))


def reasons(found: list[Change], difference: float) -> list[Change]:
    """The few changes that moved the score where it went: of the sign of ``difference``, the greatest first."""
    sign = 1 if difference >= 0 else -1
    return [change for change in found if change.points * sign >= LEAST_POINTS][:SHOWN]
