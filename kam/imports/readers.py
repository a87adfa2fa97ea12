"""A file as a stream of rows of text, whatever its format, encoding and delimiter."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kam.imports import xlsx
from kam.imports.constants import CELL_MAX_CHARACTERS, MAX_COLUMNS, MAX_ROWS, SAMPLE_ROWS, UNPACKED_MAX_BYTES
from kam.imports.encodings import detect_delimiter, detect_encoding
from kam.imports.errors import FileRefused
from kam.notes import Note
from kam.notes import Note as _

CHUNK = 1024 * 1024
BYTE_ORDER_MARK = "\ufeff"  # still there when somebody names the byte order of a file that says it itself
GZIP_MAGIC, ZIP_MAGIC, OLE_MAGIC = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SUFFIXES = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx")


@dataclass(frozen=True)
class Layout:
    """How a file is to be read: found once, shown to the user, changeable."""

    format: str  # csv, csv.gz or xlsx
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def detect_layout(path: Path, name: str) -> Layout:
    """How the file at ``path``, which its owner calls ``name``, is to be read. Raises FileRefused.

    The first sheet of a workbook becomes a CSV on the way.
    """
    with open(path, "rb") as file:
        magic = file.read(4)
    refuse_unsupported(name, magic)
    if magic == ZIP_MAGIC:
        sheets = xlsx.convert(path, sheet=0)
        return Layout("xlsx", sheet=sheets[0] if sheets else "", sheets=sheets)
    kind = "csv.gz" if magic.startswith(GZIP_MAGIC) else "csv"
    encoding = detect_encoding(_chunks(path, kind))
    head = next(_decoded_heads(path, kind, encoding), "")
    return Layout(kind, encoding=encoding, delimiter=detect_delimiter(head))


def refuse_unsupported(name: str, magic: bytes) -> None:
    lower = name.lower()
    if lower.endswith((".xls", ".xlsm", ".xlsb")) or magic == OLE_MAGIC:
        raise FileRefused(
            _("Old workbooks and workbooks with macros (.xls, .xlsm) are refused. Save it as .xlsx or as CSV.")
        )
    if not lower.endswith(SUFFIXES):
        raise FileRefused(_("Only CSV (also .gz) and .xlsx files can be imported."))
    if (magic == ZIP_MAGIC) != lower.endswith(".xlsx") or magic.startswith(GZIP_MAGIC) != lower.endswith(".gz"):
        raise FileRefused(_("The content of the file is not what its name says."))


def _open(path: Path, kind: str):
    return gzip.open(path, "rb") if kind == "csv.gz" else open(path, "rb")


def _chunks(path: Path, kind: str) -> Iterator[bytes]:
    """The unpacked bytes; refuses a packed file that grows beyond the limit."""
    size = 0
    try:
        with _open(path, kind) as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if size > UNPACKED_MAX_BYTES:
                    raise FileRefused(_("Unpacked, the file is too large."))
                yield chunk
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileRefused(_("The packed file is damaged.")) from error


def _decoded_heads(path: Path, kind: str, encoding: str) -> Iterator[str]:
    for chunk in _chunks(path, kind):
        yield chunk[: 64 * 1024].decode(encoding, errors="replace")


class _Bytes(io.RawIOBase):
    """The unpacked bytes of a file as a stream that a text wrapper can read."""

    def __init__(self, chunks: Iterator[bytes]):
        self.chunks = chunks
        self.rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self.rest:
            chunk = next(self.chunks, None)
            if chunk is None:
                return 0
            self.rest = chunk
        piece, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _csv_rows(path: Path, layout: Layout) -> Iterator[list[str]]:
    csv.field_size_limit(CELL_MAX_CHARACTERS)
    stream = io.BufferedReader(_Bytes(_chunks(path, layout.format)), CHUNK)
    with io.TextIOWrapper(stream, encoding=layout.encoding, newline="") as text:
        try:
            yield from csv.reader(text, delimiter=layout.delimiter)
        except (csv.Error, UnicodeError) as error:
            raise FileRefused(_unreadable(error, layout)) from error


def _unreadable(error: Exception, layout: Layout) -> Note:
    if isinstance(error, UnicodeError):
        return _("The file is not in the encoding %(encoding)s. Choose another one.") % {"encoding": layout.encoding}
    return _("A quotation mark is never closed, or a cell is longer than a cell can be.")


def _as_csv(path: Path, layout: Layout) -> tuple[Path, Layout]:
    """The file itself, or the CSV of the chosen sheet of a workbook. Raises FileRefused."""
    if layout.format != "xlsx":
        return path, layout
    sheet = layout.sheets.index(layout.sheet) if layout.sheet in layout.sheets else 0
    return xlsx.table_of(path, sheet), Layout("csv", encoding="utf-8", delimiter=",")


def read_rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Row number as a spreadsheet counts (from 1) and cells, blank rows left out. Raises FileRefused."""
    for number, row in enumerate(_csv_rows(*_as_csv(path, layout)), start=1):
        if number > MAX_ROWS:
            raise FileRefused(_("The file has more than %(count)s rows. Split it.") % {"count": MAX_ROWS})
        if any(row):
            yield number, row


def read_table(path: Path, layout: Layout) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header row and the stream of the rows below it. Raises FileRefused, also for a file without any row."""
    rows = read_rows(path, layout)
    _number, header = next(rows, (0, []))
    headers = [cell.strip().removeprefix(BYTE_ORDER_MARK) for cell in header]
    while headers and not headers[-1]:
        headers.pop()
    if not headers:
        raise FileRefused(_("The file is empty."))
    if len(headers) > MAX_COLUMNS:
        raise xlsx.refusal("columns", count=MAX_COLUMNS)
    return headers, rows


def read_sample(path: Path, layout: Layout) -> tuple[list[str], list[list[str]]]:
    """The header row and the first rows, each as long as the header."""
    headers, rows = read_table(path, layout)
    width = len(headers)
    return headers, [(row + [""] * width)[:width] for _number, row in islice(rows, SAMPLE_ROWS)]
