"""Workbooks are read once: a process of its own turns a sheet into a CSV beside the file, and everyone reads that.

A workbook takes hundreds of megabytes to parse; a process that lives on would keep them.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import structlog

from kam.imports.constants import (
    MAX_COLUMNS,
    XLSX_MAX_BYTES,
    XLSX_MAX_CELLS,
    XLSX_MAX_ENTRIES,
    XLSX_MAX_MEMORY,
    XLSX_SECONDS,
)
from kam.imports.errors import FileRefused
from kam.notes import Note as _

logger = structlog.get_logger(__name__)

PROGRAM = Path(__file__).with_name("workbook.py")
REFUSALS = {
    "unreadable": _("This is not a workbook that can be read. Save it again as .xlsx or as CSV."),
    "macros": _("Workbooks with macros are refused. Save it as .xlsx without macros, or as CSV."),
    "parts": _("The workbook holds more than %(count)s parts."),
    "size": _("Unpacked, the workbook is larger than %(size)s MB. Save it as CSV."),
    "cells": _("The sheet is too large to be read as a workbook. Save it as CSV."),
    "columns": _("The file has more than %(count)s columns."),
    "seconds": _("Reading the workbook takes too long. Save it as CSV."),
}


def refusal(key: str, **values: int) -> FileRefused:
    return FileRefused(REFUSALS[key] % values)


def table_of(path: Path, sheet: int) -> Path:
    """The CSV (UTF-8, commas) of sheet number ``sheet`` of the workbook at ``path``. Raises FileRefused."""
    table = _table_path(path, sheet)
    if not table.exists():
        convert(path, sheet)
    return table


def _table_path(path: Path, sheet: int) -> Path:
    return path.with_name(f"sheet-{sheet}.csv")


def convert(path: Path, sheet: int) -> tuple[str, ...]:
    """Put the CSV of a sheet beside the workbook at ``path``; the names of its sheets. Raises FileRefused.

    The CSV appears whole or not at all; two conversions at the same time do not disturb each other.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / "table.csv"
        answer = _ask(path, made, sheet)
        if "refused" in answer:
            raise refusal(answer["refused"], **answer["values"])
        made.chmod(0o640)
        made.replace(_table_path(path, sheet))
    return tuple(answer["sheets"])


def _ask(path: Path, made: Path, sheet: int) -> dict:
    """The answer of the program; a refusal also when it does not come to its end."""
    # Without -P the modules beside the program would hide those of the standard library.
    command = [sys.executable, "-P", PROGRAM, path, made, json.dumps(_options(sheet))]
    try:
        result = subprocess.run(  # noqa: S603 - our own program; the paths are ours, only the content is a stranger's
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=XLSX_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise refusal("seconds") from error
    if result.returncode == 0:
        return json.loads(result.stdout)
    logger.warning("workbook_not_read", status=result.returncode, error=result.stderr[-500:].decode(errors="replace"))
    is_killed = result.returncode < 0  # for want of memory or processor time
    raise refusal("cells" if is_killed else "unreadable")


def _options(sheet: int) -> dict[str, int]:
    return {
        "sheet": sheet,
        "max_bytes": XLSX_MAX_BYTES,
        "max_entries": XLSX_MAX_ENTRIES,
        "max_cells": XLSX_MAX_CELLS,
        "max_columns": MAX_COLUMNS,
        "max_memory": XLSX_MAX_MEMORY,
        "max_seconds": XLSX_SECONDS,
    }
