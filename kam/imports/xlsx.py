"""Workbooks: weighed before they are parsed, then read as text; formulas are never evaluated.

The sizes of the archive's directory are not believed: every entry is unpacked once, counted and thrown away, and the
cell addresses of the sheets are read on the way, because the parser lays out a dense grid from corner to corner.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from kam.imports.constants import MAX_COLUMNS, XLSX_MAX_BYTES, XLSX_MAX_CELLS, XLSX_MAX_ENTRIES
from kam.imports.errors import FileRefused
from kam.notes import Note as _

CHUNK = 1024 * 1024
LOCAL_HEADER = struct.Struct("<4s22xHH")
ADDRESS = re.compile(rb'r="([A-Z]{1,4})(\d{1,8})"')
ADDRESS_MAX = 20


def check_archive(path) -> None:
    """Refuse what is no plain workbook or would unpack to more than the limits. Raises FileRefused."""
    try:
        with zipfile.ZipFile(path) as archive, open(path, "rb") as raw:
            entries = archive.infolist()
            _check_directory(entries)
            unpacked = 0
            for entry in entries:
                unpacked += _weigh(raw, entry, XLSX_MAX_BYTES - unpacked)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError) as error:
        raise FileRefused(_("This is not a workbook that can be read. Save it again as .xlsx or as CSV.")) from error


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if "xl/vbaProject.bin" in names:
        raise FileRefused(_("Workbooks with macros are refused. Save it as .xlsx without macros, or as CSV."))
    if len(entries) > XLSX_MAX_ENTRIES:
        raise FileRefused(_("The workbook holds more than %(count)s parts.") % {"count": XLSX_MAX_ENTRIES})
    if sum(entry.file_size for entry in entries) > XLSX_MAX_BYTES:
        raise _too_large()


def _too_large() -> FileRefused:
    size = XLSX_MAX_BYTES // 1024 // 1024
    return FileRefused(_("Unpacked, the workbook is larger than %(size)s MB. Save it as CSV.") % {"size": size})


def _weigh(raw, entry: zipfile.ZipInfo, allowed: int) -> int:
    """The true unpacked size of ``entry``; refuses it as soon as it exceeds ``allowed`` bytes."""
    grid = _Grid() if entry.filename.startswith("xl/worksheets/") else None
    size = 0
    for piece in _unpack(raw, entry):
        size += len(piece)
        if size > allowed:
            raise _too_large()
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

    def __init__(self):
        self.tail = b""
        self.columns = self.rows = 0

    def see(self, piece: bytes) -> None:
        text = self.tail + piece
        for letters, digits in set(ADDRESS.findall(text)):
            self.rows = max(self.rows, int(digits))
            self.columns = max(self.columns, column_number(letters))
        self.tail = text[-ADDRESS_MAX:]
        check_width(self.columns)
        if self.columns * self.rows > XLSX_MAX_CELLS:
            raise FileRefused(_("The sheet is too large to be read as a workbook. Save it as CSV."))


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def check_width(columns: int) -> None:
    if columns > MAX_COLUMNS:
        raise FileRefused(_("The file has more than %(count)s columns.") % {"count": MAX_COLUMNS})


def sheet_names(path) -> list[str]:
    """The names of the sheets with cells, in their order. Raises FileRefused."""
    with _workbook(path) as workbook:
        return list(workbook.sheet_names)


def _workbook(path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise FileRefused(_("This is not a workbook that can be read. Save it again as .xlsx or as CSV.")) from error


def rows(path, sheet: str = "") -> Iterator[list[str]]:
    """The rows of one sheet (the first when it is not named), every cell as text."""
    with _workbook(path) as workbook:
        names = workbook.sheet_names
        if not names:
            return
        try:
            content = workbook.get_sheet_by_name(sheet if sheet in names else names[0])
        except CalamineError as error:
            raise FileRefused(
                _("This is not a workbook that can be read. Save it again as .xlsx or as CSV.")
            ) from error
        check_width(content.width)
        for row in content.iter_rows():
            yield [cell_text(cell) for cell in row]


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
