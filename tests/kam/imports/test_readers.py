"""Every layout a file may have, and files that want to do harm."""

import gzip
import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path

import pytest
import xlsxwriter

from kam.imports import readers, xlsx
from kam.imports.errors import FileRefused
from kam.imports.readers import detect_layout, read_sample, read_table

TEXT = "客户编号,客户名称,金额\nK1,九川轨道,10.5\nK2,海港工程,7\n"
ROWS = [["K1", "九川轨道", "10.5"], ["K2", "海港工程", "7"]]


def stored(tmp_path: Path, content: bytes, name="file.csv") -> tuple[Path, str]:
    path = tmp_path / "source"
    path.write_bytes(content)
    return path, name


def read(path: Path, name: str):
    return read_sample(path, detect_layout(path, name))


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("times", [1, 200])
def test_encoding_is_found(tmp_path, encoding, found, times):
    path, name = stored(tmp_path, (TEXT * times).encode(encoding))
    assert detect_layout(path, name).encoding == found
    assert read(path, name)[1][:2] == ROWS


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_marked_utf16_is_read_whichever_way_it_is_named(tmp_path, mark):
    order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    path, name = stored(tmp_path, mark + TEXT.encode(order))
    layout = detect_layout(path, name)
    assert layout.encoding == "utf-16"
    for encoding in ("utf-16", order):
        assert read_sample(path, replace(layout, encoding=encoding))[0] == ["客户编号", "客户名称", "金额"]


WESTERN = ["Müller\nCafé Zoë\nLefèvre\n", "Æøå ÆØÅ\nBjørn\n", "“Quoted” – 5 €\n", "Ángel Ñúñez\nJosé\n"]


@pytest.mark.parametrize("text", WESTERN)
def test_western_accents_are_not_taken_for_chinese(tmp_path, text):
    path, name = stored(tmp_path, f"name\n{text}".encode("cp1252"))
    assert detect_layout(path, name).encoding == "cp1252"
    assert read(path, name)[1] == [[line] for line in text.splitlines()]


def test_a_single_zero_byte_makes_no_text_wide(tmp_path):
    path, name = stored(tmp_path, b"name,note\nA,b\0c\n" + b"B,c\n" * 50)
    assert detect_layout(path, name).encoding == "utf-8"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found(tmp_path, delimiter):
    path, name = stored(tmp_path, f"a{delimiter}b\n1{delimiter}x\n2{delimiter}y\n".encode())
    assert read(path, name) == (["a", "b"], [["1", "x"], ["2", "y"]])


def test_packed_file_is_read(tmp_path):
    path, _ = stored(tmp_path, gzip.compress(TEXT.encode()))
    assert read(path, "file.csv.gz")[1] == ROWS


def test_packed_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "UNPACKED_MAX_BYTES", 10_000)
    path, _ = stored(tmp_path, gzip.compress(b"a,b\n" + b"1,2\n" * 10_000))
    with pytest.raises(FileRefused, match="too large"):
        detect_layout(path, "file.csv.gz")


def test_quotes_blank_rows_and_ragged_rows_keep_their_row_numbers(tmp_path):
    path, name = stored(tmp_path, b'a,b\n"x, ""y""\nz",1\n\n,\nshort\nlong,2,3\n')
    headers, rows = read_table(path, detect_layout(path, name))
    assert headers == ["a", "b"]
    assert list(rows) == [(2, ['x, "y"\nz', "1"]), (5, ["short"]), (6, ["long", "2", "3"])]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_empty_file_is_refused(tmp_path, content):
    path, name = stored(tmp_path, content)
    with pytest.raises(FileRefused, match="empty"):
        read(path, name)


def test_file_with_a_header_only_has_no_rows(tmp_path):
    path, name = stored(tmp_path, b"a,b\n")
    assert read(path, name) == (["a", "b"], [])


def test_too_many_columns_are_refused(tmp_path):
    path, name = stored(tmp_path, (",".join(f"c{n}" for n in range(201)) + "\n").encode())
    with pytest.raises(FileRefused, match="200 columns"):
        read(path, name)


def test_quotation_mark_that_never_closes_is_refused(tmp_path):
    path, name = stored(tmp_path, b'a,b\n"open,1\n' + b"x,1\n" * 20_000)
    with pytest.raises(FileRefused, match="quotation mark"):
        list(read_table(path, detect_layout(path, name))[1])


@pytest.mark.parametrize("name", ["book.xls", "book.xlsm", "book.xlsb", "page.html", "file.csv.zip"])
def test_other_formats_are_refused_with_advice(tmp_path, name):
    path, _ = stored(tmp_path, b"a,b\n1,2\n")
    with pytest.raises(FileRefused, match=r"CSV"):
        detect_layout(path, name)


def test_old_workbook_under_another_name_is_refused(tmp_path):
    path, _ = stored(tmp_path, b"\xd0\xcf\x11\xe0" + b"\0" * 100)
    with pytest.raises(FileRefused, match=r"\.xlsx or as CSV"):
        detect_layout(path, "file.csv")


def workbook(rows: list[list], **parts: bytes) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_workbook_gives_text_and_never_evaluates_a_formula(tmp_path):
    content = workbook([["code", "amount", "note"], ["K1", 10.5, "=1+1"], [13085, 2, "x"]])
    path, _ = stored(tmp_path, content)
    headers, rows = read(path, "book.xlsx")
    assert headers == ["code", "amount", "note"]
    assert rows == [["K1", "10.5", "0"], ["13085", "2", "x"]]


def test_workbook_that_unpacks_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "XLSX_MAX_BYTES", 100_000)
    path, _ = stored(tmp_path, workbook([["a"]], **{"xl/media/big": b"0" * 200_000}))
    with pytest.raises(FileRefused, match="larger than"):
        detect_layout(path, "book.xlsx")


def test_workbook_that_lies_about_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "XLSX_MAX_BYTES", 100_000)
    content = workbook([["a"]], **{"xl/media/big": b"0" * 200_000})
    lying = content.replace((200_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != content
    path, _ = stored(tmp_path, lying)
    with pytest.raises(FileRefused, match="larger than"):
        detect_layout(path, "book.xlsx")


def test_workbook_whose_directory_says_too_much_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "XLSX_MAX_BYTES", 100_000)
    content = workbook([["a"]], **{"xl/media/small": b"0" * 54_321})
    boasting = content.replace((54_321).to_bytes(4, "little"), (200_000).to_bytes(4, "little"))
    assert boasting != content
    path, _ = stored(tmp_path, boasting)
    with pytest.raises(FileRefused, match="larger than"):
        detect_layout(path, "book.xlsx")


def test_workbook_with_a_cell_far_out_is_refused_before_it_is_laid_out(tmp_path):
    content = workbook([["a"]])
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry).replace(b'r="A1"', b'r="CV1048576"'))
    path, _ = stored(tmp_path, buffer.getvalue())
    with pytest.raises(FileRefused, match="too large"):
        detect_layout(path, "book.xlsx")


def test_workbook_with_too_many_parts_or_macros_is_refused(tmp_path, monkeypatch):
    path, _ = stored(tmp_path, workbook([["a"]], **{"xl/vbaProject.bin": b"x"}))
    with pytest.raises(FileRefused, match="macros"):
        detect_layout(path, "book.xlsx")
    monkeypatch.setattr(xlsx, "XLSX_MAX_ENTRIES", 3)
    path, _ = stored(tmp_path, workbook([["a"]]))
    with pytest.raises(FileRefused, match="parts"):
        detect_layout(path, "book.xlsx")


def test_damaged_workbook_is_refused(tmp_path):
    path, _ = stored(tmp_path, workbook([["a"]])[:500])
    with pytest.raises(FileRefused, match="workbook"):
        detect_layout(path, "book.xlsx")


def rich_workbook() -> bytes:
    """Two blank rows on top, then every type of cell, blank cells and a blank row between; a second sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    day, moment, hours = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm"))
    sheet = book.add_worksheet("一月")
    sheet.write_row(2, 0, ["code", "note", "number", "when"])
    sheet.write_row(3, 0, ["007", 'say "hi", 你好;\nsecond\tline ', 1234.1])
    sheet.write_datetime(3, 3, date(2026, 1, 5), day)
    sheet.write_row(4, 0, [13085, "", 1e15])
    sheet.write_datetime(4, 3, datetime(2026, 1, 5, 14, 30), moment)
    sheet.write_row(6, 0, [True, "\ufeff x", -2.50])
    sheet.write_datetime(6, 3, clock(14, 30), hours)
    sheet.write_row(7, 2, [100000])
    sheet.write_formula(7, 3, "=1+1", value=7)
    book.add_worksheet("二月").write_row(0, 0, ["second", "sheet"])
    book.close()
    return buffer.getvalue()


def test_workbook_keeps_its_values_and_the_row_numbers_of_the_sheet(tmp_path):
    path, _ = stored(tmp_path, rich_workbook())
    layout = detect_layout(path, "book.xlsx")
    assert (layout.sheet, layout.sheets) == ("一月", ("一月", "二月"))
    headers, rows = read_table(path, layout)
    assert headers == ["code", "note", "number", "when"]
    assert list(rows) == [
        (4, ["007", 'say "hi", 你好;\nsecond\tline ', "1234.1", "2026-01-05"]),
        (5, ["13085", "", "1000000000000000.0", "2026-01-05 14:30:00"]),
        (7, ["TRUE", "\ufeff x", "-2.5", "14:30:00"]),
        (8, ["", "", "100000", "7"]),
    ]


def test_workbook_is_read_once_for_each_sheet_that_is_chosen(tmp_path):
    path, _ = stored(tmp_path, rich_workbook())
    layout = detect_layout(path, "book.xlsx")
    second = replace(layout, sheet="二月")
    assert read_sample(path, second) == (["second", "sheet"], [])
    assert {file.name for file in tmp_path.iterdir()} == {"source", "sheet-0.csv", "sheet-1.csv"}
    path.unlink()
    assert read_sample(path, layout)[0] == ["code", "note", "number", "when"]
    assert read_sample(path, second)[0] == ["second", "sheet"]


@pytest.mark.parametrize(
    ("limit", "value", "rows", "words"),
    [
        ("MAX_COLUMNS", 200, [["x"] * 201], "more than 200 columns"),
        ("XLSX_MAX_CELLS", 9, [["x"] * 2] * 5, "too large to be read as a workbook"),
        ("XLSX_MAX_MEMORY", 160 * 1024 * 1024, [["x" * 30_000]] * 10_000, "too large to be read as a workbook"),
        ("XLSX_SECONDS", 0.001, [["x"]], "takes too long"),
    ],
)
def test_workbook_beyond_a_limit_is_refused_and_leaves_nothing(tmp_path, monkeypatch, limit, value, rows, words):
    monkeypatch.setattr(xlsx, limit, value)
    path, _ = stored(tmp_path, workbook(rows))
    with pytest.raises(FileRefused, match=words):
        detect_layout(path, "book.xlsx")
    assert [file.name for file in tmp_path.iterdir()] == ["source"]


def test_workbook_with_a_broken_sheet_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["a"]]))) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, b"<worksheet><" if "sheet1" in entry.filename else old.read(entry))
    path, _ = stored(tmp_path, buffer.getvalue())
    with pytest.raises(FileRefused, match="not a workbook that can be read"):
        detect_layout(path, "book.xlsx")
