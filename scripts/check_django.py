"""Django's own checks in one process, because starting it four times takes longer than the checks."""

import io
import subprocess
import sys
import traceback
from contextlib import redirect_stderr, redirect_stdout

import django
from django.core.management import call_command

OUR_APPS = ["core", "users", "accounts", "sales", "segmentation", "churn", "loyalty", "kam"]
# What can break the previous release while it runs on the new schema. It matters from the first release on.
COMPATIBILITY = ["NOT_NULL", "ADD_UNIQUE", "DROP_COLUMN", "DROP_TABLE", "ALTER_COLUMN", "RENAME_COLUMN", "RENAME_TABLE"]


def last_release() -> str:
    """The newest version tag, or nothing before the first release."""
    command = ["git", "describe", "--tags", "--abbrev=0", "--match", "v*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def lint_migrations() -> None:
    """After a release the migrations since then in full; before it only whether data migrations can be undone."""
    release = last_release()
    scope = {"git_commit_id": release} if release else {"exclude_migration_tests": COMPATIBILITY}
    undo = {"warnings_as_errors": ["RUNPYTHON_REVERSIBLE", "RUNSQL_REVERSIBLE"]}
    call_command("lintmigrations", no_cache=True, include_apps=OUR_APPS, quiet=["ok", "ignore"], **scope, **undo)


CHECKS = {
    "system": lambda: call_command("check", fail_level="WARNING"),
    "migrations are complete": lambda: call_command("makemigrations", check_changes=True, dry_run=True),
    "migrations are safe": lint_migrations,
    "API schema": lambda: call_command("spectacular", validate=True, fail_on_warn=True, file="/dev/null"),
}


def failure_of(check) -> str:
    """What the check printed when it failed, else nothing."""
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        try:
            check()
        except SystemExit as stop:
            return output.getvalue() if stop.code else ""
        except Exception:
            return output.getvalue() + traceback.format_exc(limit=-1)
    return ""


def main() -> int:
    django.setup()
    failures = {name: failure for name, check in CHECKS.items() if (failure := failure_of(check))}
    for name, failure in failures.items():
        print(f"* {name}\n{failure}")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
