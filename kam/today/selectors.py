"""What Today shows: the plan of the day, then what has to be done, each with its reason."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from accounts.choices import TaskKind
from accounts.models import Account, Interaction, Task
from accounts.selectors import interaction_rows, overdue_visits, task_rows
from churn import explanations
from churn.choices import AlertState, Severity
from churn.models import Alert
from kam.choices import WorkState
from kam.models import Run
from loyalty.selectors.redemptions import waiting_corrections, waiting_redemptions
from users.choices import Role

CARDS = 12
VISITS = 6
DECISIONS = 6


@dataclass(frozen=True)
class Card:
    """One thing to do: what it is about, why now, and how late it is (days; negative: still to come)."""

    kind: str
    record: Any
    account: Account | None
    days_late: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Today:
    """A page of Today for one user."""

    on: date
    plans: list[Interaction]
    cards: list[Card]
    more: dict[str, int] = field(default_factory=dict)
    later: int = 0
    run: Run | None = None
    unassigned: int = 0


def today_of(user, on: date) -> Today:
    """Everything Today shows ``user`` on the business day ``on``."""
    alerts, alert_count = first_of(open_alerts(user))
    visits, visit_count = first_of(late_visits_of(user, on), VISITS)
    tasks, task_count = first_of(due_tasks(user, on))
    wishes, wish_count = first_of(waiting_redemptions(user), DECISIONS)
    corrections, correction_count = first_of(waiting_corrections(user), DECISIONS)
    decisions = [*decision_cards("wish", wishes), *decision_cards("correction", corrections)]
    cards = [
        *alert_cards(alerts),
        *decisions,
        *missed_cards(user, on),
        *visit_cards(visits, on),
        *task_cards(tasks, on),
    ]
    is_admin = user.role == Role.ADMIN
    return Today(
        on=on,
        plans=list(plans_on(user, on)),
        cards=cards,
        more={
            "alerts": alert_count,
            "visits": visit_count,
            "tasks": task_count,
            "wishes": wish_count,
            "corrections": correction_count,
        },
        later=later_count(user, on),
        run=Run.objects.exclude(state=WorkState.WAITING).first() if is_admin else None,
        unassigned=Account.objects.unassigned().count() if is_admin else 0,
    )


def first_of(rows: QuerySet, most: int = CARDS) -> tuple[list, int]:
    """The first rows and how many more there are."""
    found = list(rows[: most + 1])
    more = rows.count() - most if len(found) > most else 0
    return found[:most], more


def plans_on(user, on: date) -> QuerySet[Interaction]:
    """A row is an interaction that ``user`` planned for the day, in the order of the day."""
    return interaction_rows(user).planned().filter(owner=user, happened_on=on).order_by("happened_at", "pk")


def missed_plans(user, on: date) -> QuerySet[Interaction]:
    """A row is an interaction that ``user`` planned for a day before and neither logged nor called off."""
    return interaction_rows(user).planned().filter(owner=user, happened_on__lt=on).order_by("-happened_at", "-pk")


def open_alerts(user) -> QuerySet[Alert]:
    """A row is an open alert nobody has taken on yet, red before amber, much revenue before little."""
    urgency = Case(When(severity=Severity.RED, then=Value(0)), default=Value(1), output_field=IntegerField())
    revenue = F("account__standing__revenue_365d").desc(nulls_last=True)
    rows = Alert.objects.visible_to(user).filter(state=AlertState.OPEN, is_historic=False)
    return rows.select_related("account__standing__tier", "account__owner").order_by(urgency, revenue, "pk")


def late_visits_of(user, on: date) -> QuerySet[Account]:
    """A row is an account whose visit is late: a rep's own, a manager's whole branch."""
    rows = overdue_visits(user, on)
    return rows if user.role in (Role.MANAGER, Role.ADMIN, Role.EXECUTIVE) else rows.filter(owner=user)


def due_tasks(user, on: date) -> QuerySet[Task]:
    """A row is an open task or promise of ``user`` due by the day; what an alert asks for stands on its own card."""
    return task_rows(user).open().filter(assignee=user, due_on__lte=on).exclude(kind=TaskKind.ALERT)


def later_count(user, on: date) -> int:
    """How many tasks are due in the six days after."""
    span = (on + timedelta(days=1), on + timedelta(days=6))
    return Task.objects.visible_to(user).open().filter(assignee=user, due_on__range=span).count()


def alert_cards(alerts: list[Alert]) -> list[Card]:
    return [Card("alert", alert, alert.account, text=explanations.sentence(alert)) for alert in alerts]


def decision_cards(kind: str, rows: list) -> list[Card]:
    """Wishes for rewards and corrections of points that wait for the reader's decision."""
    return [Card(kind, row, row.account) for row in rows]


def missed_cards(user, on: date) -> list[Card]:
    plans = missed_plans(user, on)[:CARDS]
    return [Card("missed", plan, plan.account, (on - plan.happened_on).days) for plan in plans]


def visit_cards(accounts: list[Account], on: date) -> list[Card]:
    return [Card("visit", account, account, days_late(account, on)) for account in accounts]


def days_late(account: Account, on: date) -> int | None:
    """Days since the visit was due by the cadence of the tier; None when there never was one."""
    standing = account.standing
    if standing.last_visit_on is None:
        return None
    return (on - standing.last_visit_on).days - standing.tier.visit_cadence_days


def task_cards(tasks: list[Task], on: date) -> list[Card]:
    return [Card("task", task, task.account, (on - task.due_on).days) for task in tasks]
