"""``manage.py nightly``: one night, here and now, with the same steps, leases and rows as the workers use."""

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from kam.choices import RunTrigger, WorkState
from kam.models import Run
from kam.nightly.hints import no_hints
from kam.nightly.inline import drive
from kam.nightly.report import run_report
from kam.nightly.sequence import STEPS
from kam.nightly.services import RunRefused, shard_size_for, start_run
from kam.notes import words


class Command(BaseCommand):
    help = "Compute one night: facts, classes, scores, tiers, standings, alerts, tasks."

    def add_arguments(self, parser):
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day to compute; yesterday when left out")
        parser.add_argument("--json", action="store_true", help="print what was done as JSON")
        parser.add_argument("--shards", type=int, help="cut the accounts into this many shards")
        parser.add_argument(
            "--current-configuration",
            action="store_true",
            help="use the configuration of today, not that of the first run for the day",
        )

    def handle(self, *args, **options):
        run = drive(self.start(options).pk, steps=STEPS, report=Progress(self.stderr))
        if options["json"]:
            self.stdout.write(json.dumps(run_report(run)))
        else:
            self.stdout.write(f"{run.as_of}: {run.get_state_display()}, {run.account_count} accounts")
        if run.state != WorkState.DONE:
            raise CommandError(words(run.message) or run.get_state_display())

    def start(self, options) -> Run:
        """The run to work on. Raises CommandError when it is refused or a run for another day is under way."""
        shards = options["shards"]
        if shards is not None and shards < 1:
            raise CommandError("--shards must be 1 or more")
        try:
            run, is_new = start_run(
                as_of=options["as_of"],
                trigger=RunTrigger.COMMAND,
                is_current_configuration=options["current_configuration"],
                shard_size=shard_size_for(shards) if shards else None,
                steps=STEPS,
                queue=no_hints,
            )
        except RunRefused as error:
            raise CommandError(str(error)) from error
        if not is_new and options["as_of"] not in (None, run.as_of):
            raise CommandError(f"The run for {run.as_of} is under way; try again when it has ended.")
        return run


class Progress:
    """A line on stderr whenever a step has come further."""

    def __init__(self, stream):
        self.stream = stream
        self.last = ""

    def __call__(self, run: Run) -> None:
        step = run.steps.exclude(state=WorkState.WAITING).last()
        done, total = (step.shards.filter(state=WorkState.DONE).count(), step.shards.count()) if step else (0, 0)
        line = f"{run.as_of} {step.name} {done}/{total}" if step else ""
        if line != self.last:
            self.stream.write(line)
            self.last = line
