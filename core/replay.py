"""The time machine: a condition run over the kept sheets of past nights, as it is and as it would be.

A *firing* is an entry: a night on which an account fires after it did not on the ``hold`` nights kept before. On the
first night of a replay nothing can enter, since nobody knows the night before it. Pure but for what the caller reads.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

Firing = Callable[[date], Collection[int]]


@dataclass(frozen=True)
class Replayed:
    """What one version would have done: the entries, each a night and an account, in order of time."""

    entries: tuple[tuple[date, int], ...] = ()

    @property
    def times(self) -> int:
        return len(self.entries)

    @property
    def accounts(self) -> frozenset[int]:
        return frozenset(account for _day, account in self.entries)

    def per_week(self, weeks: Sequence[date]) -> list[int]:
        """Entries in each of ``weeks``, each named by its Monday."""
        counted = Counter(monday(day) for day, _account in self.entries)
        return [counted[week] for week in weeks]

    def among(self, accounts: Collection[int]) -> "Replayed":
        """The same for some accounts only."""
        return Replayed(tuple(entry for entry in self.entries if entry[1] in accounts))


@dataclass(frozen=True)
class Comparison:
    """Two versions over the same nights; ``reconstructed`` counts the nights whose sheet was made later."""

    days: tuple[date, ...]
    reconstructed: int
    old: Replayed = field(default_factory=Replayed)
    new: Replayed = field(default_factory=Replayed)

    @property
    def weeks(self) -> list[date]:
        """The Monday of every week from the first night to the last, quiet weeks included."""
        if not self.days:
            return []
        first, last = monday(self.days[0]), monday(self.days[-1])
        return [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]


def monday(day: date) -> date:
    """The Monday of the week of ``day``."""
    return day - timedelta(days=day.weekday())


def replay(days: Sequence[date], firing: Firing, *, hold: int) -> Replayed:
    """The entries over ``days`` (ascending); ``firing`` gives the accounts that fire on one of them."""
    recent: list[frozenset[int]] = []
    entries: list[tuple[date, int]] = []
    for day in days:
        tonight = frozenset(firing(day))
        if recent:
            entries += [(day, account) for account in sorted(tonight.difference(*recent))]
        recent = [*recent, tonight][-hold:]
    return Replayed(tuple(entries))
