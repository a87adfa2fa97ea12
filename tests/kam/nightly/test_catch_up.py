from datetime import UTC, date, datetime, timedelta

import pytest

from kam.nightly.catch_up import Past, next_night

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
NEWEST = date(2026, 3, 9)


def day(number: int) -> date:
    return date(2026, 3, number)


def done() -> Past:
    return Past("done", NOW - timedelta(hours=20))


def failed(hours_ago: float) -> Past:
    return Past("failed", NOW - timedelta(hours=hours_ago))


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        ({}, day(9)),
        ({day(9): [done()]}, None),
        ({day(8): [done()]}, day(9)),
        ({day(5): [done()]}, day(6)),
        ({day(5): [done()], day(6): [done()], day(7): [done()]}, day(8)),
        ({date(2026, 1, 1): [done()]}, day(3)),
        ({day(7): [done()], day(8): [failed(2)]}, day(8)),
        ({day(7): [done()], day(8): [failed(0.5)]}, None),
        ({day(7): [done()], day(8): [failed(9), failed(6), failed(3)]}, day(9)),
        ({day(7): [done()], day(8): [Past("cancelled", NOW)]}, day(9)),
        ({day(8): [done()], day(9): [Past("cancelled", NOW)]}, None),
        ({day(8): [done()], day(9): [failed(2), done()]}, None),
        ({day(8): [done()], day(9): [Past("running", None)]}, None),
    ],
    ids=[
        "a first night starts with yesterday",
        "yesterday is done",
        "yesterday is missing",
        "the oldest missing night comes first",
        "the next missing night follows",
        "at most seven nights back",
        "a failed night comes again",
        "but not within an hour, and those after it wait",
        "nor a fourth time",
        "a cancelled night is left",
        "a cancelled yesterday is left",
        "a night that failed and then was done is done",
        "a running night is not started again",
    ],
)
def test_next_night_catches_up_in_order(past, expected):
    assert next_night(past, newest=NEWEST, limit=7, now=NOW) == expected
