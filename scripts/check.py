"""`make check`: everything that can be said about the code without running the suite. All failures, at the end."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from scripts import system

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "kam.settings.prod",
    "SECRET_KEY": "k3F9-wq7Zt_2vLx8-Rb5Ym1Hc6Nd4Sj0-Pg9Uf3Ea7Ko2Ti8Xw5",
    "ALLOWED_HOSTS": "crm.example.org",
    "BASE_URL": "https://crm.example.org",
    "DEMO": "0",
}
TESTS = {"DJANGO_SETTINGS_MODULE": "kam.settings.test"}


@dataclass(frozen=True)
class Check:
    """One command that must end with status 0."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    check: Check
    exit_code: int
    output: str
    seconds: float


def checks() -> list[Check]:
    """The slow ones first, so that two at a time end soonest."""
    return [
        Check("system, migrations, API schema", [sys.executable, "-m", "scripts.check_django"], TESTS),
        Check("production settings", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        Check("deployment files", [sys.executable, "-m", "scripts.check_deployment"]),
        Check("templates", [str(BIN / "djlint"), "--lint", "--quiet", "templates"]),
        Check("template format", [str(BIN / "djlint"), "--check", "--quiet", "templates"]),
        Check("translations", [sys.executable, "-m", "scripts.check_messages"]),
        Check("import direction", [str(BIN / "lint-imports"), "--no-cache"]),
        Check("code", [str(BIN / "ruff"), "check", "."]),
        Check("code format", [str(BIN / "ruff"), "format", "--check", "."]),
    ]


def run(check: Check, var_dir: str) -> Outcome:
    started = time.monotonic()
    surroundings = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DEMO")}
    result = subprocess.run(
        check.command,
        cwd=ROOT,
        env={**surroundings, "VAR_DIR": var_dir, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    outcome = Outcome(check, result.returncode, result.stdout, time.monotonic() - started)
    print(f"{'ok  ' if not outcome.exit_code else 'FAIL'}  {check.name}  {outcome.seconds:.1f} s", flush=True)
    return outcome


def main() -> int:
    system.ensure(["gettext"])
    with tempfile.TemporaryDirectory(prefix="kam-check-") as var_dir, ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda check: run(check, var_dir), checks()))
    failures = [outcome for outcome in outcomes if outcome.exit_code]
    for outcome in failures:
        print(f"\n--- {outcome.check.name}\n{outcome.output.strip()}")
    print(f"\n{len(outcomes) - len(failures)} checks passed, {len(failures)} failed", flush=True)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
