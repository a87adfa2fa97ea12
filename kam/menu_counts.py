"""The figures beside the items of the menu: what waits behind them for one user, all in one query."""

from accounts.models import Account, Notification, Task
from churn.models import Alert
from core.access import role_may
from core.database import RowCount
from core.periods import business_date
from users.models import User

ALERTS, TASKS, UNASSIGNED = "open_alerts", "due_tasks", "unassigned"
NOTIFICATIONS = "unread_notifications"


def menu_counts(user) -> dict[str, int]:
    """The figures of the menu for ``user``, by name."""
    return User.objects.filter(pk=user.pk).values(**count_expressions(user)).get()


def count_expressions(user) -> dict[str, RowCount]:
    """Alerts somebody still has to look after, own tasks that are due, what the user was told and has
    not read, accounts without owner; of visible rows only.

    A page that reads one record anyway annotates it with these and hands them on as ``request.menu_counts``.
    """
    rows = {
        ALERTS: Alert.objects.visible_to(user).live().open(),
        TASKS: Task.objects.visible_to(user).open().filter(assignee=user, due_on__lte=business_date()),
        NOTIFICATIONS: Notification.objects.visible_to(user).unread(),
    }
    if role_may(user, "account.unassigned"):
        rows[UNASSIGNED] = Account.objects.visible_to(user).unassigned()
    return {name: RowCount(queryset.order_by().values("pk")) for name, queryset in rows.items()}
