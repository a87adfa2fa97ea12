"""``python -m scripts.sbom``: what the product is made of, as CycloneDX JSON, from the lock and the vendored files.

It needs no network and no installation, and the same lock gives the same document.
"""

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[^]]*])?==(?P<version>[^ ;\\]+)", re.IGNORECASE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def locked_packages() -> list[dict]:
    """One component per package of requirements.txt, with the hashes that its installation is checked against."""
    components: list[dict] = []
    for line in (ROOT / "requirements.txt").read_text(encoding="utf8").splitlines():
        if match := PINNED.match(line):
            name, version = match["name"], match["version"]
            purl = f"pkg:pypi/{name}@{version}"
            components.append({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl})
        elif found := HASH.search(line):
            components[-1].setdefault("hashes", []).append({"alg": "SHA-256", "content": found[1]})
    return components


def vendored_files() -> list[dict]:
    """One component per file below static/vendor that a browser gets."""
    files = sorted(path for path in (ROOT / "static" / "vendor").rglob("*") if path.suffix in (".js", ".css"))
    return [
        {
            "type": "file",
            "bom-ref": path.relative_to(ROOT).as_posix(),
            "name": path.relative_to(ROOT).as_posix(),
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
        }
        for path in files
    ]


def document() -> dict:
    """The whole bill of materials."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]
    product = {"type": "application", "bom-ref": "kam", "name": project["name"], "version": project["version"]}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": product},
        "components": [*locked_packages(), *vendored_files()],
    }


if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=1)
