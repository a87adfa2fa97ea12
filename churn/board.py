"""Who does what about the open alerts: grouped by owner, tier or rule, the longest waiting first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Standing, Task, Tier
from churn import explanations, selectors
from churn.choices import AlertState
from churn.models import Alert, source_key
from core.database import money_sum
from core.periods import business_date

LINES = 5
MOST_GROUPS = 30
KEYS = {"owner": "account__owner", "tier": "account__standing__tier", "rule": "rule_key"}
LABELS = {"owner": "account__owner__name", "tier": "account__standing__tier__code", "rule": "rule_key"}


@dataclass(frozen=True)
class Line:
    """One alert on the board: why, who looks after it, how long it has waited for somebody, what is planned."""

    alert: Alert
    sentence: str
    waiting_days: int | None
    task: Task | None


@dataclass
class Group:
    """The open alerts of one owner, tier or rule."""

    key: object
    label: str
    tier: str
    waiting: int
    looked_after: int
    oldest_on: date | None
    accounts: int
    query: str
    revenue: Decimal = Decimal(0)
    lines: list[Line] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.waiting + self.looked_after

    @property
    def waiting_days(self) -> int | None:
        """How long the alert that has waited longest has waited."""
        return (business_date() - self.oldest_on).days if self.oldest_on else None

    @property
    def url(self) -> str:
        return self.url_of()

    @property
    def waiting_url(self) -> str:
        return self.url_of(state=AlertState.OPEN)

    @property
    def looked_after_url(self) -> str:
        return self.url_of(state=AlertState.ACKNOWLEDGED)

    def url_of(self, **more: str) -> str:
        """The list of these alerts, or of some of them; '' where the list has no filter for them."""
        if self.key is None:
            return ""
        pairs = [self.query, *(f"{name}={value}" for name, value in more.items())]
        return f"{reverse('churn:alert_list')}?{'&'.join(filter(None, pairs))}"


@dataclass(frozen=True)
class Board:
    """What one reader sees; the sums are those of the groups, ``left_out`` the groups beyond the most that fit."""

    groups: list[Group]
    left_out: int
    waiting: int
    looked_after: int


def board(user, *, by: str, whose: str = "") -> Board:
    """The live open alerts ``user`` may see, grouped by ``by``; ``whose`` narrows them as the list does."""
    alerts = selectors.whose(Alert.objects.visible_to(user).live().open(), user, whose)
    groups = _groups(alerts, by, whose)
    shown = groups[:MOST_GROUPS]
    _add_revenue(shown, alerts, by)
    _add_lines(shown, selectors.whose(selectors.alerts_of(user).live().open(), user, whose), by)
    waiting, looked_after = sum(g.waiting for g in groups), sum(g.looked_after for g in groups)
    return Board(shown, len(groups) - len(shown), waiting, looked_after)


def _groups(alerts: QuerySet, by: str, whose: str) -> list[Group]:
    is_open = Q(state=AlertState.OPEN)
    rows = (
        alerts.order_by()
        .values(KEYS[by], LABELS[by])
        .annotate(
            waiting=Count("pk", filter=is_open),
            looked_after=Count("pk", filter=Q(state=AlertState.ACKNOWLEDGED)),
            oldest_on=Min("opened_on", filter=is_open),
            accounts=Count("account", distinct=True),
        )
    )
    names, ranks = _names(by), dict(Tier.objects.values_list("pk", "rank")) if by == "tier" else {}
    groups = [_group(row, by, whose, names) for row in rows]
    if by == "tier":
        return sorted(groups, key=lambda group: ranks.get(group.key, len(ranks) + 1))
    return sorted(groups, key=lambda group: (-group.waiting, -group.looked_after, group.label))


def _group(row: dict, by: str, whose: str, names: dict) -> Group:
    key, label = row[KEYS[by]], row[LABELS[by]] or ""
    figures = {name: row[name] for name in ("waiting", "looked_after", "oldest_on", "accounts")}
    value = label if by == "tier" else key
    query = "&".join([f"{by}={value}"] * (key is not None) + [f"whose={whose}"] * bool(whose))
    words = names.get(label, label) or (_("Without owner") if by == "owner" else _("Without tier"))
    return Group(key=key, label=words, tier=label if by == "tier" else "", query=query, **figures)


def _names(by: str) -> dict[str, str]:
    if by == "rule":
        return dict(selectors.rule_choices())
    return {tier.code: tier.label for tier in Tier.objects.all()} if by == "tier" else {}


def _add_revenue(groups: Iterable[Group], alerts: QuerySet, by: str) -> None:
    """What the accounts of a group bring in a year, each account once."""
    if by == "rule":
        rows = alerts.order_by().values_list("rule_key").annotate(amount=money_sum("account__standing__revenue_365d"))
    else:
        column = {"owner": "account__owner", "tier": "tier"}[by]
        standings = Standing.objects.filter(account__in=alerts.order_by().values("account"))
        rows = standings.order_by().values_list(column).annotate(amount=money_sum("revenue_365d"))
    amounts = dict(rows)
    for group in groups:
        group.revenue = amounts.get(group.key) or Decimal(0)


def _add_lines(groups: list[Group], alerts: QuerySet, by: str) -> None:
    """The alerts of each group that need somebody most: those nobody has taken on, the longest waiting first."""
    urgency = [F("state").desc(), F("opened_on").asc(), F("pk").asc()]  # "open" comes after "acknowledged"
    placed = alerts.annotate(place=Window(RowNumber(), partition_by=[F(KEYS[by])], order_by=urgency))
    rows = list(placed.filter(place__lte=LINES).order_by("place", "pk"))
    tasks = {task.source_key: task for task in _open_tasks(rows)}
    by_key = {group.key: group for group in groups}
    for alert in rows:
        if (group := by_key.get(_key_of(alert, by))) is not None:
            group.lines.append(_line(alert, tasks))


def _key_of(alert: Alert, by: str):
    if by == "rule":
        return alert.rule_key
    if by == "owner":
        return alert.account.owner_id
    standing = alert.account.last_night
    return standing.tier_id if standing else None


def _open_tasks(alerts: list[Alert]) -> QuerySet[Task]:
    keys = [source_key(alert) for alert in alerts]
    return Task.objects.open().filter(source_key__in=keys).select_related("assignee")


def _line(alert: Alert, tasks: dict[str, Task]) -> Line:
    waiting = (business_date() - alert.opened_on).days if alert.state == AlertState.OPEN else None
    return Line(alert, explanations.sentence(alert), waiting, tasks.get(source_key(alert)))
