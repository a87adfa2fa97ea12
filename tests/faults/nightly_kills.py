"""Ten kills on the way through one night, on a broker of your choice, and what came of them.

python -m tests.faults.nightly_kills postgres://user@host/any redis://127.0.0.1:6379/0
python -m tests.faults.nightly_kills sqlite:// filesystem://
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import installation as home

RESUMES_WITHIN = 300


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database", help="kind and server of the database")
    parser.add_argument("broker")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kam-kills-") as folder:
        base_folder = Path(folder) / "base"
        base_folder.mkdir()
        with home.installation(base_folder, options.database, options.broker, accounts=options.accounts) as base:
            result = compare(base, Path(folder), options)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    return 0 if result["state"] == ["done"] and not result["differences"] else 1


def compare(base: home.Installation, folder: Path, options) -> dict:
    """A night that nobody disturbed and one that was killed over and over, table by table."""
    calm, killed = base.copy(folder / "calm"), base.copy(folder / "killed")
    try:
        calm.manage("nightly")
        expected = calm.ask("contents.fingerprint()")
        result = kill_through(killed, kills=options.kills, chance=random.Random(options.seed))
        found = killed.ask("contents.fingerprint()")
    finally:
        calm.drop()
        killed.drop()
    names = expected.keys() | found.keys()
    return result | {"differences": sorted(name for name in names if expected.get(name) != found.get(name))}


def kill_through(one: home.Installation, *, kills: int, chance: random.Random) -> dict:
    """Kill the worker again and again, half the time in the middle of a shard, then wait for the end."""
    pool = "solo" if one.broker_url.startswith("filesystem") else "prefork"
    mid_shard = done = claimed = 0
    with home.Workers(one, pool=pool) as workers:
        one.call("-c", "import django; django.setup(); from kam.nightly import services; services.start_run()")
        while done < kills and not is_over(one):
            await_moment(one, claimed, chance, in_shard=done % 2 == 0)
            mid_shard += one.is_at_work(claimed=claimed)
            workers.kill()
            claimed = one.claims()
            done += 1
        seconds = home.wait_until(lambda: is_over(one), seconds=RESUMES_WITHIN)
    attempts = one.query("SELECT SUM(attempt), COUNT(*) FROM kam_runshard")[0]
    return {
        "state": one.states(),
        "kills": done,
        "mid_shard": mid_shard,
        "seconds_after_last_kill": round(seconds, 1),
        "claims": int(attempts[0]),
        "shards": attempts[1],
    }


def await_moment(one: home.Installation, claimed: int, chance: random.Random, *, in_shard: bool) -> None:
    """Wait for the next moment to kill: shortly after a shard was taken up, or just some seconds."""
    if not in_shard:
        time.sleep(chance.uniform(0, 6))
        return
    home.wait_until(lambda: one.is_at_work(claimed=claimed) or is_over(one), seconds=RESUMES_WITHIN)
    time.sleep(chance.uniform(0, 0.3))


def is_over(one: home.Installation) -> bool:
    return one.states() not in (["waiting"], ["running"])


if __name__ == "__main__":
    sys.exit(main())
