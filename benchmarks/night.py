"""One nightly run of the bench set in a process of its own, early on the last day, whose orders are there already.

It is a night as most are: no month ends with it. Prints what ``manage.py nightly --json`` prints.
"""

import os
import sys
from datetime import UTC, datetime, time, timedelta

import time_machine

from benchmarks.bench_set import LAST_DAY, set_up_django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings.dev")
    set_up_django()
    from django.core.management import call_command

    with time_machine.travel(datetime.combine(LAST_DAY, time(3), tzinfo=UTC), tick=True):
        call_command("nightly", as_of=LAST_DAY - timedelta(days=1), json=True, stdout=sys.stdout, stderr=sys.stderr)


if __name__ == "__main__":
    main()
