"""The business clock: one configured zone decides which day it is."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def business_zone() -> ZoneInfo:
    return ZoneInfo(settings.BUSINESS_TIME_ZONE)


def business_date(moment: datetime | None = None) -> date:
    """The business day of ``moment`` (aware), of now when it is left out."""
    return (moment or timezone.now()).astimezone(business_zone()).date()


def last_full_day() -> date:
    """The day a night run computes: yesterday in the business zone."""
    return business_date() - timedelta(days=1)


def month_end_before(day: date) -> date:
    """The last day of the month before the month of ``day``."""
    return day.replace(day=1) - timedelta(days=1)


def month_end_after(day: date, months: int) -> date:
    """The last day of the month that is ``months`` after the month of ``day``."""
    year, month = divmod(day.year * 12 + day.month - 1 + months + 1, 12)
    return date(year, month + 1, 1) - timedelta(days=1)
