"""Month ends that no night kept: which are missing, and how their sheets are made in the background.

Work is rows with a lease, as in a nightly run: killed at any time, the next worker goes on with the shards that are
missing. One month is made at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from core.models import FactSheet
from core.periods import month_end_before
from core.sheets import Part
from kam.choices import WorkState
from kam.models import MonthBuild

MONTHS = 24


@dataclass(frozen=True)
class Month:
    """One month end of the picker; ``is_reconstructed``: its sheet was made later than the night after it."""

    day: date
    is_kept: bool
    is_reconstructed: bool


def month_ends(as_of: date, count: int = MONTHS) -> list[date]:
    """The last ``count`` month ends before ``as_of``, the newest first."""
    days, day = [], as_of
    for _number in range(count):
        day = month_end_before(day)
        days.append(day)
    return days


def months(as_of: date) -> list[Month]:
    """The month ends that tiers may be compared with, the newest first, with what is kept of them."""
    days = month_ends(as_of)
    kept = dict(
        FactSheet.objects.filter(part=Part.TIER, as_of__in=days)
        .order_by("is_reconstructed")
        .values_list("as_of", "is_reconstructed")
        .distinct()
    )
    return [Month(day, day in kept, kept.get(day, False)) for day in days]


def missing_days(as_of: date) -> list[date]:
    """The month ends without a kept tier, the newest first."""
    return [month.day for month in months(as_of) if not month.is_kept]


def builds(days: Iterable[date]) -> list[MonthBuild]:
    """The rows of the making of ``days``, the newest first."""
    return list(MonthBuild.objects.filter(day__in=list(days)))


def waiting_builds() -> QuerySet[MonthBuild]:
    """What somebody should work on and nobody does: nothing while a worker holds its lease."""
    now = timezone.now()
    if MonthBuild.objects.filter(state=WorkState.RUNNING, lease_until__gte=now).exists():
        return MonthBuild.objects.none()
    lost = Q(state=WorkState.RUNNING, lease_until__lt=now)
    return MonthBuild.objects.filter(lost | Q(state=WorkState.WAITING)).order_by(F("state").asc(), "-day")


def progress(rows: list[MonthBuild]) -> int:
    """How far the months that were asked for are, 0–100; a month that is done counts whole."""
    if not rows:
        return 0
    parts = [1 if row.state == WorkState.DONE else row.done_count / (row.total_count or 1) for row in rows]
    return round(100 * sum(parts) / len(rows))


def is_recent(row: MonthBuild) -> bool:
    """Whether a build belongs to what is shown: it goes on, or ended within a day."""
    return row.finished_at is None or row.finished_at > timezone.now() - timedelta(days=1)
