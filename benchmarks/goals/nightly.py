"""The whole nightly run against its own fact step, and the most memory its process ever holds."""

import json
import statistics
import subprocess
import sys
from functools import lru_cache

from benchmarks import measuring
from benchmarks.bench_set import ROOT, BenchSet
from benchmarks.goals.facts import write_a_day
from benchmarks.measuring import Line, Reached, Sense

MIB_PER_GIB = 1024


@lru_cache(maxsize=1)
def nights(made: BenchSet) -> list[dict]:
    """Reports of nights one after another; the first one, which also builds what is missing, is not among them."""
    reports = []
    for _ in range(measuring.PAIRS + 1):
        write_a_day(made)
        process = subprocess.run(
            [sys.executable, "-m", "benchmarks.night"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        reports.append(json.loads(process.stdout))
    return reports[1:]


def seconds_of(report: dict, name: str) -> float:
    return sum(step["seconds"] for step in report["steps"] if step["name"] == name)


def against_its_facts(made: BenchSet) -> Reached:
    ratios = [report["seconds"] / seconds_of(report, "facts") for report in nights(made)]
    last = nights(made)[-1]
    steps = ", ".join(f"{step['name']} {step['seconds']}" for step in last["steps"])
    notes = [f"{len(ratios)} nights, ratio {min(ratios):.2f} to {max(ratios):.2f}", f"seconds of the last one: {steps}"]
    return Reached(statistics.median(ratios), notes)


def memory(made: BenchSet) -> Reached:
    peaks = [report["peak_mib"] / MIB_PER_GIB for report in nights(made)]
    return Reached(max(peaks), [f"{len(peaks)} nights, {min(peaks):.2f} to {max(peaks):.2f} GiB"])


LINES = [
    Line("nightly", "whole nightly run against its fact step ≤ 3×", Sense.AT_MOST, 3, against_its_facts),
    Line("nightly-memory", "peak memory of the nightly ≤ 1 GiB", Sense.AT_MOST, 1, memory, unit="GiB"),
]
