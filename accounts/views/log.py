"""Logging an interaction with one thumb; the same form works without JavaScript."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.choices import InteractionState
from accounts.log_form import LogForm, next_day
from accounts.models import Account, Interaction, Task
from accounts.selectors import account_rows, last_used_account
from accounts.services import NextStep, Promise, Report, log_interaction, memory_of, take_back_log
from accounts.services.errors import AccountsError
from core.access import permission
from core.answers import acted, refused
from core.idempotency import KeyReusedError
from core.periods import business_date
from core.undo import read_undo, undo_token
from core.views import announce

SAVED_COOKIE = "kam_saved"


@permission("interaction_task_case.write", parameters=("plan", "task", "account"))
def interaction_log(request: HttpRequest) -> HttpResponse:
    """The form of a logged interaction, prefilled from a plan, a task, an account, else the account used last."""
    if request.method == "POST":
        return save(request)
    start = starting_point(request)
    form = LogForm(user=request.user, account=start["account"], initial=initial_values(start))
    return render(request, "accounts/interaction_log.html", context_of(form, start))


def starting_point(request: HttpRequest) -> dict:
    """Plan, task and account that the address names; 404 for what the user does not see."""
    plan = named(request, "plan", Interaction.objects.visible_to(request.user).planned())
    task = named(request, "task", Task.objects.visible_to(request.user))
    account = named(request, "account", account_rows(request.user))
    source = plan or task
    account = account or (source and source.account)
    is_explicit = account is not None
    account = account or last_used_account(request.user)
    return {"plan": plan, "task": task, "account": account, "is_explicit": is_explicit}


def named(request: HttpRequest, name: str, rows):
    """The record that a parameter of the address names, None without the parameter."""
    key = request.GET.get(name)
    if not key:
        return None
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise Http404
    return get_object_or_404(rows.select_related("account") if name != "account" else rows, pk=key)


def initial_values(start: dict) -> dict:
    plan, task, account = start["plan"], start["task"], start["account"]
    values = {"account": account and account.pk, "plan": plan and plan.pk, "task": task and task.pk}
    if plan:
        values |= {"kind": plan.kind, "contacts": list(plan.contacts.values_list("pk", flat=True))}
    return values


def save(request: HttpRequest) -> HttpResponse:
    account = posted_account(request)
    form = LogForm(request.POST, user=request.user, account=account)
    start = {"account": account, "is_explicit": True}
    if not form.is_valid():
        return render(request, "accounts/interaction_log.html", context_of(form, start), status=422)
    uuid, report = form.cleaned_data["uuid"], report_of(form.cleaned_data)
    memory = memory_of(report)
    try:
        interaction, is_new = log_interaction(by=request.user, uuid=uuid, report=report)
    except KeyReusedError:
        return already_saved(request, form, start)
    except AccountsError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return render(request, "accounts/interaction_log.html", context_of(form, start), status=422)
    if is_new:
        token = undo_token(request.user, "log", uuid=str(uuid), pk=interaction.pk, memory=memory)
        undo = reverse("accounts:interaction_take_back", args=[token])
        announce(request, _("Saved: %(what)s") % {"what": interaction}, undo_url=undo)
    elif interaction.state == InteractionState.DONE:
        announce(request, _("This was saved already."))
    else:
        return already_saved(request, form, start)
    response = redirect("home")
    response.set_cookie(SAVED_COOKIE, str(uuid), samesite="Lax", secure=request.is_secure())
    return response


@require_POST
@permission("interaction_task_case.write")
def interaction_take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Undo a log of the last minutes."""
    values = read_undo(request.user, "log", token)
    interaction = get_object_or_404(Interaction.objects.visible_to(request.user), pk=values["pk"])
    to = reverse("home")
    try:
        take_back_log(by=request.user, uuid=UUID(values["uuid"]), memory=values["memory"])
    except AccountsError as error:
        return refused(request, error.message, to=to)
    return acted(request, _("Taken back: %(what)s") % {"what": interaction}, to=to)


def posted_account(request: HttpRequest) -> Account | None:
    """The account of a sent form: 404 unless the user sees it, None when empty."""
    key = request.POST.get("account", "")
    if not key:
        return None
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise Http404
    return get_object_or_404(account_rows(request.user), pk=key)


def report_of(data: dict) -> Report:
    """What the form says, as the service takes it."""
    step_on = data["next_on"] if data["next"] == "date" else next_day(data["next"], business_date())
    next_step = NextStep(step_on, data["next_text"], data["next_kind"]) if step_on else None
    is_ours = data["promise_side"] != "theirs"
    promise = Promise(data["promise_text"], data["promise_on"], is_ours) if data["promise_text"] else None
    return Report(
        account=data["account"],
        kind=data["kind"],
        happened_at=data["happened_at"],
        contacts=list(data["contacts"]),
        colleagues=list(data["colleagues"]),
        new_names=[data["new_name"]] if data["new_name"] else [],
        next_step=next_step,
        promise=promise,
        plan=data["plan"],
        task=data["task"],
        texts={"mood": data["mood"], "result": data["result"]},
    )


def already_saved(request: HttpRequest, form: LogForm, start: dict) -> HttpResponse:
    """The same form was saved before with other words: both are kept, and the choice is the user's."""
    mine = Interaction.objects.visible_to(request.user).filter(created_by=request.user)
    saved = mine.filter(uuid=form.cleaned_data["uuid"]).first()
    data = form.data.copy()
    data["uuid"] = LogForm(user=request.user, account=start["account"]).initial["uuid"]
    again = LogForm(data, user=request.user, account=start["account"])
    return render(request, "accounts/interaction_log.html", context_of(again, start) | {"saved": saved}, status=409)


def context_of(form: LogForm, start: dict) -> dict:
    account = start["account"]
    plan = start.get("plan")
    return {
        "form": form,
        "account": account,
        "plan": plan,
        "task": start.get("task"),
        "is_explicit": start["is_explicit"],
        "search_url": reverse("accounts:account_search"),
        "saved_cookie": SAVED_COOKIE,
    }
