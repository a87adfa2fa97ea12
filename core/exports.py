"""Tables as files: CSV for other programs, XLSX for people. Text is never a formula."""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from django.utils import timezone

from core import formats
from core.lazy import xlsxwriter
from core.tables import Column

FORMULA_START = re.compile(r"'*[=+\-@\t\r]")
SHIELDED_START = re.compile(r"'+[=+\-@\t\r]")
BOM = "\ufeff"
XLSX_ROWS = 1_048_575
XLSX_FORMATS = {"money": "#,##0.00", "owed": "#,##0.00", "amount": "#,##0.00", "percent": "0.0%", "date": "yyyy-mm-dd"}


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def shield(text: str) -> str:
    """``text`` with an apostrophe before what a spreadsheet would take for a formula; `unshield` gives it back.

    Text that begins like a shielded one gets an apostrophe as well, so that the way back is exact.
    """
    return f"'{text}" if FORMULA_START.match(text) else text


def unshield(text: str) -> str:
    """``text`` without the one apostrophe that `shield` put before it."""
    return text[1:] if text.startswith("'") and SHIELDED_START.match(text) else text


def naive(moment: datetime) -> datetime:
    """``moment`` on the reader's clock without its zone, to the second, as files hold it."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return local.replace(tzinfo=None, microsecond=0)


def plain_figure(value) -> str:
    """A figure without separators; a decimal keeps the places it needs, money never in scientific notation."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def csv_value(column: Column, value) -> str:
    """One CSV field: figures and days plain, text shielded."""
    if value is None:
        return ""
    if column.is_figure and isinstance(value, (int, float, Decimal)):
        return plain_figure(value)
    if isinstance(value, bool):
        return formats.yes_no(value)
    if isinstance(value, datetime):
        return naive(value).isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return shield(str(value))


def csv_lines(columns: list[Column], rows: Iterable[list]) -> Iterator[str]:
    """The lines of a CSV file, with the byte order mark by which Excel knows UTF-8."""
    writer = csv.writer(Echo())
    yield BOM + writer.writerow([shield(str(column.label)) for column in columns])
    for row in rows:
        yield writer.writerow([csv_value(column, value) for column, value in zip(columns, row, strict=True)])


def write_xlsx(columns: list[Column], rows: Iterable[list], file: IO[bytes]) -> None:
    """Write one sheet: text as text, figures as numbers, days as days."""
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm", "tmpdir": tempfile.gettempdir()}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet()
    cell_formats = {kind: book.add_format({"num_format": code}) for kind, code in XLSX_FORMATS.items()}
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, 14 if column.is_figure else 24)
        sheet.write_string(0, at, str(column.label), bold)
    for line, row in enumerate(rows, start=1):
        for at, (column, value) in enumerate(zip(columns, row, strict=True)):
            write_xlsx_cell(sheet, line, at, column, value, cell_formats)
    book.close()


def write_xlsx_cell(sheet, line: int, at: int, column: Column, value, cell_formats: dict) -> None:
    """One cell by the type of its value; every text goes in as a string, whatever it begins with."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(line, at, formats.yes_no(value))
    elif isinstance(value, datetime):
        sheet.write_datetime(line, at, naive(value))
    elif isinstance(value, date):
        sheet.write_datetime(line, at, datetime(value.year, value.month, value.day), cell_formats["date"])
    elif column.is_figure and isinstance(value, (int, float, Decimal)):
        sheet.write_number(line, at, float(value), cell_formats.get(column.kind))
    else:
        sheet.write_string(line, at, str(value))
