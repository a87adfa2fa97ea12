"""Facts as a file for other programs: CSV or Parquet, a row per account, the account's code first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from core.facts import Fact, FactKind
from core.lazy import pa, pd, pq
from core.sheets import arrow_field, arrow_table

CODE = "code"
WHOLE = (FactKind.COUNT, FactKind.DAYS)


def write_csv(path: Path, blocks: Iterable[pd.DataFrame], columns: Sequence[Fact]) -> int:
    """Write blocks (index ``code``) one after the other and return the number of rows; null is the empty text."""
    rows = 0
    with path.open("w", encoding="utf8", newline="") as file:
        file.write(",".join([CODE, *(fact.key for fact in columns)]) + "\n")
        for block in blocks:
            whole = {fact.key: "Int64" for fact in columns if fact.kind in WHOLE}
            block.astype(whole).to_csv(file, header=False, date_format="%Y-%m-%d", lineterminator="\n")
            rows += len(block)
    return rows


def write_parquet(path: Path, blocks: Iterable[pd.DataFrame], columns: Sequence[Fact]) -> int:
    """Write blocks (index ``code``) as row groups and return the number of rows; the schema says what columns mean."""
    rows = 0
    schema = pa.schema([pa.field(CODE, pa.string()), *map(arrow_field, columns)])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for block in blocks:
            writer.write_table(arrow_table(block, schema))
            rows += len(block)
    return rows


WRITERS = {".csv": write_csv, ".parquet": write_parquet}
