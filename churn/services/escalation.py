"""An alert that nobody takes on is told to the manager, once."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse

from accounts.choices import NotificationKind
from accounts.services import Message, notify_each
from churn import explanations
from churn.choices import AlertEventKind, AlertState
from churn.constants import ESCALATE_DAYS, WRITE_BATCH
from churn.models import Alert, AlertEvent
from churn.services.history import record_events
from churn.services.night import is_news
from users.choices import Role
from users.models import Team, User


def escalate_alerts(as_of: date) -> int:
    """Tell the nearest manager above each account about alerts that have waited a week; returns how many alerts.

    Nothing when ``as_of`` is too old to be news. A second call changes nothing.
    """
    if not is_news(as_of):
        return 0
    told = AlertEvent.objects.filter(kind=AlertEventKind.ESCALATED).values("alert")
    waiting = Alert.objects.live().filter(state=AlertState.OPEN, opened_on__lte=as_of - timedelta(days=ESCALATE_DAYS))
    alerts = list(waiting.exclude(pk__in=told).select_related("account__team").order_by("pk"))
    managers = list(User.objects.filter(role=Role.MANAGER, is_active=True, team__isnull=False).select_related("team"))
    due = [(alert, listeners) for alert in alerts if (listeners := nearest_managers(alert.account.team, managers))]
    for start in range(0, len(due), WRITE_BATCH):
        _escalate(due[start : start + WRITE_BATCH], as_of)
    return len(due)


@transaction.atomic
def _escalate(due: list[tuple[Alert, list[User]]], as_of: date) -> None:
    record_events([alert.pk for alert, _ in due], AlertEventKind.ESCALATED, AlertState.OPEN, as_of=as_of)
    notify_each([_message(alert, manager) for alert, listeners in due for manager in listeners])


def _message(alert: Alert, manager: User) -> Message:
    return Message(
        user=manager,
        kind=NotificationKind.ALERT_ESCALATED,
        key=f"alert:{alert.pk}:escalated",
        url=reverse("churn:alert_page", args=[alert.pk]),
        account=alert.account,
        text=lambda: explanations.sentence(alert),
    )


def nearest_managers(team: Team | None, managers: Iterable[User]) -> list[User]:
    """The managers of ``team`` or, where it has none, of the first team above it that has some."""
    above = [manager for manager in managers if team and team.path.startswith(manager.team.path)]
    nearest = max((len(manager.team.path) for manager in above), default=0)
    return [manager for manager in above if len(manager.team.path) == nearest]
