"""Tasks that alerts make for the owners of their accounts."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from accounts.choices import NotificationKind, TaskKind, TaskState
from accounts.models import Task
from accounts.services import Message, notify_each
from churn import explanations, selectors
from churn.choices import AlertState
from churn.constants import TASK_DUE_DAYS, WRITE_BATCH
from churn.models import Alert, source_key
from churn.services.night import is_news

TITLE_LENGTH = 200


def create_alert_tasks(as_of: date) -> int:
    """One task and one notification for the owner of each account with a live open alert; tasks of closed ones end.

    Returns how many were made; none when ``as_of`` is too old to be news. A second call changes nothing.
    """
    if not is_news(as_of):
        return 0
    _cancel_tasks_of_closed_alerts()
    documents = selectors.rule_documents()
    return sum(_create_tasks(batch, documents, as_of) for batch in _batches(_alerts_without_task(as_of)))


def _alerts_without_task(as_of: date) -> list[Alert]:
    alerts = Alert.objects.live().filter(
        state=AlertState.OPEN, account__owner__is_active=True, opened_on__lte=as_of, last_fired_on=as_of
    )
    alerts = list(alerts.select_related("account__owner").order_by("pk"))
    made = set(Task.objects.filter(kind=TaskKind.ALERT, source_key__isnull=False).values_list("source_key", flat=True))
    return [alert for alert in alerts if source_key(alert) not in made]


@transaction.atomic
def _create_tasks(alerts: list[Alert], documents: dict, as_of: date) -> int:
    tasks = [_task(alert, documents[alert.rule_key, alert.rule_number], as_of) for alert in alerts]
    notify_each([_message(alert) for alert in alerts])
    return len(Task.objects.bulk_create(tasks, ignore_conflicts=True))


def _message(alert: Alert) -> Message:
    return Message(
        user=alert.account.owner,
        kind=NotificationKind.ALERT_NEW,
        key=source_key(alert),
        url=reverse("churn:alert_page", args=[alert.pk]),
        account=alert.account,
        text=lambda: explanations.sentence(alert),
    )


def _task(alert: Alert, document: dict, as_of: date) -> Task:
    owner = alert.account.owner
    with translation.override(owner.language):
        title, note = explanations.rule_name(document), explanations.sentence(alert)
    return Task(
        uuid=uuid5(NAMESPACE_URL, source_key(alert)),
        account=alert.account,
        kind=TaskKind.ALERT,
        title=title[:TITLE_LENGTH],
        note=note,
        assignee=owner,
        due_on=as_of + timedelta(days=TASK_DUE_DAYS),
        source_key=source_key(alert),
    )


def _cancel_tasks_of_closed_alerts() -> None:
    """The night closes an alert whose reason has gone; nobody needs to look into it any more."""
    open_keys = Task.objects.filter(kind=TaskKind.ALERT, state=TaskState.OPEN, source_key__startswith="alert:")
    ids = {int(key.removeprefix("alert:")) for key in open_keys.values_list("source_key", flat=True)}
    for batch in _batches(sorted(ids)):
        closed = Alert.objects.filter(pk__in=batch, state=AlertState.CLOSED)
        keys = [source_key(alert) for alert in closed]
        Task.objects.filter(source_key__in=keys, state=TaskState.OPEN).update(state=TaskState.CANCELLED)


def _batches(items: list) -> Iterable[list]:
    return (items[start : start + WRITE_BATCH] for start in range(0, len(items), WRITE_BATCH))
