"""Are the translations complete and compiled? Works on a copy; changes nothing. Silent before the first translation."""

import gettext
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts import messages, system

ROOT = messages.ROOT


def copy_sources(folder: Path) -> None:
    """The files under version control, and new ones that are not ignored, as they stand in the working tree."""
    listing = [
        "git",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        "--",
        "*.py",
        "*.html",
        "*.txt",
        "locale",
    ]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (source := ROOT / name).is_file():
            (target := folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def entries(path: Path) -> str:
    """A .po file without the lines that change with the clock."""
    lines = path.read_text(encoding="utf8").splitlines()
    return "\n".join(line for line in lines if not line.startswith('"POT-Creation-Date')).strip()


def selected(path: Path, option: str) -> list[str]:
    """The texts msgattrib selects (untranslated, only-fuzzy)."""
    output = subprocess.run(["msgattrib", option, "--no-wrap", path], capture_output=True, text=True, check=True).stdout
    return [
        line.removeprefix("msgid ") for line in output.splitlines() if line.startswith("msgid ") and line != 'msgid ""'
    ]


def compiled(path: Path) -> dict:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def problems_of(committed: Path, fresh: Path) -> list[str]:
    """What is wrong with one language, in words."""
    problems = []
    if entries(committed) != entries(fresh):
        problems.append("texts in the sources and in the .po file differ: run `make messages`, translate, commit")
    for option, name in (("--untranslated", "without translation"), ("--only-fuzzy", "fuzzy")):
        if texts := selected(fresh, option):
            problems.append(f"{len(texts)} texts {name}, such as {', '.join(texts[:5])}")
    checked = subprocess.run(["msgfmt", "--check", "-o", "/dev/null", fresh], capture_output=True, text=True)
    if checked.returncode:
        problems.append(checked.stderr.strip())
    again = fresh.with_suffix(".check.mo")
    subprocess.run(["msgfmt", "-o", again, committed], check=False)
    if not committed.with_suffix(".mo").exists() or compiled(committed.with_suffix(".mo")) != compiled(again):
        problems.append("the .mo file is not compiled from the .po file: run `make messages`")
    return problems


def main() -> int:
    system.ensure(["gettext"])
    committed = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
    if not committed:
        print("no translations yet")
        return 0
    with tempfile.TemporaryDirectory() as name:
        copy_sources(Path(name))
        messages.collect(Path(name))
        found = {path: problems_of(path, Path(name) / path.relative_to(ROOT)) for path in committed}
    for path, problems in found.items():
        for problem in problems:
            print(f"{path.relative_to(ROOT)}: {problem}")
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
