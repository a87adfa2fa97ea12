"""Accounts that belong to nobody yet, and handing many of them to a colleague."""

import re

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts import services
from accounts.filters import AccountFilter
from accounts.forms import TransferForm
from accounts.models import Account
from accounts.selectors import account_rows
from accounts.services.errors import NotUnassignedError
from accounts.tables import UnassignedTable
from core.access import code, permission
from core.answers import acted, refused
from core.editing import StaleError
from core.undo import read_undo, undo_token
from core.views import RecordListView
from users.choices import Role
from users.models import User

BULK_LIMIT = 500
KEY = re.compile(r"[0-9]{1,18}")


def may_assign(user) -> bool:
    return user.role == Role.ADMIN and code("account.unassigned", "AD") == "V"


class UnassignedView(RecordListView):
    permission_key = "account.unassigned"
    table_class = UnassignedTable
    filterset_class = AccountFilter
    title = gettext_lazy("Unassigned")
    icon_name = "user-question"
    empty_title = gettext_lazy("Every account has an owner")
    empty_text = gettext_lazy("Accounts that an import creates without an owner wait here.")
    export_url_name = "accounts:unassigned_export"
    template_name = "accounts/unassigned.html"

    def get_queryset(self):
        return account_rows(self.request.user).filter(pk__in=Account.objects.unassigned())

    def get_context(self):
        form = TransferForm(user=self.request.user) if may_assign(self.request.user) else None
        return super().get_context() | {"assign_form": form}


@require_POST
@permission("account.unassigned")
def assign(request: HttpRequest) -> HttpResponse:
    """Hand the picked accounts to one colleague, all or none."""
    if not may_assign(request.user):
        raise PermissionDenied
    form = TransferForm(request.POST, user=request.user)
    keys = picked(request)
    if not form.is_valid() or not keys:
        return refuse(request, _("Pick accounts and a new owner first."))
    owner = form.cleaned_data["owner"]
    accounts = account_rows(request.user).filter(pk__in=keys)
    if len(accounts) != len(keys):
        raise BadRequest("Unknown account.")
    try:
        services.assign_accounts(accounts=list(accounts), by=request.user, owner=owner)
    except (NotUnassignedError, StaleError):
        return refuse(request, _("One of these accounts has an owner meanwhile. Nothing was assigned."))
    token = undo_token(request.user, "assign", keys=keys, owner=owner.pk)
    text = ngettext(
        "%(count)s account was handed to %(owner)s.", "%(count)s accounts were handed to %(owner)s.", len(keys)
    )
    undo = reverse("accounts:unassign", args=[token])
    return answer(request, text % {"count": len(keys), "owner": owner}, undo)


@require_POST
@permission("account.unassigned")
def unassign(request: HttpRequest, token: str) -> HttpResponse:
    """Undo `assign`, all or none."""
    values = read_undo(request.user, "assign", token)
    owner = get_object_or_404(User, pk=values["owner"])
    accounts = list(account_rows(request.user).filter(pk__in=values["keys"]))
    try:
        services.release_accounts(accounts=accounts, by=request.user, owner=owner)
    except (NotUnassignedError, StaleError):
        return refuse(request, _("One of these accounts has another owner meanwhile. Nothing was undone."))
    return answer(request, _("Undone. The accounts have no owner again."))


def answer(request: HttpRequest, text: str, undo_url: str = "") -> HttpResponse:
    return acted(request, text, to=reverse("accounts:unassigned"), undo_url=undo_url)


def refuse(request: HttpRequest, text: str) -> HttpResponse:
    return refused(request, text, to=reverse("accounts:unassigned"))


def picked(request: HttpRequest) -> list[int]:
    """The primary keys of the picked rows. Raises BadRequest for what is no key or too many."""
    values = request.POST.getlist("pick")
    if len(values) > BULK_LIMIT or not all(map(KEY.fullmatch, values)):
        raise BadRequest("Unknown account.")
    return sorted({int(value) for value in values})
