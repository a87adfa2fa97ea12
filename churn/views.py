"""Pages of alerts: the list, one alert, and what people do with it."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from churn import explanations, filters, forms, permissions, selectors, services, tables
from churn.models import Alert
from core.access import permission
from core.answers import acted, refused
from core.tables import follow
from core.views import RecordListView, announce


class AlertListView(RecordListView):
    permission_key = "account.read_list_search"
    table_class = tables.AlertTable
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
        return super().get_context() | {"historic_count": selectors.historic_count(self.request.user)}


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
        services.reopen_alert(alert=alert, version=version)
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
