from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django_celery_beat.models import PeriodicTask

from core.periods import business_date, last_full_day
from kam.models import Run
from kam.nightly import schedule, services
from kam.nightly.hints import no_hints
from kam.nightly.inline import drive
from kam.nightly.steps import Outcome, Step

STEPS = (Step("facts", "facts", False, lambda told: Outcome(rows=0)),)


def start_due() -> date | None:
    run = services.start_due_night(steps=STEPS, queue=no_hints)
    return run and drive(run.pk, steps=STEPS).as_of


def test_migrate_seeds_the_rounds(db):
    rows = {row.name: (row.task, str(row.interval or row.crontab)) for row in PeriodicTask.objects.all()}
    assert rows["nightly run"][0] == "kam.tasks.start_due_night"
    assert rows["sweep"] == ("kam.tasks.sweep", "every 60 seconds")
    assert {"purge of the broker", "retention of sheets", "retention of import files"} <= set(rows)


def test_seeding_again_keeps_the_chosen_time_and_follows_the_zone(db, settings):
    schedule.change_schedule(at=time(4, 45), is_enabled=False)
    settings.BUSINESS_TIME_ZONE = "Asia/Shanghai"
    schedule.seed_schedule()
    row = PeriodicTask.objects.get(name=schedule.NIGHTLY)
    assert (row.crontab.hour, row.crontab.minute, str(row.crontab.timezone)) == ("4", "45", "Asia/Shanghai")
    assert schedule.nightly_schedule() == schedule.Schedule(time(4, 45), is_enabled=False)


def test_night_is_due_once_its_time_has_passed(db):
    with time_machine.travel(datetime(2026, 5, 10, 2, 1, tzinfo=UTC), tick=False):
        assert start_due() == date(2026, 5, 9)
        assert start_due() is None
    with time_machine.travel(datetime(2026, 5, 11, 1, 59, tzinfo=UTC), tick=False):
        assert start_due() is None
    with time_machine.travel(datetime(2026, 5, 11, 2, 0, tzinfo=UTC), tick=False):
        assert start_due() == date(2026, 5, 10)


def test_missed_nights_are_caught_up_in_order(db):
    with time_machine.travel(datetime(2026, 5, 10, 3, tzinfo=UTC), tick=False):
        start_due()
    with time_machine.travel(datetime(2026, 5, 13, 9, tzinfo=UTC), tick=False):
        assert [start_due() for _ in range(4)] == [date(2026, 5, 10), date(2026, 5, 11), date(2026, 5, 12), None]
    assert not Run.objects.filter(is_historic=True).exists()


def test_switched_off_schedule_starts_nothing(db):
    schedule.change_schedule(at=time(0, 0), is_enabled=False)
    assert start_due() is None


@pytest.mark.parametrize(
    ("zone", "moment", "today"),
    [
        ("UTC", datetime(2026, 3, 31, 23, 59, tzinfo=UTC), date(2026, 3, 31)),
        ("Asia/Shanghai", datetime(2026, 3, 31, 16, 0, tzinfo=UTC), date(2026, 4, 1)),
        ("Asia/Shanghai", datetime(2026, 3, 31, 15, 59, tzinfo=UTC), date(2026, 3, 31)),
        ("America/New_York", datetime(2024, 3, 1, 4, 59, tzinfo=UTC), date(2024, 2, 29)),
        ("America/New_York", datetime(2024, 3, 1, 5, 0, tzinfo=UTC), date(2024, 3, 1)),
        ("Europe/Berlin", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Berlin", datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Berlin", datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        ("Europe/Berlin", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        ("Europe/Berlin", datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
        ("Africa/Cairo", datetime(2026, 4, 23, 21, 59, tzinfo=UTC), date(2026, 4, 23)),
        ("Africa/Cairo", datetime(2026, 4, 23, 22, 0, tzinfo=UTC), date(2026, 4, 24)),
        ("Pacific/Apia", datetime(2011, 12, 30, 9, 59, tzinfo=UTC), date(2011, 12, 29)),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC), date(2011, 12, 31)),
    ],
    ids=[
        "month end",
        "month end far in the east",
        "a minute before it",
        "29 February",
        "the day after it",
        "spring, before the lost hour",
        "spring, first minute of a day of 23 hours",
        "spring, the day after",
        "autumn, last minute of a day of 25 hours",
        "autumn, the day after",
        "before a midnight that does not exist",
        "a day that begins at one o'clock",
        "before a day the zone left out",
        "a day the zone left out",
    ],
)
def test_business_day_follows_the_configured_zone(settings, zone, moment, today):
    settings.BUSINESS_TIME_ZONE = zone
    with time_machine.travel(moment, tick=False):
        assert business_date() == today
        assert last_full_day() == today - timedelta(days=1)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), None),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 10, 25, 0, 29, tzinfo=UTC), None),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 24)),
    ],
    ids=["before the lost hour", "after the lost hour", "before half past two", "the first half past two"],
)
def test_night_at_half_past_two_starts_once_when_the_clock_changes(db, settings, moment, expected):
    """On 29 March there is no half past two in Berlin, on 25 October there are two."""
    settings.BUSINESS_TIME_ZONE = "Europe/Berlin"
    schedule.change_schedule(at=time(2, 30), is_enabled=True)
    with time_machine.travel(moment - timedelta(days=1), tick=False):
        services.start_run(as_of=last_full_day(), steps=STEPS, queue=no_hints)
        drive(Run.objects.get().pk, steps=STEPS)
    with time_machine.travel(moment, tick=False):
        assert start_due() == expected
    with time_machine.travel(moment + timedelta(hours=2), tick=False):
        assert start_due() == (None if expected else last_full_day())


def test_change_of_the_zone_neither_skips_nor_repeats_a_night(db, settings):
    settings.BUSINESS_TIME_ZONE = "America/New_York"
    with time_machine.travel(datetime(2026, 6, 2, 7, tzinfo=UTC), tick=False):
        assert start_due() == date(2026, 6, 1)
    settings.BUSINESS_TIME_ZONE = "Asia/Shanghai"
    schedule.seed_schedule()
    with time_machine.travel(datetime(2026, 6, 3, 1, tzinfo=UTC), tick=False):
        assert [start_due(), start_due()] == [date(2026, 6, 2), None]
    settings.BUSINESS_TIME_ZONE = "America/New_York"
    schedule.seed_schedule()
    with time_machine.travel(datetime(2026, 6, 3, 7, tzinfo=UTC), tick=False):
        assert start_due() is None
    with time_machine.travel(datetime(2026, 6, 4, 7, tzinfo=UTC), tick=False):
        assert start_due() == date(2026, 6, 3)
    assert list(Run.objects.order_by("as_of").values_list("as_of", flat=True)) == [
        date(2026, 6, 1),
        date(2026, 6, 2),
        date(2026, 6, 3),
    ]
