"""A line of the table: its goal, how it is measured, and whether it was met. Ratios of one run, never bare times."""

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

PAIRS = 5


class Sense(StrEnum):
    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True)
class Reached:
    """What was measured: the figure that the goal is about, and what the reader should know beside it."""

    value: float
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One goal. ``measure`` is given the bench set and returns the figure; ``unit`` stands behind it (× for ratios)."""

    name: str
    goal: str
    sense: Sense
    limit: float
    measure: Callable[["object"], Reached]
    unit: str = "×"

    def is_met(self, reached: Reached) -> bool:
        return reached.value >= self.limit if self.sense is Sense.AT_LEAST else reached.value <= self.limit


@dataclass(frozen=True)
class Pairs:
    """Seconds of two pieces of work that ran in turn; the same place in both lists is one pair."""

    first: list[float]
    second: list[float]

    @property
    def ratios(self) -> list[float]:
        return [first / second for first, second in zip(self.first, self.second, strict=True)]

    @property
    def ratio(self) -> float:
        """The median over the pairs of first / second."""
        return statistics.median(self.ratios)

    def notes(self, first: str, second: str) -> list[str]:
        low, high = min(self.ratios), max(self.ratios)
        return [
            f"{first}: median {statistics.median(self.first):.2f} s; {second}: median "
            f"{statistics.median(self.second):.2f} s; {len(self.ratios)} pairs, ratio {low:.2f} to {high:.2f}"
        ]


def in_turn(
    first: Callable[[], object],
    second: Callable[[], object],
    *,
    pairs: int | None = None,
    before: Iterable[Callable[[], object]] = (),
) -> Pairs:
    """Time two pieces of work in turn, after one round that is not counted; ``before`` runs untimed before each."""
    found = Pairs([], [])
    for number in range((pairs or PAIRS) + 1):
        seconds = [_seconds(work, before) for work in (first, second)]
        if number:
            found.first.append(seconds[0])
            found.second.append(seconds[1])
    return found


def _seconds(work: Callable[[], object], before: Iterable[Callable[[], object]]) -> float:
    for step in before:
        step()
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
