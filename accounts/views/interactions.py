"""Lists, pages, plans and corrections of interactions."""

from datetime import datetime

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import services
from accounts.choices import InteractionState
from accounts.filters import InteractionFilter
from accounts.forms import DayForm, InteractionForm, PlanForm
from accounts.models import Account, Interaction
from accounts.permissions import can_change_after_lock, can_write_interaction
from accounts.selectors import interaction_rows, task_rows
from accounts.services.errors import AccountsError, StateError
from accounts.services.interaction import is_locked, planned_moment
from accounts.tables import InteractionTable, account_url
from accounts.views.accounts import seen_account
from core.access import permission
from core.answers import acted, refused
from core.editing import StaleError
from core.formats import day
from core.idempotency import make_once
from core.periods import business_date
from core.undo import read_undo, undo_token
from core.views import RecordListView, announce


class InteractionListView(RecordListView):
    permission_key = "account.read_list_search"
    table_class = InteractionTable
    filterset_class = InteractionFilter
    title = gettext_lazy("Interactions")
    icon_name = "message-circle"
    empty_title = gettext_lazy("No interactions yet")
    empty_text = gettext_lazy("Log the first visit; it takes five taps.")
    create_url_name = "accounts:interaction_log"
    create_label = gettext_lazy("Log an interaction")
    create_permission = "interaction_task_case.write"
    export_url_name = "accounts:interaction_list_export"

    def get_queryset(self):
        return interaction_rows(self.request.user)


def seen_interaction(request: HttpRequest, pk: int) -> Interaction:
    """The interaction if the user sees it, else 404."""
    rows = interaction_rows(request.user).select_related("account__team", "follows").prefetch_related("colleagues")
    return get_object_or_404(rows, pk=pk)


def interaction_url(interaction: Interaction) -> str:
    return reverse("accounts:interaction_page", args=[interaction.pk])


def may_change(user, interaction: Interaction) -> bool:
    right = can_change_after_lock if is_locked(interaction) else can_write_interaction
    return right(user, interaction.account)


@permission("account.read_list_search")
def interaction_page(request: HttpRequest, pk: int) -> HttpResponse:
    interaction = seen_interaction(request, pk)
    context = {
        "interaction": interaction,
        "tasks": task_rows(request.user).filter(interaction=interaction),
        "is_locked": is_locked(interaction),
        "can_write": may_change(request.user, interaction),
        "day_form": DayForm(initial={"on": interaction.happened_on}),
    }
    return render(request, "accounts/interaction_page.html", context)


@permission("interaction_task_case.write")
def interaction_edit(request: HttpRequest, pk: int) -> HttpResponse:
    interaction = seen_interaction(request, pk)
    if not may_change(request.user, interaction):
        raise PermissionDenied
    form = InteractionForm(request.POST or None, instance=interaction, is_locked=is_locked(interaction))
    if request.method == "POST" and form.is_valid():
        try:
            save_edit(request, form)
        except StaleError as error:
            form.rebase(error.current)
        except AccountsError as error:
            form.add_error(error.field or None, error.message)
        else:
            announce(request, _("Saved."))
            return redirect(interaction_url(interaction))
    context = {"form": form, "interaction": interaction}
    return render(request, "accounts/interaction_form.html", context, status=form.status_code)


def save_edit(request: HttpRequest, form: InteractionForm) -> None:
    services.update_interaction(
        interaction=seen_interaction(request, form.instance.pk),
        by=request.user,
        version=form.cleaned_data["version"],
        changes=form.changes,
        reason=form.cleaned_data.get("reason", ""),
    )


@permission("interaction_task_case.write")
def interaction_plan(request: HttpRequest, account_pk: int) -> HttpResponse:
    """Plan an interaction: by the form, or with one tap from a card that sends the day."""
    account = seen_account(request, account_pk)
    if not can_write_interaction(request.user, account):
        raise PermissionDenied
    form = PlanForm(request.POST or None, account=account, initial={"on": business_date()})
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "account": account}
        return render(request, "accounts/plan_form.html", context, status=422 if form.is_bound else 200)
    interaction = make_once(
        user=request.user,
        sent=request.POST,
        model=Interaction,
        act=lambda: save_plan(request.user, account, form.cleaned_data),
    )
    text = _("%(what)s planned for %(day)s.") % {"what": interaction, "day": day(interaction.happened_on)}
    undo = reverse("accounts:interaction_cancel", args=[interaction.pk])
    return acted(request, text, to=account_url(account), undo_url=undo)


def save_plan(user, account: Account, data: dict) -> Interaction:
    moment = planned_moment(data["on"])
    if data["at"]:
        moment = timezone.make_aware(datetime.combine(data["on"], data["at"]))
    values = {key: data[key] for key in ("kind", "purpose", "contacts")}
    return services.plan_interaction(by=user, account=account, happened_at=moment, **values)


@require_POST
@permission("interaction_task_case.write")
def interaction_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call off a plan, or withdraw what was noted by mistake; the toast takes it back."""
    interaction = seen_interaction(request, pk)
    try:
        former = services.cancel_interaction(
            interaction=interaction, by=request.user, reason=request.POST.get("reason", "")
        )
    except AccountsError as error:
        return refused(request, error.message, to=interaction_url(interaction))
    token = undo_token(request.user, "interaction", pk=pk, state=former)
    undo = reverse("accounts:interaction_reopen", args=[token])
    text = _("Cancelled: %(what)s") % {"what": interaction}
    return acted(request, text, to=interaction_url(interaction), undo_url=undo)


@require_POST
@permission("interaction_task_case.write")
def interaction_reopen(request: HttpRequest, token: str) -> HttpResponse:
    """Undo `interaction_cancel`."""
    values = read_undo(request.user, "interaction", token)
    if values["state"] not in InteractionState.values:
        raise BadRequest("Unknown state.")
    interaction = seen_interaction(request, values["pk"])
    try:
        services.reopen_interaction(interaction=interaction, by=request.user, state=values["state"])
    except StateError as error:
        return refused(request, error.message, to=interaction_url(interaction))
    return acted(request, _("Back: %(what)s") % {"what": interaction}, to=interaction_url(interaction))


@require_POST
@permission("interaction_task_case.write")
def interaction_reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a planned interaction to another day at the same time."""
    interaction = seen_interaction(request, pk)
    form = DayForm(request.POST)
    if not form.is_valid():
        return refused(request, _("Choose a day."), to=interaction_url(interaction))
    local = timezone.localtime(interaction.happened_at)
    moment = timezone.make_aware(datetime.combine(form.cleaned_data["on"], local.time()))
    token = undo_token(request.user, "plan_day", pk=pk, at=interaction.happened_at.isoformat())
    return move_plan(request, interaction, moment, undo=reverse("accounts:interaction_day_undo", args=[token]))


def move_plan(request: HttpRequest, interaction: Interaction, moment: datetime, *, undo: str = "") -> HttpResponse:
    try:
        services.reschedule_interaction(interaction=interaction, by=request.user, happened_at=moment)
    except StateError as error:
        return refused(request, error.message, to=interaction_url(interaction))
    text = _("%(what)s planned for %(day)s.") % {"what": interaction, "day": day(interaction.happened_on)}
    return acted(request, text, to=interaction_url(interaction), undo_url=undo)


@require_POST
@permission("interaction_task_case.write")
def interaction_day_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Undo `interaction_reschedule`."""
    values = read_undo(request.user, "plan_day", token)
    return move_plan(request, seen_interaction(request, values["pk"]), datetime.fromisoformat(values["at"]))
