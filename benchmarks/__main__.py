"""``python -m benchmarks``: measure the goals and print the table *goal · reached · met*.

The set is made once, in ``benchdata/`` and in a database of its own; later runs find it there. Never part of the build.
"""

import argparse
import os
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks import bench_set, measuring
from scripts import servers


@dataclass
class Row:
    """One line of the table as it is printed."""

    goal: str
    reached: str
    met: str
    notes: list[str] = field(default_factory=list)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--only", help="names of lines or parts of them, separated by commas")
    parser.add_argument("--pairs", type=int, default=measuring.PAIRS, help="pairs of each line, at least five to tell")
    parser.add_argument("--list", action="store_true", help="name the lines and stop")
    parser.add_argument("--generate", action="store_true", help="make the set and stop")
    return parser.parse_args()


def chosen(lines: list, only: str | None) -> list:
    parts = only.split(",") if only else [""]
    return [line for line in lines if any(part in line.name for part in parts)]


def measured(line, made: "bench_set.BenchSet") -> Row:
    """The row of one line; a line that breaks is shown with its error, and the others are measured."""
    began = time.monotonic()
    goal = f"{line.name}: {line.goal}"
    try:
        reached = line.measure(made)
    except Exception as error:  # the other lines are measured all the same
        return Row(goal, "–", "error", [f"{type(error).__name__}: {error}"])
    notes = [*reached.notes, f"measured in {time.monotonic() - began:.0f} s"]
    met = "yes" if line.is_met(reached) else "no"
    return Row(goal, f"{reached.value:.2f} {line.unit}", met, notes)


def show(rows: list[Row]) -> None:
    width = max(len(row.goal) for row in rows)
    print(f"\n{'goal':<{width}}  {'reached':>12}  met")
    for row in rows:
        print(f"{row.goal:<{width}}  {row.reached:>12}  {row.met}")
    print()
    for row in rows:
        for note in row.notes:
            print(f"{row.goal.split(':')[0]}: {note}")


def main() -> int:
    asked = arguments()
    measuring.PAIRS = asked.pairs
    with ExitStack() as stack:
        server = servers.postgres(stack)
        os.environ["DATABASE_URL"] = bench_set.database_url(server.url, asked.accounts, asked.orders)
        os.environ.setdefault("VAR_DIR", str(bench_set.FOLDER / "var"))
        os.environ["DJANGO_SETTINGS_MODULE"] = "kam.settings.dev"
        bench_set.set_up_django()
        from benchmarks.goals import all_lines

        lines = chosen(all_lines(), asked.only)
        if asked.list:
            print("\n".join(f"{line.name}: {line.goal}" for line in lines))
            return 0
        made = bench_set.get_or_make(asked.accounts, asked.orders)
        print(f"{server}; {made}", flush=True)
        if asked.generate:
            return 0
        rows = [measured(line, made) for line in lines]
    show(rows)
    return int(any(row.met == "error" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
