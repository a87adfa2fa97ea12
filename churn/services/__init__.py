from churn.services.night import apply_rules, is_news
from churn.services.people import AlertError, StaleAlertError, acknowledge_alert, close_alert, reopen_alert
from churn.services.tasks import create_alert_tasks

__all__ = [
    "AlertError",
    "StaleAlertError",
    "acknowledge_alert",
    "apply_rules",
    "close_alert",
    "create_alert_tasks",
    "is_news",
    "reopen_alert",
]
