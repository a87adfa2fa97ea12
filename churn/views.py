"""Pages of alerts: the list, one alert, and what people do with it."""

import re

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from churn import board, explanations, filters, forms, permissions, selectors, services, tables
from churn.constants import BULK_LIMIT
from churn.models import Alert
from core.access import permission, role_may
from core.answers import acted, refused
from core.tables import follow
from core.undo import read_undo, undo_token
from core.views import RecordListView, announce

BOARDS = (
    ("owner", gettext_lazy("By owner")),
    ("tier", gettext_lazy("By tier")),
    ("rule", gettext_lazy("By rule")),
)
PICK = re.compile(r"[1-9][0-9]{0,17}-[1-9][0-9]{0,8}", re.ASCII)


class AlertListView(RecordListView):
    permission_key = "account.read_list_search"
    table_class = tables.AlertWorkTable
    filterset_class = filters.AlertFilter
    title = gettext_lazy("Alerts")
    icon_name = "bell"
    empty_title = gettext_lazy("No open alerts")
    empty_text = gettext_lazy("Each night the alert rules look at every account; what they find stands here.")
    export_url_name = "churn:alert_list_export"
    template_name = "churn/alert_list.html"

    def get_queryset(self):
        return selectors.alerts_of(self.request.user)

    def get_context(self):
        whose = self.request.GET.get("whose", "")
        return super().get_context() | {
            "historic_count": selectors.historic_count(self.request.user),
            "whose": whose_choices(whose, lambda value: self.url_with(whose=value)),
            "views": view_choices("", whose),
            "bulk_form": forms.BulkForm() if role_may(self.request.user, "bulk") else None,
        }


alert_list_export = AlertListView.as_export_view(table_class=tables.AlertTable)


def whose_choices(current: str, url_of) -> list[dict]:
    """Mine, my team's, all: as addresses of the same page."""
    choices = (("", _("All")), *filters.WHOSE)
    return [{"label": label, "url": url_of(value), "is_current": value == current} for value, label in choices]


def view_choices(current: str, whose: str) -> list[dict]:
    """The list, and the board by owner, tier and rule."""
    query = {"whose": whose} if whose else {}
    lists = [("", _("List"), reverse("churn:alert_list", query=query or None))]
    boards = [(by, label, reverse("churn:alert_board", query={"by": by, **query})) for by, label in BOARDS]
    return [{"label": label, "url": url, "is_current": by == current} for by, label, url in [*lists, *boards]]


@permission("account.read_list_search", parameters=("by", "whose"))
def alert_board(request):
    """Who does what about the open alerts: by owner, by tier or by rule."""
    by, whose = request.GET.get("by", "owner"), request.GET.get("whose", "")
    if by not in dict(BOARDS) or whose not in ("", *dict(filters.WHOSE)):
        raise BadRequest("Unknown view.")
    url = reverse("churn:alert_board")
    context = {
        "board": board.board(request.user, by=by, whose=whose),
        "by": by,
        "whose": whose_choices(whose, lambda value: f"{url}?by={by}" + (f"&whose={value}" if value else "")),
        "views": view_choices(by, whose),
    }
    return render(request, "churn/alert_board.html", context)


@require_POST
@permission("bulk")
def alert_bulk(request):
    """Take on or close the picked alerts: each as by itself, all or none."""
    picked = picked_alerts(request)
    form = forms.BulkForm(request.POST)
    to = reverse("churn:alert_list")
    if not picked:
        return refused(request, _("Pick alerts first."), to=to)
    if not form.is_valid():
        return refused(request, " ".join(text for texts in form.errors.values() for text in texts), to=to)
    try:
        if form.cleaned_data["act"] == "close":
            finding = form.cleaned_data["disposition"]
            done = services.close_alerts(alerts=picked, disposition=finding, by=request.user)
            text = ngettext("%(count)s alert closed.", "%(count)s alerts closed.", len(done))
        else:
            done = services.acknowledge_alerts(alerts=picked, by=request.user)
            text = ngettext("You look after %(count)s alert.", "You look after %(count)s alerts.", len(done))
    except services.AlertError as error:
        return refused(request, _("%(reason)s Nothing was done.") % {"reason": error}, to=to)
    token = undo_token(request.user, "alerts", picked={alert.pk: alert.version for alert in done})
    undo = reverse("churn:alert_bulk_undo", args=[token])
    return acted(request, text % {"count": len(done)}, to=to, undo_url=undo)


@require_POST
@permission("bulk")
def alert_bulk_undo(request, token: str):
    """Take back what was done to many, all or none."""
    versions = {int(pk): version for pk, version in read_undo(request.user, "alerts", token)["picked"].items()}
    to = reverse("churn:alert_list")
    try:
        services.reopen_alerts(alerts=seen_alerts(request, versions), by=request.user)
    except services.AlertError as error:
        return refused(request, _("%(reason)s Nothing was done.") % {"reason": error}, to=to)
    return acted(request, _("Taken back."), to=to)


def picked_alerts(request) -> dict[Alert, int]:
    """The picked alerts with the version each was seen in. Raises BadRequest for what is no pick, Http404."""
    values = request.POST.getlist("pick")
    if len(values) > BULK_LIMIT or not all(map(PICK.fullmatch, values)):
        raise BadRequest("Unknown alert.")
    return seen_alerts(request, {int(pk): int(version) for pk, version in (value.split("-") for value in values)})


def seen_alerts(request, versions: dict[int, int]) -> dict[Alert, int]:
    """The alerts by id, all of which the user must see. Raises Http404."""
    alerts = selectors.alerts_of(request.user).filter(pk__in=versions).order_by("pk")
    found = {alert: versions[alert.pk] for alert in alerts}
    if len(found) != len(versions):
        raise Http404
    return found


@permission("account.read_list_search")
def alert_page(request, pk: int):
    """One alert: why, since when, what was done about it, and what can be done."""
    return _page(request, _visible_alert(request, pk))


def _page(request, alert: Alert, form=None, status: int = 200):
    context = {
        "alert": alert,
        "tier": follow(alert, "account.standing.tier.code"),
        "standing": alert.account.last_night,
        "sentence": explanations.sentence(alert),
        "comparisons": explanations.comparisons(alert),
        "can_work": permissions.can_work_alert(request.user, alert),
        "form": form or forms.CloseForm(initial={"version": alert.version}),
        "tasks": selectors.tasks_of(alert),
        "history": selectors.history_of(alert),
    }
    return render(request, "churn/alert_page.html", context, status=status)


@require_POST
@permission("alert.work")
def alert_acknowledge(request, pk: int):
    """Take the alert on: from its page, or with one tap from its card."""
    alert = _workable_alert(request, pk)
    form = forms.VersionForm(request.POST)
    to = reverse("churn:alert_page", args=[pk])
    if not form.is_valid():
        return redirect(to)
    try:
        services.acknowledge_alert(alert=alert, version=form.cleaned_data["version"], by=request.user)
    except services.AlertError as error:
        return refused(request, str(error), to=to)
    return acted(request, _("You look after this alert."), to=to, undo_url=_undo_url(alert))


@require_POST
@permission("alert.work")
def alert_close(request, pk: int):
    alert = _workable_alert(request, pk)
    form = forms.CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, alert, form, status=422)
    try:
        services.close_alert(alert=alert, by=request.user, **form.cleaned_data)
    except services.AlertError as error:
        return refused(request, str(error), to=reverse("churn:alert_page", args=[pk]))
    announce(request, _("Alert closed."), undo_url=_undo_url(alert))
    return redirect("churn:alert_list")


@require_POST
@permission("alert.work")
def alert_reopen(request, pk: int, version: int):
    alert = _workable_alert(request, pk)
    to = reverse("churn:alert_page", args=[pk])
    try:
        services.reopen_alert(alert=alert, version=version, by=request.user)
    except services.AlertError as error:
        return refused(request, str(error), to=to)
    return acted(request, _("Taken back."), to=to)


def _visible_alert(request, pk: int) -> Alert:
    return get_object_or_404(selectors.alerts_of(request.user), pk=pk)


def _workable_alert(request, pk: int) -> Alert:
    alert = _visible_alert(request, pk)
    if not permissions.can_work_alert(request.user, alert):
        raise PermissionDenied
    return alert


def _undo_url(alert: Alert) -> str:
    return reverse("churn:alert_reopen", args=[alert.pk, alert.version])
