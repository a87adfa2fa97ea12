"""Facts: one value about one account on one date, computed from dated events alone.

Every app that owns events registers a `Source` in its ``facts.py``; `collect` asks them all and gives a sheet: a row
per account, a column per fact. Nothing else in the product reads other apps' events to score, classify or warn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.isolation import isolate
from core.lazy import np, pd

CHUNK_SIZE = 25_000
DATE_TYPE = "datetime64[s]"
Answer = TypeVar("Answer")


class FactKind(StrEnum):
    """What sort of value a fact is: it decides the column's type and what "nothing happened" means."""

    COUNT = "count"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    DAYS = "days"
    AVERAGE = "average"
    RATE = "rate"
    DATE = "date"
    CATEGORY = "category"
    FLAG = "flag"


class Direction(StrEnum):
    """Whether more of it is better, worse, or neither."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


ZERO_WITHOUT_EVENTS = frozenset({FactKind.COUNT, FactKind.AMOUNT, FactKind.QUANTITY})


@dataclass(frozen=True)
class Fact:
    """What one column means. A key never changes its meaning: a new meaning is a new ``version``.

    Counts, amounts and quantities are 0 where nothing happened; all others are null where they have no base.
    """

    key: str
    label: str
    kind: FactKind
    description: str
    unit: str = ""
    direction: Direction = Direction.NEITHER
    version: int = 1
    is_sensitive: bool = False
    source: str = ""

    @property
    def name(self) -> str:
        """``key@version``, as kept sheets name it."""
        return f"{self.key}@{self.version}"

    @property
    def is_numeric(self) -> bool:
        return self.kind not in (FactKind.DATE, FactKind.CATEGORY, FactKind.FLAG)


KNOWN_ON = Fact(
    key="known_on",
    label=_("Known since"),
    kind=FactKind.DATE,
    description="The first of: start of cooperation, first event, day of creation. Before it the account has no row.",
    source="every source of events",
)


@dataclass(frozen=True)
class Scope:
    """The accounts a source is asked about, as of one day.

    ``account_ids`` is a range (a shard) or a tuple; ``survivors`` maps every merged account to the one it counts in.
    """

    as_of: date
    account_ids: range | tuple[int, ...]
    survivors: dict[int, int] = field(default_factory=dict)
    _answers: dict = field(default_factory=dict, compare=False, repr=False)

    def once(self, question: Callable[[Scope], Answer]) -> Answer:
        """``question`` asked about this scope, once for all the sources that need it."""
        if question not in self._answers:
            self._answers[question] = question(self)
        return self._answers[question]

    @cached_property
    def members(self) -> range | frozenset[int]:
        return self.account_ids if isinstance(self.account_ids, range) else frozenset(self.account_ids)

    @cached_property
    def merged_ids(self) -> list[int]:
        """Accounts that count in one of these."""
        return [merged for merged, survivor in self.survivors.items() if survivor in self.members]

    def own(self, column: str) -> Q:
        """The records of these accounts alone, whatever was merged into them."""
        if isinstance(self.account_ids, range):
            return Q(**{f"{column}__gte": self.account_ids.start, f"{column}__lt": self.account_ids.stop})
        return Q(**{f"{column}__in": self.account_ids})

    def rows_of(self, queryset: QuerySet, column: str = "account_id") -> QuerySet:
        """The records of these accounts and of those merged into them."""
        merged = Q(**{f"{column}__in": self.merged_ids}) if self.merged_ids else Q()
        return queryset.filter(self.own(column) | merged if merged else self.own(column)).order_by()

    def survivor(self, account_id: int) -> int:
        return self.survivors.get(account_id, account_id)

    def first_days(self, queryset: QuerySet, day: str, account: str = "account_id") -> pd.Series:
        """The first ``day`` of each account's records up to the day of the scope, by ``account_id``."""
        known = self.rows_of(queryset.filter(**{f"{day}__lte": self.as_of}), account)
        rows = known.values_list(account).annotate(first=Min(day))
        return self.frame(rows, ["account_id", "first"], dates=["first"]).set_index("account_id")["first"]

    def frame(self, rows: Iterable[tuple], columns: Sequence[str], dates: Sequence[str] = ()) -> pd.DataFrame:
        """Fetched rows as a frame whose ``account_id`` is the survivor's.

        Columns in ``dates`` become dates; all others are whole numbers, 0 where the database says null.
        """
        frame = pd.DataFrame.from_records(list(rows), columns=list(columns))
        for column in columns:
            values = frame[column]
            is_date = column in dates
            frame[column] = pd.to_datetime(values).astype(DATE_TYPE) if is_date else values.fillna(0).astype("int64")
        if self.survivors:
            frame["account_id"] = frame["account_id"].replace(self.survivors)
        return frame[frame["account_id"].isin(self.members)]


Compute = Callable[[Scope], "pd.DataFrame"]
FirstEvents = Callable[[Scope], "pd.Series"]


@dataclass(frozen=True)
class Source:
    """One part of an app's facts and how they are computed.

    ``compute`` gives a frame by ``account_id`` with a column per fact; accounts without any event may be left out.
    ``first_events`` gives the first day of each account that this source knows of, up to the day of the scope.
    """

    name: str
    facts: tuple[Fact, ...]
    compute: Compute
    first_events: FirstEvents | None = None


@dataclass(frozen=True)
class Population:
    """Which account ids there are, the shards they fill, and which were merged into which; told by their app."""

    shards: Callable[[int], list[int]]
    survivors: Callable[[], dict[int, int]]


@dataclass(frozen=True)
class Derived:
    """A fact that follows from other columns of a night and the configuration; it is worked out when it is asked for.

    ``compute`` takes the night with the columns in ``needs``, its date, and the configuration versions that a run keeps
    to (kind → key → number; empty: those in force on the date).
    """

    fact: Fact
    needs: tuple[str, ...]
    compute: Callable[[pd.DataFrame, date, dict], pd.Series]


_sources: dict[str, Source] = {}
_declared: dict[str, Fact] = {}
_derived: dict[str, Derived] = {}
_population: list[Population] = []


def register(source: Source) -> None:
    """Offer the facts of ``source``. A key that another source has is a programming error (ValueError)."""
    taken = {fact.key for other in _sources.values() if other.name != source.name for fact in other.facts}
    if clash := taken & {fact.key for fact in source.facts}:
        raise ValueError(f"facts registered twice: {sorted(clash)}")
    _sources[source.name] = source


def declare(*facts: Fact) -> None:
    """Make columns known that the nightly run adds after the facts: scores and classes."""
    _declared.update({fact.key: fact for fact in facts})


def derive(item: Derived) -> None:
    """Offer a fact that is worked out from a night's other columns."""
    declare(item.fact)
    _derived[item.fact.key] = item


def derived(keys: Iterable[str]) -> list[Derived]:
    """Those of ``keys`` that are worked out from other columns, in the order of their keys."""
    return [_derived[key] for key in sorted(set(keys) & set(_derived))]


def register_population(population: Population) -> None:
    _population[:] = [population]


def population() -> Population:
    return _population[0]


def sources() -> list[Source]:
    return [_sources[name] for name in sorted(_sources)]


def offered() -> dict[str, Fact]:
    """The facts that `collect` gives, by key, in the order of the columns."""
    return {fact.key: fact for fact in (KNOWN_ON, *(fact for source in sources() for fact in source.facts))}


def known() -> dict[str, Fact]:
    """Every fact a condition or a score may name: the offered ones and those a night adds."""
    return _declared | offered()


def collect(as_of: date, account_ids: Sequence[int] | None = None) -> pd.DataFrame:
    """The sheet as of ``as_of``: a row per account known by then, a column per fact, index ``account_id`` ascending.

    ``account_ids`` is a range, a sequence or None for all. Numbers are float64 (amounts rounded to four places, from
    exact integers), dates datetime64[s], categories text or None. Merged accounts count in their survivor.
    """
    pieces = everybody() if account_ids is None else chunks(account_ids)
    survivors = population().survivors()
    frames = [_collect_chunk(Scope(as_of, piece, survivors)) for piece in pieces]
    return pd.concat(frames).sort_index() if frames else empty_sheet()


def collect_isolating(as_of: date, account_ids: Sequence[int]) -> tuple[pd.DataFrame, dict[int, str]]:
    """As `collect`, but an account whose data cannot be computed is left out and reported: account id → message."""
    frames, errors = isolate(lambda ids: collect(as_of, ids), account_ids)
    return (pd.concat(frames) if frames else empty_sheet()), errors


def everybody() -> Iterator[range]:
    """All account ids there are, in pieces as `chunks` makes them; gaps in the ids make no empty pieces."""
    for number in population().shards(CHUNK_SIZE):
        yield range(number * CHUNK_SIZE, (number + 1) * CHUNK_SIZE)


def chunks(ids: Sequence[int], size: int | None = None) -> Iterator[range | tuple[int, ...]]:
    """``ids`` in pieces small enough for the memory of one process, of `CHUNK_SIZE` unless told."""
    size = size or CHUNK_SIZE
    for start in range(0, len(ids), size):
        piece = ids[start : start + size]
        yield piece if isinstance(piece, range) else tuple(piece)


def known_on(scope: Scope) -> pd.Series:
    """The first day of each account: the start of cooperation, its creation, or its first event if earlier."""
    series = [source.first_events(scope) for source in sources() if source.first_events]
    everything = pd.concat([days for days in series if len(days)] or [pd.Series(dtype=DATE_TYPE)])
    return everything.groupby(level=0).min()


def _collect_chunk(scope: Scope) -> pd.DataFrame:
    first_days = known_on(scope)
    first_days = first_days[first_days <= pd.Timestamp(scope.as_of)].rename(KNOWN_ON.key)
    rows = pd.Index(first_days.index, dtype="int64", name="account_id")
    frames = [_complete(source, source.compute(scope), rows) for source in sources()]
    return pd.concat([first_days.set_axis(rows), *frames], axis=1)


def _complete(source: Source, computed: pd.DataFrame, rows: pd.Index) -> pd.DataFrame:
    """The columns of ``source`` for exactly ``rows``, typed, with zeros where nothing happened."""
    frame = computed.reindex(index=rows, columns=[fact.key for fact in source.facts])
    without_events = ~rows.isin(computed.index)
    for fact in source.facts:
        column = _typed(frame[fact.key], fact)
        if fact.kind in ZERO_WITHOUT_EVENTS:
            column = column.mask(without_events, 0.0)
        frame[fact.key] = column
    return frame


def _typed(column: pd.Series, fact: Fact) -> pd.Series:
    if fact.kind == FactKind.DATE:
        return column.astype(DATE_TYPE)
    if not fact.is_numeric:
        column = column.astype(object)
        return column.where(column.notna(), None)
    column = column.astype("float64")
    return column.round(4) if fact.kind in (FactKind.AMOUNT, FactKind.QUANTITY) else column


def empty_sheet() -> pd.DataFrame:
    """A sheet without rows, with the columns and types of `collect`."""
    frame = pd.DataFrame(index=pd.Index([], dtype="int64", name="account_id"))
    for fact in offered().values():
        frame[fact.key] = _typed(pd.Series(np.array([], dtype=object), index=frame.index), fact)
    return frame
