"""The one way texts are collected for translation and compiled. `make messages` does it in place."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ("zh_Hans",)
IGNORED = (".venv", "var", "tests", "scripts", "benchmarks", "static/vendor", "staticfiles", "screens")


def without_settings() -> dict[str, str]:
    """Collecting texts needs no settings; without them it starts in half a second."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}


def django(arguments: list[str], folder: Path) -> None:
    """Raises CalledProcessError with the tool's output."""
    command = [sys.executable, "-m", "django", *arguments]
    subprocess.run(command, cwd=folder, env=without_settings(), check=True, capture_output=True, text=True)


def collect(folder: Path) -> None:
    """Bring the .po files under ``folder`` up to date with its sources: no line numbers, no wrapping, no old texts."""
    (folder / "locale").mkdir(exist_ok=True)
    locales = [part for name in LOCALES for part in ("-l", name)]
    ignored = [part for name in IGNORED for part in ("-i", name)]
    django(["makemessages", *locales, *ignored, "--no-location", "--no-wrap", "--no-obsolete"], folder)


def compile_all(folder: Path) -> None:
    django(["compilemessages", *[part for name in LOCALES for part in ("-l", name)]], folder)


if __name__ == "__main__":
    collect(ROOT)
    compile_all(ROOT)
    print("locale/ is up to date; translate what is empty, then run it again.")
