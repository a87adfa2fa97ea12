"""A program of its own: a workbook becomes a CSV file, and the memory that takes ends with the process.

``python workbook.py SOURCE TARGET OPTIONS`` with the options of `Options` as JSON. It writes one JSON object:
``sheets``, the names of all sheets, or ``refused``, a key of the refusals in `xlsx`, with ``values`` for its text. It
knows nothing of the rest of the product, so that it starts quickly and stays small.

Workbooks are weighed before they are parsed, then read as text; formulas are never evaluated. The sizes of the
archive's directory are not believed: every entry is unpacked once, counted and thrown away, and the cell addresses of
the sheets are read on the way, because the parser lays out a dense grid from corner to corner.
"""

import csv
import json
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

CHUNK = 1024 * 1024
LOCAL_HEADER = struct.Struct("<4s22xHH")
ADDRESS = re.compile(rb'r="([A-Z]{1,4})(\d{1,8})"')
ADDRESS_MAX = 20


class Refused(Exception):
    """The workbook is not read: the key of the reason and the values of its text."""

    def __init__(self, key: str, **values: int):
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True)
class Options:
    """Which sheet, counted from 0 (the first when there are fewer), and the limits."""

    sheet: int
    max_bytes: int  # unpacked
    max_entries: int
    max_cells: int
    max_columns: int
    max_memory: int
    max_seconds: int  # of the processor


def convert(source: str, target: str, options: Options) -> list[str]:
    """Write one sheet of the workbook at ``source`` as CSV in UTF-8 to ``target``; the names of all sheets.

    Row n of the sheet is row n of the CSV. Raises Refused.
    """
    check_archive(source, options)
    try:
        with CalamineWorkbook.from_path(source) as workbook, open(target, "w", encoding="utf-8", newline="") as file:
            names = list(workbook.sheet_names)
            if names:
                name = names[options.sheet if options.sheet < len(names) else 0]
                csv.writer(file).writerows(rows(workbook.get_sheet_by_name(name), options))
            return names
    except CalamineError as error:
        raise Refused("unreadable") from error


def rows(sheet: CalamineSheet, options: Options) -> Iterator[list[str]]:
    """The rows of a sheet from its first, blank ones too, every cell as text."""
    check_width(sheet.width, options)
    for row in sheet.iter_rows():
        yield [cell_text(cell) for cell in row]


def check_archive(path: str, options: Options) -> None:
    """Refuse what is no plain workbook or would unpack to more than the limits. Raises Refused."""
    try:
        with zipfile.ZipFile(path) as archive, open(path, "rb") as raw:
            entries = archive.infolist()
            _check_directory(entries, options)
            unpacked = 0
            for entry in entries:
                unpacked += _weigh(raw, entry, unpacked, options)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError) as error:
        raise Refused("unreadable") from error


def _check_directory(entries: list[zipfile.ZipInfo], options: Options) -> None:
    names = {entry.filename for entry in entries}
    if "xl/vbaProject.bin" in names:
        raise Refused("macros")
    if len(entries) > options.max_entries:
        raise Refused("parts", count=options.max_entries)
    if sum(entry.file_size for entry in entries) > options.max_bytes:
        raise _too_large(options)


def _too_large(options: Options) -> Refused:
    return Refused("size", size=options.max_bytes // 1024 // 1024)


def _weigh(raw, entry: zipfile.ZipInfo, unpacked: int, options: Options) -> int:
    """The true unpacked size of ``entry``; refuses it when it is too much on top of ``unpacked`` bytes."""
    grid = _Grid(options) if entry.filename.startswith("xl/worksheets/") else None
    size = 0
    for piece in _unpack(raw, entry):
        size += len(piece)
        if unpacked + size > options.max_bytes:
            raise _too_large(options)
        if grid:
            grid.see(piece)
    return size


def _unpack(raw, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    raw.seek(entry.header_offset)
    signature, name_length, extra_length = LOCAL_HEADER.unpack(raw.read(LOCAL_HEADER.size))
    if signature != b"PK\x03\x04" or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile(entry.filename)
    raw.seek(name_length + extra_length, 1)
    left = entry.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (packed := raw.read(min(CHUNK // 16, left))):
        left -= len(packed)
        if inflate is None:
            yield packed
        while inflate and packed:
            yield inflate.decompress(packed, CHUNK)
            packed = inflate.unconsumed_tail


class _Grid:
    """The largest row and column that a sheet names."""

    def __init__(self, options: Options):
        self.options = options
        self.tail = b""
        self.columns = self.rows = 0

    def see(self, piece: bytes) -> None:
        text = self.tail + piece
        for letters, digits in set(ADDRESS.findall(text)):
            self.rows = max(self.rows, int(digits))
            self.columns = max(self.columns, column_number(letters))
        self.tail = text[-ADDRESS_MAX:]
        check_width(self.columns, self.options)
        if self.columns * self.rows > self.options.max_cells:
            raise Refused("cells")


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_width(columns: int, options: Options) -> None:
    if columns > options.max_columns:
        raise Refused("columns", count=options.max_columns)


def cell_text(cell) -> str:
    """One cell as the text a CSV export of the sheet would hold; a number in its shortest exact form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return str(cell)


def main(source: str, target: str, options: str) -> None:
    chosen = Options(**json.loads(options))
    resource.setrlimit(resource.RLIMIT_AS, (chosen.max_memory, chosen.max_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (chosen.max_seconds, chosen.max_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = {"sheets": convert(source, target, chosen)}
    except Refused as refused:
        answer = {"refused": refused.key, "values": refused.values}
    except MemoryError:
        answer = {"refused": "cells", "values": {}}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
