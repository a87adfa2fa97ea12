from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Account
from core import facts
from core.fact_docs import facts_page
from core.fact_files import WRITERS
from core.lazy import pd
from core.periods import last_full_day

PAGE = Path("docs") / "facts.md"


class Command(BaseCommand):
    help = "Write the facts of every account as of a date to a CSV or Parquet file, or the page of facts."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=date.fromisoformat, help="business date, by default the last full day")
        parser.add_argument("--output", type=Path, help="file to write: .csv or .parquet")
        parser.add_argument("--docs", action="store_true", help=f"write {PAGE} from the registry and stop")

    def handle(self, *, as_of, output, docs, **options):
        if docs:
            (settings.BASE_DIR / PAGE).write_text(facts_page(), encoding="utf8")
            return
        if output is None or output.suffix not in WRITERS:
            raise CommandError("--output names a file ending in .csv or .parquet")
        started = time.monotonic()
        rows = WRITERS[output.suffix](output, blocks(as_of or last_full_day()), list(facts.offered().values()))
        self.stdout.write(f"{rows} accounts, {time.monotonic() - started:.1f} s, peak {peak_mib():.0f} MiB")


def blocks(as_of: date) -> Iterator[pd.DataFrame]:
    """The sheet in pieces, by ``code`` in the order of its characters, whatever the database's order of text is."""
    codes = sorted(Account.objects.filter(merged_into__isnull=True).values_list("code", "pk").iterator())
    for start in range(0, len(codes), facts.CHUNK_SIZE):
        piece = pd.Series({pk: code for code, pk in codes[start : start + facts.CHUNK_SIZE]}, name="code")
        frame = facts.collect(as_of, piece.index.tolist())
        yield frame.set_axis(piece.loc[frame.index], axis=0).sort_index()


def peak_mib() -> float:
    divisor = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / divisor
