"""What colleagues do with an alert: take note of it, close it with a finding, take either back."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from churn.choices import AlertEventKind, AlertState, CloseReason, Disposition
from churn.models import Alert
from churn.services.history import record_events
from core.periods import business_date
from users.models import User


class AlertError(Exception):
    """An alert cannot be changed that way."""

    message = _("This alert cannot be changed that way.")

    def __str__(self) -> str:
        return str(self.message)


class StaleAlertError(AlertError):
    """Somebody else, or the night, changed the alert meanwhile."""

    message = _("This alert has changed meanwhile. Look at it again.")


@transaction.atomic
def acknowledge_alert(*, alert: Alert, version: int, by) -> Alert:
    """Say that ``by`` looks after the alert. Raises AlertError unless it is open, StaleAlertError."""
    _require(alert, AlertState.OPEN)
    event = Event(AlertEventKind.ACKNOWLEDGED, by)
    return _change(alert, version, event, state=AlertState.ACKNOWLEDGED, acknowledged_by=by)


@transaction.atomic
def close_alert(*, alert: Alert, disposition: str, version: int, by) -> Alert:
    """Close the alert with a finding; its rule stays silent about the account until the reason has gone once.

    Raises AlertError for a finding that does not exist or an alert that is closed, StaleAlertError.
    """
    _require(alert, AlertState.OPEN, AlertState.ACKNOWLEDGED)
    if disposition not in Disposition.values:
        raise AlertError
    return _change(
        alert,
        version,
        Event(AlertEventKind.CLOSED, by),
        state=AlertState.CLOSED,
        disposition=disposition,
        close_reason=CloseReason.PERSON,
        closed_by=by,
        closed_on=business_date(),
    )


@transaction.atomic
def reopen_alert(*, alert: Alert, version: int, by) -> Alert:
    """Take back what a colleague did last: a closed alert is as before the closing, an acknowledged one is open.

    Raises AlertError when the night closed it or another alert of the rule is open by now, StaleAlertError.
    """
    if alert.state == AlertState.ACKNOWLEDGED:
        return _change(
            alert, version, Event(AlertEventKind.GIVEN_BACK, by), state=AlertState.OPEN, acknowledged_by=None
        )
    _require(alert, AlertState.CLOSED)
    if alert.close_reason != CloseReason.PERSON or _successor_is_open(alert):
        raise AlertError
    state = AlertState.ACKNOWLEDGED if alert.acknowledged_by_id else AlertState.OPEN
    columns = {"disposition": "", "close_reason": "", "closed_by": None, "closed_on": None}
    return _change(alert, version, Event(AlertEventKind.REOPENED, by), state=state, **columns)


def _require(alert: Alert, *states: str) -> None:
    if alert.state not in states:
        raise AlertError


def _successor_is_open(alert: Alert) -> bool:
    same = Alert.objects.filter(account=alert.account_id, rule_key=alert.rule_key, is_historic=alert.is_historic)
    return same.open().exclude(pk=alert.pk).exists()


@dataclass(frozen=True)
class Event:
    """What a colleague does, for the history."""

    kind: str
    by: User


def _change(alert: Alert, version: int, event: Event, **columns) -> Alert:
    changed = Alert.objects.filter(pk=alert.pk, version=version).update(version=F("version") + 1, **columns)
    if not changed:
        raise StaleAlertError
    alert.refresh_from_db()
    why = {"close_reason": alert.close_reason, "disposition": alert.disposition}
    record_events([alert.pk], event.kind, alert.state, by=event.by, **why)
    return alert
