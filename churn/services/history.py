"""The history of alerts: a row for each change, written in the transaction of the change."""

from collections.abc import Iterable
from datetime import date

from churn.models import AlertEvent


def record_events(
    alert_ids: Iterable[int], kind: str, state: str, *, by=None, as_of: date | None = None, **why: str
) -> None:
    """Note that ``kind`` brought alerts to ``state``: by a colleague, or by the night of ``as_of``.

    ``why`` is the ``close_reason`` and the ``disposition`` of a closing. Call it in the transaction of the change.
    """
    AlertEvent.objects.bulk_create(
        AlertEvent(alert_id=alert_id, kind=kind, state=state, by=by, as_of=as_of, **why) for alert_id in alert_ids
    )
