"""Lists and forms of accounts."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import services
from accounts.filters import AccountFilter
from accounts.forms import AccountForm, MemberForm, TransferForm
from accounts.models import Account
from accounts.permissions import can_archive_account, can_transfer_account, can_update_account
from accounts.selectors import account_rows, similar_accounts
from accounts.services.errors import AccountsError
from accounts.tables import AccountTable, account_url
from core.access import permission
from core.answers import acted, refused
from core.editing import StaleError
from core.idempotency import made_before, make_once
from core.search import best_first
from core.undo import read_undo, undo_token
from core.views import RecordListView, announce
from users.models import User

OPTIONS = 8


class AccountListView(RecordListView):
    permission_key = "account.read_list_search"
    table_class = AccountTable
    filterset_class = AccountFilter
    title = gettext_lazy("Accounts")
    icon_name = "building-community"
    empty_title = gettext_lazy("No accounts yet")
    empty_text = gettext_lazy("Create the first one, or import them from a file.")
    create_url_name = "accounts:account_create"
    create_label = gettext_lazy("New account")
    create_permission = "account.create"
    export_url_name = "accounts:account_list_export"

    def get_queryset(self):
        return account_rows(self.request.user)


def seen_account(request: HttpRequest, pk: int) -> Account:
    """The account if the user sees it, else 404."""
    return get_object_or_404(account_rows(request.user), pk=pk)


@permission("interaction_task_case.write", parameters=("q",))
def account_search(request: HttpRequest) -> HttpResponse:
    """The first visible accounts that a search finds, as choices for the log of an interaction."""
    form = AccountFilter({"q": request.GET.get("q", "")[:100]}, account_rows(request.user), request=request)
    form.check()
    return render(request, "accounts/_account_choices.html", {"accounts": form.qs[:8]})


@permission("account.read_list_search", parameters=("q",))
def account_options(request: HttpRequest) -> HttpResponse:
    """The first visible accounts that a search finds, as options below a field for a code."""
    text = request.GET.get("q", "")[:100].replace("\x00", "").strip()
    found = best_first(account_rows(request.user).active(), text)[:OPTIONS] if text else []
    return render(request, "accounts/_account_options.html", {"accounts": found})


@permission("account.create")
def account_create(request: HttpRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, user=request.user)
    similar = []
    if made := made_before(user=request.user, sent=request.POST, model=Account):
        return redirect(account_url(made))
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["is_confirmed"]:
            similar = similar_accounts(request.user, form.cleaned_data["name"])
        account = None if similar else save_new(request, form)
        if account:
            announce(request, _("%(name)s was created.") % {"name": account})
            return redirect(account_url(account))
    return render(request, "accounts/account_form.html", {"form": form, "similar": similar}, status=form.status_code)


def save_new(request: HttpRequest, form: AccountForm) -> Account | None:
    """The new account; None with the reason in the form when it was refused."""
    owner = form.cleaned_data.get("owner", request.user)
    try:
        return make_once(
            user=request.user,
            sent=request.POST,
            model=Account,
            act=lambda: services.create_account(by=request.user, owner=owner, **form.values),
        )
    except AccountsError as error:
        form.add_error(error.field or None, error.message)
        return None


@permission("account.update")
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    account = seen_account(request, pk)
    if not can_update_account(request.user, account):
        raise PermissionDenied
    form = AccountForm(request.POST or None, instance=account, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            save_edit(request, form)
        except StaleError as error:
            form.rebase(error.current)
        except AccountsError as error:
            form.add_error(error.field or None, error.message)
        else:
            announce(request, _("Saved."))
            return redirect(account_url(account))
    return render(request, "accounts/account_form.html", {"form": form, "account": account}, status=form.status_code)


def save_edit(request: HttpRequest, form: AccountForm) -> None:
    account = seen_account(request, form.instance.pk)
    version = form.cleaned_data["version"]
    services.update_account(account=account, by=request.user, version=version, changes=form.changes)


@permission("account.transfer")
def account_transfer(request: HttpRequest, pk: int) -> HttpResponse:
    account = seen_account(request, pk)
    if not can_transfer_account(request.user, account):
        raise PermissionDenied
    form = TransferForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        former = account.owner_id
        services.transfer_account(account=account, by=request.user, owner=form.cleaned_data["owner"])
        token = undo_token(request.user, "transfer", pk=pk, owner=former, version=account.version)
        undo = reverse("accounts:account_transfer_undo", args=[token])
        announce(request, _("%(name)s was handed over.") % {"name": account}, undo_url=undo if former else "")
        is_seen = Account.objects.visible_to(request.user).filter(pk=pk).exists()
        return redirect(account_url(account) if is_seen else reverse("accounts:account_list"))
    return render(request, "accounts/transfer_form.html", {"form": form, "account": account})


@require_POST
@permission("account.transfer")
def account_transfer_undo(request: HttpRequest, token: str) -> HttpResponse:
    """Undo `account_transfer` while nobody saved the account since and the former owner still works here."""
    values = read_undo(request.user, "transfer", token)
    account = seen_account(request, values["pk"])
    owner = get_object_or_404(User, pk=values["owner"], is_active=True)
    try:
        services.transfer_account(account=account, by=request.user, owner=owner, version=values["version"])
    except StaleError:
        return refused(request, _("Somebody changed this account meanwhile."), to=account_url(account))
    text = _("%(name)s is with %(owner)s again.") % {"name": account, "owner": owner}
    return acted(request, text, to=account_url(account))


@require_POST
@permission("account.archive_restore_merge")
def account_archive(request: HttpRequest, pk: int) -> HttpResponse:
    account = seen_account(request, pk)
    services.archive_account(account=account, by=request.user)
    undo = reverse("accounts:account_restore", args=[pk])
    text = _("%(name)s was archived.") % {"name": account}
    return acted(request, text, to=reverse("accounts:account_list"), undo_url=undo)


@require_POST
@permission("account.archive_restore_merge")
def account_restore(request: HttpRequest, pk: int) -> HttpResponse:
    account = seen_account(request, pk)
    services.restore_account(account=account, by=request.user)
    return acted(request, _("%(name)s is back.") % {"name": account}, to=account_url(account))


@permission("account.update")
def account_team(request: HttpRequest, pk: int) -> HttpResponse:
    """The account team: add a colleague by form, take one away by button."""
    account = seen_account(request, pk)
    if not can_update_account(request.user, account):
        raise PermissionDenied
    form = MemberForm(request.POST or None, user=request.user, account=account)
    if request.method == "POST" and form.is_valid():
        undo = team_undo_url(request, account)
        set_members(request, account, add={form.cleaned_data["user"]: form.cleaned_data["role"]})
        announce(request, _("%(name)s is on the account team.") % {"name": form.cleaned_data["user"]}, undo_url=undo)
        return redirect(request.path)
    members = account.members.current().select_related("user").order_by("role", "pk")
    return render(request, "accounts/account_team.html", {"form": form, "account": account, "members": members})


@require_POST
@permission("account.update")
def account_team_remove(request: HttpRequest, pk: int, user_pk: int) -> HttpResponse:
    account = seen_account(request, pk)
    colleague = get_object_or_404(User, pk=user_pk, account_memberships__in=account.members.current())
    undo = team_undo_url(request, account)
    set_members(request, account, without=colleague)
    text = _("%(name)s left the account team.") % {"name": colleague}
    return acted(request, text, to=reverse("accounts:account_team", args=[pk]), undo_url=undo)


def team_undo_url(request: HttpRequest, account: Account) -> str:
    """Where the account team becomes again what it is now."""
    members = {str(member.user_id): member.role for member in account.members.current().exclude(role="owner")}
    return reverse(
        "accounts:account_team_undo", args=[undo_token(request.user, "team", pk=account.pk, members=members)]
    )


@require_POST
@permission("account.update")
def account_team_undo(request: HttpRequest, token: str) -> HttpResponse:
    """The account team as it was before somebody was added or taken away."""
    values = read_undo(request.user, "team", token)
    account = seen_account(request, values["pk"])
    people = User.objects.in_bulk([int(key) for key in values["members"]])
    members = {people[int(key)]: role for key, role in values["members"].items() if int(key) in people}
    services.set_account_team(account=account, by=request.user, members=members)
    text = _("The account team of %(name)s is as it was.") % {"name": account}
    return acted(request, text, to=reverse("accounts:account_team", args=[account.pk]))


def set_members(request: HttpRequest, account: Account, *, add: dict | None = None, without=None) -> None:
    others = account.members.current().exclude(role="owner").select_related("user")
    members = {member.user: member.role for member in others if member.user != without}
    services.set_account_team(account=account, by=request.user, members=members | (add or {}))


def account_acts(user, account: Account) -> dict[str, str]:
    """The addresses of what ``user`` may do with ``account`` itself."""
    acts = {}
    if can_update_account(user, account):
        acts["edit"] = reverse("accounts:account_edit", args=[account.pk])
        acts["team"] = reverse("accounts:account_team", args=[account.pk])
    if can_transfer_account(user, account):
        acts["transfer"] = reverse("accounts:account_transfer", args=[account.pk])
    if can_archive_account(user, account):
        name = "account_restore" if account.archived_at else "account_archive"
        acts["restore" if account.archived_at else "archive"] = reverse(f"accounts:{name}", args=[account.pk])
    return acts
