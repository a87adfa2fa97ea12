"""What a user may do with one alert, read from the table of rights."""

from accounts.permissions import allows
from churn.models import Alert


def can_work_alert(user, alert: Alert) -> bool:
    return allows(user, "alert.work", alert.account)
