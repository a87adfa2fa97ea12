"""Many alerts at once: each as by itself, all or none."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from churn.models import Alert
from churn.permissions import can_work_alert
from churn.services.people import acknowledge_alert, close_alert, reopen_alert


@transaction.atomic
def acknowledge_alerts(*, alerts: Mapping[Alert, int], by) -> list[Alert]:
    """Take on every alert; ``alerts`` gives the version each was seen in.

    Raises PermissionDenied for one ``by`` may not work on, AlertError and StaleAlertError as the single act does;
    then nothing is changed.
    """
    _check(alerts, by)
    return [acknowledge_alert(alert=alert, version=version, by=by) for alert, version in alerts.items()]


@transaction.atomic
def close_alerts(*, alerts: Mapping[Alert, int], disposition: str, by) -> list[Alert]:
    """Close every alert with one finding; as `acknowledge_alerts`."""
    _check(alerts, by)
    return [
        close_alert(alert=alert, version=version, disposition=disposition, by=by) for alert, version in alerts.items()
    ]


@transaction.atomic
def reopen_alerts(*, alerts: Mapping[Alert, int], by) -> list[Alert]:
    """Take back what was done to many; as `acknowledge_alerts`."""
    _check(alerts, by)
    return [reopen_alert(alert=alert, version=version, by=by) for alert, version in alerts.items()]


def _check(alerts: Mapping[Alert, int], by) -> None:
    if not all(can_work_alert(by, alert) for alert in alerts):
        raise PermissionDenied
