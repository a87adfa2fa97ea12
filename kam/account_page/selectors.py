"""What the account page shows beside its timeline."""

from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext

from accounts.models import Account, Contact, Interaction, Task
from accounts.selectors import account_rows, current_members, people_to_meet, task_rows
from churn.models import Alert
from core.database import money_sum
from core.formats import MONTHS, is_chinese
from sales.models import Order

MONTHS_SHOWN = 12
OPEN_TASKS = 8


def account_of_page(user) -> QuerySet[Account]:
    """A row is a visible account with team, standing, what is planned next, and the counts of its tabs."""
    planned = Interaction.objects.planned().filter(account=OuterRef("pk")).order_by("happened_at", "pk")
    return (
        account_rows(user)
        .select_related("parent", "wallet")
        .prefetch_related(current_members())
        .annotate(
            next_plan=Subquery(planned.values("pk")[:1]),
            next_plan_at=Subquery(planned.values("happened_at")[:1]),
            next_plan_kind=Subquery(planned.values("kind")[:1]),
            contact_count=count_of(Contact.objects.present()),
            alert_count=count_of(Alert.objects.open().filter(is_historic=False)),
            subsidiary_count=count_of(Account.objects.active(), "parent"),
        )
    )


def count_of(rows: QuerySet, link: str = "account") -> Subquery:
    """How many ``rows`` hang on the account of the outer query; null for none."""
    counts = rows.filter(**{link: OuterRef("pk")}).order_by().values(link).annotate(count=Count("pk"))
    return Subquery(counts.values("count"))


def open_tasks(account: Account, user) -> QuerySet[Task]:
    """A row is an open task or promise of the account, the next due first."""
    return task_rows(user).open().filter(account=account)[:OPEN_TASKS]


def people_of(account: Account) -> QuerySet[Contact]:
    """A row is a contact of the account, those who left last, with the day of the last touch."""
    return people_to_meet(account).select_related("reports_to")


def people_gone(account: Account) -> QuerySet[Contact]:
    """A row is a contact who left the account, the last one first."""
    return account.contacts.active().filter(left_on__isnull=False).order_by("-left_on", "name")


def growth(account: Account) -> float | None:
    """Change of 365 days' revenue against the 365 days before, as a rate; None where nothing fair compares with."""
    return account.last_night.revenue_growth_rate if account.last_night else None


def months_before(day: date, count: int) -> list[date]:
    """The first days of the ``count`` months up to the month of ``day``.

    >>> months_before(date(2026, 2, 5), 3)
    [datetime.date(2025, 12, 1), datetime.date(2026, 1, 1), datetime.date(2026, 2, 1)]
    """
    last = day.year * 12 + day.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - count + 1, last + 1)]


def monthly_orders(account: Account, today: date) -> dict:
    """Orders less returns by month of the last twelve months and of the twelve before, as data of a chart."""
    months = months_before(today, 2 * MONTHS_SHOWN)
    rows = (
        Order.objects.filter(account=account, ordered_on__gte=months[0], ordered_on__lte=today)
        .filter(Q(cancelled_on=None) | Q(cancelled_on__gt=today))
        .order_by()
        .annotate(month=TruncMonth("ordered_on"))
        .values("month")
        .annotate(amount=money_sum("amount"))
    )
    sums = {row["month"]: float(row["amount"]) for row in rows}
    values = [sums.get(month, 0.0) for month in months]
    return {
        "categories": [month_label(month) for month in months[MONTHS_SHOWN:]],
        "now": values[MONTHS_SHOWN:],
        "before": values[:MONTHS_SHOWN],
        "names": {"now": gettext("This year"), "before": gettext("Last year"), "running": gettext("to date")},
    }


def month_label(month: date) -> str:
    return f"{month.month}月" if is_chinese() else MONTHS[month.month - 1]
