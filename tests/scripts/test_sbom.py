"""What the product is made of, and whether it is known to be weak."""

import json
import re
import subprocess
import sys

import pytest
from django.conf import settings

from scripts import audit, sbom


def test_bill_of_materials_holds_every_locked_package_with_its_hashes():
    lock = (settings.BASE_DIR / "requirements.txt").read_text(encoding="utf8")
    pinned = dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(\S+)", lock, re.MULTILINE))
    packages = [one for one in sbom.document()["components"] if one["type"] == "library"]
    assert {one["name"]: one["version"] for one in packages} == pinned
    assert sum(len(one["hashes"]) for one in packages) == lock.count("--hash=sha256:")


def test_bill_of_materials_names_every_file_a_browser_gets():
    vendored = {path.name for path in (settings.BASE_DIR / "static" / "vendor").rglob("*.js")}
    names = {one["name"].rpartition("/")[2] for one in sbom.document()["components"] if one["type"] == "file"}
    assert vendored
    assert vendored <= names


def test_bill_of_materials_is_the_same_every_time():
    command = [sys.executable, "-m", "scripts.sbom"]
    first, second = (subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, check=True) for _ in range(2))
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["bomFormat"] == "CycloneDX"


@pytest.mark.parametrize(
    ("output", "status", "arguments", "expected"),
    [
        ("No known vulnerabilities found", 0, [], 0),
        ("Found 1 known vulnerability in 1 package", 1, [], 1),
        ("requests.exceptions.ConnectionError: no route", 1, [], 0),
        ("requests.exceptions.ConnectionError: no route", 1, ["--strict"], 2),
    ],
)
def test_audit_tells_a_weakness_from_a_missing_network(output, status, arguments, expected):
    program = f"import sys; print({output!r}); sys.exit({status})"
    assert audit.main(arguments, [sys.executable, "-c", program]) == expected
