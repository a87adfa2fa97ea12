"""The whole file is read and checked into the scratch file before anything is written."""

import time
from collections import defaultdict
from collections.abc import Callable

from kam.imports.constants import EXAMPLES_PER_REASON, PREVIEW_ROWS
from kam.imports.contexts import context_of, layout_of, parse_options, stage_path
from kam.imports.kinds import KINDS
from kam.imports.kinds.base import Context, Kind
from kam.imports.readers import read_table
from kam.imports.rows import RowParser
from kam.imports.staging import Rejection, Stage, fresh_stage
from kam.models import ImportJob

BEAT_SECONDS = 2.0
ROWS_BETWEEN_LOOKS = 2_000
SAID_ONCE = {"unknown_country"}
OBJECTS = "SELECT count(*) FROM (SELECT DISTINCT rank, account_key, object_key FROM line)"


def check(job: ImportJob, beat: Callable[[int], None]) -> dict:
    """Check the file of ``job`` into its scratch file; the figures and examples for the preview.

    ``beat`` is called every few seconds with the number of rows read; it may raise to stop the work. Raises
    FileRefused when the file cannot be read to its end.
    """
    kind, context = KINDS[job.kind](), context_of(job)
    with fresh_stage(stage_path(job)) as stage:
        read = _read(job, kind, context, stage, beat)
        stage.finish_lines()
        beat(read)
        figures = kind.check(stage, context)
        beat(read)
    return figures | {"read": read}


def _read(job: ImportJob, kind: Kind, context: Context, stage: Stage, beat: Callable[[int], None]) -> int:
    headers, rows = read_table(job.source, layout_of(job))
    parser = RowParser(kind.fields, job.mapping, parse_options(job), len(headers))
    read, looked, said = 0, time.monotonic(), set()
    for number, cells in rows:
        read += 1
        row = parser.parse(number, cells)
        staged = kind.stage(row, context)
        if isinstance(staged, Rejection):
            stage.reject(staged)
        else:
            stage.add(staged)
        for reason, detail in row.warnings:
            if reason not in SAID_ONCE or (reason, detail) not in said:
                stage.warn(reason, number, detail)
                said.add((reason, detail))
        if read % ROWS_BETWEEN_LOOKS == 0 and time.monotonic() - looked > BEAT_SECONDS:
            looked = time.monotonic()
            beat(read)
    return read


def summarise(stage: Stage) -> dict:
    """Counts, and examples of errors and warnings by reason, the most frequent first."""
    rejections = stage.rejections()
    return {
        "accepted": stage.count("SELECT count(*) FROM line"),
        "rejected": len(rejections),
        "warnings": stage.count("SELECT count(*) FROM warning"),
        "objects": stage.count(OBJECTS),
        "errors_by_reason": _errors(rejections),
        "warnings_by_reason": _warnings(stage),
    }


def error_figures(stage: Stage) -> list[dict]:
    """The rejected lines by reason and column, with examples."""
    return _errors(stage.rejections())


def _errors(rejections: dict[int, tuple[tuple[str, str], ...]]) -> list[dict]:
    numbers = defaultdict(list)
    for number, problems in rejections.items():
        for column, reason in problems:
            numbers[reason, column].append(number)
    found = sorted(numbers.items(), key=lambda item: -len(item[1]))
    return [
        {"reason": reason, "column": column, "count": len(rows), "rows": rows[:EXAMPLES_PER_REASON]}
        for (reason, column), rows in found
    ]


def _warnings(stage: Stage) -> list[dict]:
    rows = stage.query("SELECT reason, count(*) FROM warning GROUP BY 1 ORDER BY 2 DESC")
    examples = "SELECT number, detail FROM warning WHERE reason = ? ORDER BY number LIMIT ?"
    return [
        {"reason": reason, "count": count, "examples": stage.query(examples, reason, EXAMPLES_PER_REASON)}
        for reason, count in rows
    ]


def preview_groups(stage: Stage) -> list:
    """The first objects of the file as they will be written."""
    groups = stage.groups()
    return [group for _position, group in zip(range(PREVIEW_ROWS), groups, strict=False)]
