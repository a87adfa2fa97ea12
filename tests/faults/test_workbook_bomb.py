"""A workbook of one megabyte that unpacks to a gigabyte costs neither memory nor time."""

import json
import struct
import subprocess
import sys
import zipfile

import pytest

from kam.imports import xlsx

GIGABYTE = 2**30
MOST_MEMORY_MB, MOST_PROCESSOR_SECONDS = 100, 20
SHEET = b'<worksheet><sheetData><row r="1"><c r="A1"><v>0</v></c></row></sheetData></worksheet>'

STARTER = """
import json, resource, subprocess, sys
print(subprocess.run(sys.argv[1:], capture_output=True, text=True, check=True).stdout)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"memory": used.ru_maxrss, "seconds": used.ru_utime + used.ru_stime}))
"""


@pytest.fixture(scope="module")
def bomb(tmp_path_factory):
    """One sheet of blanks: 1 MB packed, 1 GB unpacked, and its directory says so."""
    path = tmp_path_factory.mktemp("bomb") / "honest.xlsx"
    blanks = b" " * 2**20
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(SHEET)
            for _part in range(1024):
                sheet.write(blanks)
    assert path.stat().st_size < 1.2 * 2**20
    return path


@pytest.fixture(scope="module")
def liar(bomb):
    """The same, but every directory entry claims ten bytes."""
    size = (GIGABYTE + len(SHEET)).to_bytes(4, "little")
    content = bomb.read_bytes()
    assert content.count(size) >= 1
    path = bomb.with_name("lying.xlsx")
    path.write_bytes(content.replace(size, struct.pack("<I", 10)))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bomb", "liar"])
def test_workbook_of_a_megabyte_that_unpacks_to_a_gigabyte_is_refused_within_bounds(kind, request, tmp_path):
    path = request.getfixturevalue(kind)
    answer, memory_mb, seconds = figures = measured(path, tmp_path / "table.csv")
    sys.stdout.write(f"{kind} of {path.stat().st_size / 1e6:.2f} MB: {figures}\n")
    assert answer["refused"] == "size"
    assert memory_mb < MOST_MEMORY_MB, f"{memory_mb:.0f} MB"
    assert seconds < MOST_PROCESSOR_SECONDS, f"{seconds:.1f} s"


def measured(path, table) -> tuple[dict, float, float]:
    """The answer of the program that reads workbooks, its highest memory in MB and its processor time.

    A small process starts it: what a large one starts is charged with the memory of the large one.
    """
    command = [sys.executable, "-P", str(xlsx.PROGRAM), str(path), str(table), json.dumps(xlsx._options(0))]
    result = subprocess.run([sys.executable, "-c", STARTER, *command], capture_output=True, text=True, check=True)
    answer, usage = map(json.loads, result.stdout.splitlines())
    return answer, usage["memory"] / 1024, usage["seconds"]
