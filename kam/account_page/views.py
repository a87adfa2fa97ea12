"""Everything about one account on one page, in tabs."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import InteractionKind
from accounts.models import Account
from accounts.permissions import can_read_sensitive, can_write_contact, can_write_interaction
from accounts.selectors import group_revenue, group_rows, interaction_rows
from accounts.views.accounts import account_acts
from core import facts, formats
from core.access import permission
from core.periods import business_date
from kam.account_page import selectors
from kam.account_page.entries import label, line_of
from kam.account_page.timeline import GROUPS, timeline
from kam.menu_counts import count_expressions
from loyalty.permissions import can_request
from loyalty.selectors.ledger import lots_by_day
from loyalty.selectors.redemptions import redemption_rows

READ = "account.read_list_search"
PLACE = ("group", "after")
SHOWN_WISHES = 10
TABS = ("overview", "people", "activity", "money", "points")


def seen(request: HttpRequest, pk: int) -> Account:
    """The account with all its page reads, 404 unless the user sees it."""
    counts = count_expressions(request.user)
    account = get_object_or_404(selectors.account_of_page(request.user).annotate(**counts), pk=pk)
    request.menu_counts = {name: getattr(account, name) for name in counts}
    return account


def page(request: HttpRequest, account: Account, tab: str, **context) -> HttpResponse:
    """One tab of the account, under the strip that all tabs share."""
    user = request.user
    shared = {
        "account": account,
        "standing": account.last_night,
        "growth": selectors.growth(account),
        "next_kind": label(InteractionKind, account.next_plan_kind or ""),
        "tab": tab,
        "tabs": tabs_of(account, tab),
        "acts": account_acts(user, account),
        "can_write": can_write_interaction(user, account),
        "today": business_date(),
    }
    return render(request, f"kam/account_{tab}.html", shared | context)


def tabs_of(account: Account, current: str) -> list[dict]:
    labels = (_("Overview"), _("People"), _("Activity"), _("Orders and money"), _("Points"))
    counts = {"people": account.contact_count or 0}
    return [
        {
            "label": label,
            "url": reverse("account_page" if tab == "overview" else f"account_{tab}", args=[account.pk]),
            "is_current": tab == current,
            "count": counts.get(tab),
        }
        for tab, label in zip(TABS, labels, strict=True)
    ]


@permission(READ, parameters=PLACE)
def account_page(request: HttpRequest, pk: int) -> HttpResponse:
    account = seen(request, pk)
    context = {
        "tasks": selectors.open_tasks(account, request.user),
        "points": score_points(account, is_whole=can_read_sensitive(request.user, account)),
    }
    return page(request, account, "overview", **context, **timeline_context(request, account))


def timeline_context(request: HttpRequest, account: Account) -> dict:
    """A page of the timeline from ``group`` and ``after`` of the address. Raises BadRequest for what is unknown."""
    group, after = request.GET.get("group", ""), request.GET.get("after", "")
    if group and group not in GROUPS:
        raise BadRequest("Unknown group.")
    try:
        entries, cursor = timeline(account, today=business_date(), group=group, after=after)
    except ValueError as error:
        raise BadRequest("Unknown place in the timeline.") from error
    url = reverse("account_timeline", args=[account.pk])
    labels = (("", _("All")), ("visits", _("Visits")), ("money", _("Money")), ("notes", _("Comments")))
    return {
        "lines": [line_of(entry, account.pk) for entry in entries],
        "more_url": f"{url}?group={group}&after={cursor}" if cursor else "",
        "groups": [{"label": name, "url": f"?group={key}", "is_current": key == group} for key, name in labels],
    }


@permission(READ, parameters=PLACE)
def account_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """More of the timeline: the next lines for htmx, else the activity tab from there on."""
    account = seen(request, pk)
    context = timeline_context(request, account)
    if request.htmx:
        return render(request, "kam/_timeline_lines.html", context)
    return page(request, account, "activity", **context)


@permission(READ)
def account_people(request: HttpRequest, pk: int) -> HttpResponse:
    account = seen(request, pk)
    context = {
        "people": selectors.people_of(account),
        "gone": selectors.people_gone(account),
        "can_add": can_write_contact(request.user, account),
    }
    return page(request, account, "people", **context)


@permission(READ, parameters=PLACE)
def account_activity(request: HttpRequest, pk: int) -> HttpResponse:
    account = seen(request, pk)
    plans = interaction_rows(request.user).planned().filter(account=account).order_by("happened_at", "pk")
    return page(request, account, "activity", plans=plans, **timeline_context(request, account))


@permission(READ)
def account_money(request: HttpRequest, pk: int) -> HttpResponse:
    account = seen(request, pk)
    context = {
        "chart": selectors.monthly_orders(account, business_date()),
        "may_read_sensitive": can_read_sensitive(request.user, account),
        "group": group_rows(account, request.user),
        "group_revenue": group_revenue(account, request.user) if account.subsidiary_count else None,
    }
    return page(request, account, "money", **context)


@permission("points.read")
def account_points(request: HttpRequest, pk: int) -> HttpResponse:
    """Balances, lots with their last day, and the wishes under way."""
    account = seen(request, pk)
    context = {
        "wallet": getattr(account, "wallet", None),
        "lots": lots_by_day(account),
        "wishes": redemption_rows(request.user).filter(account=account)[:SHOWN_WISHES],
        "can_request": can_request(request.user, account),
    }
    return page(request, account, "points", **context)


@permission(READ)
def account_chart(request: HttpRequest, pk: int) -> HttpResponse:
    """The orders by month, fetched by the overview after the page stands."""
    account = seen(request, pk)
    chart = selectors.monthly_orders(account, business_date())
    return render(request, "kam/_account_chart.html", {"account": account, "chart": chart})


def score_points(account: Account, *, is_whole: bool) -> list[dict]:
    """What the value score is made of: each fact with its value, weight and points.

    Without the right to sensitive facts (``is_whole``) theirs are one line, "other factors", without a value.
    """
    known, rows, hidden = facts.known(), [], []
    for part in account.last_night.contributions if account.last_night else []:
        fact = known.get(part["fact"])
        if fact and fact.is_sensitive and not is_whole:
            hidden.append(part)
        else:
            rows.append(point(fact.label if fact else part["fact"], part, words_of(fact, part["value"])))
    if hidden:
        sums = {key: sum(part[key] or 0 for part in hidden) for key in ("weight", "points")}
        rows.append(point(_("Other factors"), sums, formats.NOTHING))
    return rows


def point(label: str, part: dict, value: str) -> dict[str, str | int]:
    weight, points = part["weight"] or 0, part["points"] or 0
    return {
        "label": label,
        "value": value,
        "weight": formats.number(weight, 1).removesuffix(".0"),
        "points": formats.number(points, 1),
        "percent": round(100 * points / weight) if weight else 0,
    }


def words_of(fact: facts.Fact | None, value) -> str:
    """A value of a fact as a person reads it."""
    forms = {facts.FactKind.AMOUNT: formats.money, facts.FactKind.RATE: formats.percent}
    if fact and fact.unit == "days" and value is not None:
        return formats.days(round(value))
    return forms.get(fact.kind if fact else None, formats.number)(value)
