"""What a run did, as a dictionary for programs."""

import resource
import sys

from kam.models import Run, RunStep

KIB_PER_MIB = 1024


def run_report(run: Run) -> dict:
    """The run, its steps with seconds and rows, and this process' peak of memory in MiB."""
    steps = list(run.steps.all())
    return {
        "run": run.pk,
        "as_of": run.as_of.isoformat(),
        "state": run.state,
        "is_historic": run.is_historic,
        "seconds": seconds_between(run.started_at, run.finished_at),
        "steps": [step_report(step) for step in steps],
        "accounts": run.account_count,
        "shards": run.shard_count,
        "alerts": figure(steps, "alerts", "fired"),
        "errors": run.error_count,
        "peak_mib": peak_mib(),
    }


def figure(steps: list[RunStep], name: str, key: str) -> int:
    """One figure of the step called ``name``; 0 before it has run."""
    return sum(step.result.get(key, 0) for step in steps if step.name == name)


def step_report(step: RunStep) -> dict:
    seconds = seconds_between(step.started_at, step.finished_at)
    return {"name": step.name, "state": step.state, "seconds": seconds, "rows": step.row_count, **step.result}


def seconds_between(start, end) -> float | None:
    """Seconds to two places; None while one of the moments is open."""
    return round((end - start).total_seconds(), 2) if start and end else None


def peak_mib() -> float:
    """The highest memory this process ever held, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / KIB_PER_MIB / (KIB_PER_MIB if sys.platform == "darwin" else 1), 1)
