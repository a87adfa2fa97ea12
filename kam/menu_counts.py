"""The figures beside the items of the menu: what waits behind them for one user, all in one query."""

from accounts.models import Account, Task
from churn.models import Alert
from core.access import role_may
from core.database import RowCount
from core.periods import business_date
from users.models import User

ALERTS, TASKS, UNASSIGNED = "open_alerts", "due_tasks", "unassigned"


def menu_counts(user) -> dict[str, int]:
    """Alerts somebody still has to look after, own tasks that are due, accounts without owner; of visible rows only."""
    rows = {
        ALERTS: Alert.objects.visible_to(user).live().open(),
        TASKS: Task.objects.visible_to(user).open().filter(assignee=user, due_on__lte=business_date()),
    }
    if role_may(user, "account.unassigned"):
        rows[UNASSIGNED] = Account.objects.visible_to(user).unassigned()
    counts = {name: RowCount(queryset.order_by().values("pk")) for name, queryset in rows.items()}
    return User.objects.filter(pk=user.pk).values(**counts).get()
