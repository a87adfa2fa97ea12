"""The rejected rows as a file: row, column and reason first, then the row as it came, to be mended and sent again."""

import csv
from functools import lru_cache, partial
from pathlib import Path

from django.utils.translation import gettext as _

from core.exports import shield, unshield
from kam.imports.contexts import layout_of, stage_path
from kam.imports.headers import OURS
from kam.imports.kinds import KINDS
from kam.imports.readers import read_table
from kam.imports.reasons import text_of
from kam.imports.staging import open_stage
from kam.imports.values import PLAIN_NUMBER
from kam.models import ImportJob

CELL_SEPARATOR = "; "


def rejects_path(job: ImportJob) -> Path:
    return job.path / "rejected.csv"


def write_rejects(job: ImportJob) -> None:
    """Write the file of rejected rows of ``job`` in UTF-8 with its mark, or remove it when there are none."""
    with open_stage(stage_path(job)) as stage:
        rejections = stage.rejections()
    path = rejects_path(job)
    if not rejections:
        path.unlink(missing_ok=True)
        return
    in_words = lru_cache(maxsize=1_000)(partial(explain, job))
    kept = [index for index, header in enumerate(job.headers) if header not in OURS]
    _headers, rows = read_table(job.source, layout_of(job))
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*OURS, *(job.headers[index] for index in kept)])
        for number, cells in rows:
            if number in rejections:
                writer.writerow([number, *in_words(rejections[number]), *_cells(job, cells, kept)])


def explain(job: ImportJob, problems: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The columns and the reasons of one row in words; a column by its name in the file."""
    columns = [column_name(job, column) for column, _reason in problems]
    reasons = [text_of(reason) for _column, reason in problems]
    return shield(CELL_SEPARATOR.join(dict.fromkeys(columns))), CELL_SEPARATOR.join(dict.fromkeys(reasons))


def column_name(job: ImportJob, key: str) -> str:
    """What the file calls the column of a field, the field's own name when no column is chosen."""
    if not key:
        return _("(whole row)")
    index = job.mapping.get(key)
    if index is not None and index < len(job.headers):
        return job.headers[index]
    return next((str(field.label) for field in KINDS[job.kind].fields if field.key == key), key)


def _cells(job: ImportJob, cells: list[str], kept: list[int]) -> list[str]:
    extra = cells[len(job.headers) :]
    return [_safe(cells[index]) if index < len(cells) else "" for index in kept] + [_safe(cell) for cell in extra]


def _safe(text: str) -> str:
    """Numbers stay as they are; what a spreadsheet would take for a formula gets the apostrophe."""
    return text if PLAIN_NUMBER.fullmatch(text) else shield(unshield(text))
