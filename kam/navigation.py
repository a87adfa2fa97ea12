"""The side navigation as data: every page of the menu, where it stands, and the row of the table of rights it needs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.access import role_may
from kam.menu_counts import ALERTS, TASKS, UNASSIGNED

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Item:
    label: str
    url_name: str
    icon: str
    permission: str
    is_primary: bool = False
    counted: str = ""
    count: int = 0
    query: str = ""
    url: str = ""
    is_current: bool = False


@dataclass(frozen=True)
class Group:
    label: str
    items: tuple[Item, ...]


GROUPS = (
    Group(
        "",
        (
            Item(_("Today"), "home", "sun-high", "account.read_list_search"),
            Item(_("Accounts"), "accounts:account_list", "building-community", "account.read_list_search"),
            Item(_("Contacts"), "accounts:contact_list", "users", "account.read_list_search"),
            Item(_("Interactions"), "accounts:interaction_list", "message-circle", "account.read_list_search"),
            Item(_("Tasks"), "accounts:task_list", "checkbox", "account.read_list_search", counted=TASKS),
            Item(_("Alerts"), "churn:alert_list", "bell", "account.read_list_search", counted=ALERTS),
        ),
    ),
    Group(
        _("Sales"),
        (
            Item(_("Orders"), "sales:order_list", "shopping-cart", "order_receivable_payment.read"),
            Item(
                _("Receivables"),
                "sales:receivable_list",
                "receipt",
                "order_receivable_payment.read",
                query="?state=open",
            ),
            Item(_("Payments"), "sales:payment_list", "cash", "order_receivable_payment.read"),
            Item(_("Products"), "sales:product_list", "package", "order_receivable_payment.read"),
            Item(_("Exchange rates"), "sales:rate_list", "coin", "order_receivable_payment.read"),
        ),
    ),
    Group(
        _("Loyalty"),
        (
            Item(_("Points"), "loyalty:overview", "coin", "dashboard_report_aggregate"),
            Item(_("Points balances"), "loyalty:wallet_list", "list-details", "points.read"),
            Item(_("Redemptions"), "loyalty:redemption_list", "gift", "points.read"),
            Item(_("Rewards"), "loyalty:reward_list", "package", "points.read"),
            Item(_("Points ledger"), "loyalty:entry_list", "report-money", "points.read"),
            Item(_("Points corrections"), "loyalty:correction_list", "scale", "points.read"),
        ),
    ),
    Group(
        _("Steer"),
        (
            Item(_("Tiers"), "tier_dashboard", "stack-2", "dashboard_report_aggregate"),
            Item(_("Unassigned"), "accounts:unassigned", "user-question", "account.unassigned", counted=UNASSIGNED),
        ),
    ),
    Group(
        _("Set up"),
        (
            Item(_("Value score"), "value_score_settings", "chart-bar", "configuration.read"),
            Item(_("Tier limits"), "tier_settings", "adjustments-horizontal", "configuration.read"),
            Item(_("Service levels"), "service_level_settings", "heart-handshake", "configuration.read"),
            Item(_("Points rules"), "points_rules_settings", "coin", "configuration.read"),
            Item(_("Alert rules"), "alert_rule_list", "flag", "configuration.read"),
            Item(_("Imports"), "import_list", "file-import", "import.run_and_its_files"),
            Item(_("Nightly runs"), "run_list", "moon-stars", "run.read"),
            Item(_("Users"), "users:user_list", "user", "user.manage"),
            Item(_("Teams"), "users:team_list", "users-group", "user.manage"),
            Item(_("Audit trail"), "users:audit_list", "history", "audit.read"),
        ),
    ),
)

DOCK = (
    Item(_("Today"), "home", "sun-high", "account.read_list_search"),
    Item(_("Accounts"), "accounts:account_list", "building-community", "account.read_list_search"),
    Item(_("Visit"), "accounts:interaction_log", "plus", "interaction_task_case.write", is_primary=True),
    Item(_("Alerts"), "churn:alert_list", "bell", "account.read_list_search", counted=ALERTS),
)


def current_url(items: list[Item], path: str) -> str:
    """The address of the item that the page at ``path`` belongs to: the longest one that begins it."""
    urls = [
        item.url for item in items if item.url and (path == item.url or (item.url != "/" and path.startswith(item.url)))
    ]
    return max(urls, key=len, default="")


def allowed(items: tuple[Item, ...], user) -> list[Item]:
    """The items whose row the user's role may use, with their address."""
    return [replace(item, url=reverse(item.url_name)) for item in items if role_may(user, item.permission)]


def marked(items: list[Item], url: str, counts: Counts) -> tuple[Item, ...]:
    return tuple(replace(item, is_current=item.url == url, count=counts.get(item.counted, 0)) for item in items)


def menu(user, path: str, counts: Counts) -> list[Group]:
    """The groups of the side navigation for one user: the item of the current page marked, ``counts`` beside them."""
    groups = [(group.label, allowed(group.items, user)) for group in GROUPS]
    url = current_url([item for _label, items in groups for item in items], path)
    return [Group(label, marked(items, url, counts)) for label, items in groups if items]


def dock(user, path: str, counts: Counts) -> tuple[Item, ...]:
    """The four places beside "More" at the foot of the phone; one the role may not use keeps its place empty."""
    items = [replace(item, url=reverse(item.url_name) if role_may(user, item.permission) else "") for item in DOCK]
    return marked(items, current_url(items, path), counts)
