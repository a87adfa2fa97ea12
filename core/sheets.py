"""Kept sheets: what was known about every account on a date, written once and never rewritten.

A sheet has parts (facts, RFM, score, tier) and shards of accounts; each is Parquet bytes whose schema says of every
column what it means (``key@version``), its type and its unit.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from core import facts
from core.facts import Fact, FactKind
from core.lazy import pa, pd, pq
from core.models import FactSheet
from core.periods import business_date, month_end_before

Part = FactSheet.Part
ARROW_TYPES = {
    FactKind.COUNT: "int64",
    FactKind.DAYS: "int64",
    FactKind.DATE: "date32",
    FactKind.CATEGORY: "string",
    FactKind.FLAG: "bool",
}
DAILY_FOR_DAYS = 90
SUNDAYS_FOR_DAYS = 365
SUNDAY = 6
PRUNE_BATCH = 100


@dataclass(frozen=True)
class WrittenShard:
    """What writing one shard came to: rows in it, and the accounts left out with the reason."""

    row_count: int
    errors: dict[int, str] = field(default_factory=dict)


def shard_numbers(shard_size: int | None = None) -> list[int]:
    """The shards that the accounts of today fill, ascending: an account is in shard ``account id // shard size``.

    Without any account there is still shard 0, so that an empty night is a night too.
    """
    return facts.population().shards(shard_size or settings.SHARD_SIZE) or [0]


def shard_range(shard: int, shard_size: int | None = None) -> range:
    """The account ids of one shard."""
    size = shard_size or settings.SHARD_SIZE
    return range(shard * size, (shard + 1) * size)


def write_facts(as_of: date, shard: int, shard_size: int | None = None) -> WrittenShard:
    """Compute the facts of one shard as of ``as_of`` and keep them; nothing is written when they are kept already."""
    frame, errors = facts.collect_isolating(as_of, shard_range(shard, shard_size))
    keep_sheet(
        as_of=as_of,
        part=Part.FACTS,
        shard=shard,
        shard_size=shard_size,
        frame=frame,
        columns=list(facts.offered().values()),
    )
    return WrittenShard(len(frame), errors)


def keep_sheet(
    *,
    as_of: date,
    part: str,
    shard: int,
    frame: pd.DataFrame,
    columns: Sequence[Fact],
    shard_size: int | None = None,
    notes: dict[str, str] | None = None,
) -> bool:
    """Keep one shard of one part; True when something was written.

    ``columns`` says what the frame's columns mean, ``notes`` what else computed them (the configuration version).
    The same content as the latest revision writes nothing; other content becomes the next revision.
    """
    content = to_parquet(frame, columns, notes or {})
    content_hash = hashlib.sha256(content).hexdigest()
    key = {"as_of": as_of, "part": part, "shard": shard, "shard_size": shard_size or settings.SHARD_SIZE}
    with transaction.atomic():
        latest = FactSheet.objects.filter(**key).order_by("-revision").values("revision", "content_hash").first()
        if latest and latest["content_hash"] == content_hash:
            return False
        FactSheet.objects.create(
            **key,
            revision=latest["revision"] + 1 if latest else 1,
            content=content,
            content_hash=content_hash,
            row_count=len(frame),
            is_reconstructed=business_date() > as_of + timedelta(days=1),
        )
    return True


def keep_whole(
    *, as_of: date, part: str, frame: pd.DataFrame, columns: Sequence[Fact], notes: dict[str, str] | None = None
) -> int:
    """Keep a part that was computed over all accounts, cut into the shards of its facts; how many shards changed."""
    size = newest_shard_size(as_of, Part.FACTS) or settings.SHARD_SIZE
    numbers = FactSheet.objects.filter(as_of=as_of, part=Part.FACTS, shard_size=size).order_by("shard")
    shards = frame.index // size
    return sum(
        keep_sheet(
            as_of=as_of,
            part=part,
            shard=shard,
            shard_size=size,
            frame=frame[shards == shard],
            columns=columns,
            notes=notes,
        )
        for shard in numbers.values_list("shard", flat=True).distinct()
    )


def newest_shard_size(as_of: date, part: str) -> int | None:
    """The shard size of the last writing of this part, None when it was never written."""
    newest = FactSheet.objects.filter(as_of=as_of, part=part).order_by("-pk")
    return newest.values_list("shard_size", flat=True).first()


def has_shard(as_of: date, part: str, shard: int, shard_size: int) -> bool:
    """Whether this very shard of this size is kept, empty or not."""
    return FactSheet.objects.filter(as_of=as_of, part=part, shard=shard, shard_size=shard_size).exists()


def has_sheet(as_of: date, part: str = Part.FACTS) -> bool:
    return FactSheet.objects.filter(as_of=as_of, part=part).exists()


def read_sheet(as_of: date, part: str = Part.FACTS, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """One part of the sheet of a date, all shards in their latest revision: index ``account_id``, ascending.

    Empty, without columns, when there is none. ``columns`` reads only those that exist among them.
    """
    return _read(_latest(as_of, part), columns)


def read_shard(as_of: date, part: str, shard: int, shard_size: int | None = None) -> pd.DataFrame:
    """One shard of one part in its latest revision; of another shard size, the rows whose ids belong to it."""
    ids = shard_range(shard, shard_size)
    kept_size = newest_shard_size(as_of, part) or settings.SHARD_SIZE
    numbers = range(ids.start // kept_size, (ids.stop - 1) // kept_size + 1)
    frame = _read(_latest(as_of, part).filter(shard__in=numbers), None)
    return frame[(frame.index >= ids.start) & (frame.index < ids.stop)]


def read_night(as_of: date, columns: Iterable[str] | None = None, pins: dict | None = None) -> pd.DataFrame:
    """Everything a night knows: the facts joined with classes, score and tier; the tier is that of the night itself.

    What conditions are evaluated on. Derived facts are worked out where ``columns`` names them, with the configuration
    versions in ``pins`` or, without, those in force on the day.
    """
    items = facts.derived(columns or ())
    wanted = None if columns is None else {*columns, *(key for item in items for key in item.needs)}
    frames = [read_sheet(as_of, part, wanted) for part in (Part.FACTS, Part.RFM, Part.SCORE, Part.TIER)]
    night = frames[0]
    for frame in frames[1:]:
        night = night.drop(columns=frame.columns.intersection(night.columns)).join(frame)
    for item in items:
        needed = night.reindex(columns=list(item.needs))
        night[item.fact.key] = item.compute(needed, as_of, pins or {})
    return night


def reconstructed_count(days: Iterable[date]) -> int:
    """How many of the sheets of ``days`` were made later than the night after their date."""
    sheets = FactSheet.objects.filter(as_of__in=list(days), part=Part.FACTS, is_reconstructed=True)
    return sheets.values("as_of").distinct().count()


def is_kept(as_of: date, today: date) -> bool:
    """Whether retention keeps the sheet of ``as_of``: daily for 90 days, Sundays for a year, month ends for good."""
    age = (today - as_of).days
    if age <= DAILY_FOR_DAYS or as_of == month_end_before(as_of + timedelta(days=1)):
        return True
    return age <= SUNDAYS_FOR_DAYS and as_of.weekday() == SUNDAY


def prune_sheets(today: date | None = None) -> int:
    """Delete the sheets that retention does not keep, in small batches; how many rows went."""
    today = today or business_date()
    days = FactSheet.objects.filter(as_of__lt=today - timedelta(days=DAILY_FOR_DAYS)).values_list("as_of", flat=True)
    gone = [day for day in days.distinct().order_by("as_of") if not is_kept(day, today)]
    ids = list(FactSheet.objects.filter(as_of__in=gone).values_list("pk", flat=True))
    for start in range(0, len(ids), PRUNE_BATCH):
        FactSheet.objects.filter(pk__in=ids[start : start + PRUNE_BATCH]).delete()
    return len(ids)


def to_parquet(frame: pd.DataFrame, columns: Sequence[Fact], notes: dict[str, str]) -> bytes:
    """``frame`` as Parquet; the same frame gives the same bytes."""
    schema = pa.schema([pa.field("account_id", pa.int64()), *map(arrow_field, columns)], metadata=notes)
    buffer = io.BytesIO()
    pq.write_table(arrow_table(frame, schema), buffer, compression="zstd")
    return buffer.getvalue()


def from_parquet(content: bytes, columns: Iterable[str] | None = None) -> pd.DataFrame:
    """What `to_parquet` wrote, with the types of `facts.collect`."""
    # Without a thread of its own: one that still reads when the process ends aborts it (apache/arrow#34314).
    file = pq.ParquetFile(pa.BufferReader(content), pre_buffer=False)
    kept, wanted = file.schema_arrow.names, None if columns is None else {"account_id", *columns}
    table = file.read(columns=[name for name in kept if wanted is None or name in wanted], use_threads=False)
    index = pd.Index(table["account_id"].to_numpy(), dtype="int64", name="account_id")
    fields = [item for item in table.schema if item.name != "account_id"]
    return pd.DataFrame({item.name: _from_arrow(table[item.name], item.type, index) for item in fields}, index=index)


def arrow_field(fact: Fact) -> pa.Field:
    """The column of a fact: its type, and what it means in the field's metadata."""
    metadata = {"fact": fact.name, "type": fact.kind.value, "unit": fact.unit}
    return pa.field(fact.key, pa.type_for_alias(ARROW_TYPES.get(fact.kind, "float64")), metadata=metadata)


def arrow_table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """``frame`` as a table of ``schema``, whose first field is the index."""
    index, *fields = schema
    arrays = [pa.array(frame[item.name], type=item.type, from_pandas=True) for item in fields]
    return pa.Table.from_arrays([pa.array(frame.index, type=index.type), *arrays], schema=schema)


def _latest(as_of: date, part: str):
    sheets = FactSheet.objects.filter(as_of=as_of, part=part, shard_size=newest_shard_size(as_of, part) or 0)
    return FactSheet.objects.filter(pk__in=sheets.values("shard").annotate(latest=Max("pk")).values("latest"))


def _read(sheets, columns: Iterable[str] | None) -> pd.DataFrame:
    wanted = None if columns is None else set(columns)
    contents = sheets.order_by("shard").values_list("content", flat=True)
    frames = [from_parquet(bytes(content), wanted) for content in contents.iterator(chunk_size=4)]
    if not frames:
        return pd.DataFrame(index=pd.Index([], dtype="int64", name="account_id"))
    return pd.concat(frames).sort_index()


def _from_arrow(column: pa.ChunkedArray, kind: pa.DataType, index: pd.Index) -> pd.Series:
    if kind == pa.date32():
        return pd.Series(column.cast(pa.timestamp("s")).to_numpy(), index, dtype=facts.DATE_TYPE)
    if kind == pa.string():
        return pd.Series(column.to_pylist(), index, dtype=object)
    if kind == pa.bool_():
        return pd.Series(column.to_pylist(), index, dtype="boolean")
    return pd.Series(column.cast(pa.float64()).to_numpy(zero_copy_only=False), index, dtype="float64")
