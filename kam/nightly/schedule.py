"""When the nightly run starts, and the rounds of the caretaker: rows that the schedule process reads."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from core.periods import business_date, business_zone
from kam.nightly.constants import SWEEP_SECONDS

NIGHTLY = "nightly run"


@dataclass(frozen=True)
class Schedule:
    """The time of the nightly run in the business zone, and whether it starts by itself."""

    at: time
    is_enabled: bool

    def has_passed(self, moment: datetime | None = None) -> bool:
        """Whether today's time has passed at ``moment``, in the business zone."""
        return (moment or timezone.now()).astimezone(business_zone()).time() >= self.at

    def expected_night(self, *, grace: timedelta) -> date:
        """The latest night that should be finished by now, when each may take ``grace``."""
        since_midnight = timedelta(hours=self.at.hour, minutes=self.at.minute)
        return business_date(timezone.now() - since_midnight - grace) - timedelta(days=1)


@dataclass(frozen=True)
class Round:
    """One periodic task as it is seeded: daily at ``at``, or every minute when that is left out."""

    name: str
    task: str
    at: time | None = None


ROUNDS = (
    Round(NIGHTLY, "kam.tasks.start_due_night", time(2, 0)),
    Round("sweep", "kam.tasks.sweep"),
    Round("purge of the broker", "kam.tasks.purge_broker", time(3, 30)),
    Round("retention of sheets", "kam.tasks.prune_kept_sheets", time(4, 0)),
    Round("retention of import files", "kam.tasks.purge_import_files", time(4, 15)),
    Round("retention of notifications", "kam.tasks.prune_old_notifications", time(4, 30)),
    Round("proof of the months of orders", "kam.tasks.prove_months", time(4, 45)),
)


def seed_schedule(**kwargs) -> None:
    """Write the rounds that are missing and give all of them today's business zone; chosen times stay."""
    for item in ROUNDS:
        row = PeriodicTask.objects.filter(name=item.name).first() or PeriodicTask(name=item.name, task=item.task)
        apply_times(row, item)


def apply_times(row: PeriodicTask, item: Round) -> None:
    """Save ``row`` with the times of ``item``, or its own in the business zone when it has some."""
    if item.at is None:
        row.interval = interval(SWEEP_SECONDS)
        # A round that waited behind a long piece of work is worth nothing: the next one is due.
        row.expire_seconds = SWEEP_SECONDS - 5
    else:
        row.crontab = daily(time_of(row.crontab) if row.crontab else item.at)
    row.save()


def interval(seconds: int) -> IntervalSchedule:
    return IntervalSchedule.objects.get_or_create(every=seconds, period=IntervalSchedule.SECONDS)[0]


def daily(at: time) -> CrontabSchedule:
    """The schedule row for every day at ``at`` in the business zone."""
    fields = {"minute": str(at.minute), "hour": str(at.hour), "timezone": settings.BUSINESS_TIME_ZONE}
    everyday = {"day_of_week": "*", "day_of_month": "*", "month_of_year": "*"}
    return CrontabSchedule.objects.get_or_create(**fields, **everyday)[0]


def time_of(crontab: CrontabSchedule) -> time:
    return time(int(crontab.hour), int(crontab.minute))


def nightly_schedule() -> Schedule:
    """The time of the nightly run as it stands."""
    row = PeriodicTask.objects.select_related("crontab").get(name=NIGHTLY)
    return Schedule(at=time_of(row.crontab), is_enabled=row.enabled)


@transaction.atomic
def change_schedule(*, at: time, is_enabled: bool) -> None:
    """Set the time of the nightly run and whether it starts by itself; the schedule process notices within seconds."""
    row = PeriodicTask.objects.get(name=NIGHTLY)
    row.crontab = daily(at)
    row.enabled = is_enabled
    row.save()
