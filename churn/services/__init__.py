from churn.services.bulk import acknowledge_alerts, close_alerts, reopen_alerts
from churn.services.escalation import escalate_alerts
from churn.services.night import apply_rules, is_news
from churn.services.people import AlertError, StaleAlertError, acknowledge_alert, close_alert, reopen_alert
from churn.services.tasks import create_alert_tasks

__all__ = [
    "AlertError",
    "StaleAlertError",
    "acknowledge_alert",
    "acknowledge_alerts",
    "apply_rules",
    "close_alert",
    "close_alerts",
    "create_alert_tasks",
    "escalate_alerts",
    "is_news",
    "reopen_alert",
    "reopen_alerts",
]
