"""The ledger of points: the statement of one account, and the lists behind the figures of all."""

from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from core.access import role_may
from core.views import EXPORT_ROW, RecordListView
from loyalty import filters, permissions, tables
from loyalty.selectors import ledger

READ = "points.read"


def seen_account(request: HttpRequest, pk: int) -> Account:
    """The account if the user sees it, else 404."""
    return get_object_or_404(Account.objects.visible_to(request.user).select_related("owner", "team", "wallet"), pk=pk)


class StatementView(RecordListView):
    """Every movement of one account's points, with the balance after it, like a bank writes it."""

    permission_key = READ
    table_class = tables.StatementTable
    filterset_class = filters.StatementFilter
    icon_name = "report-money"
    empty_title = gettext_lazy("No points have moved yet")
    empty_text = gettext_lazy("Each night the sales of the account earn their points; they stand here then.")
    template_name = "loyalty/statement.html"

    @cached_property
    def account(self) -> Account:
        return seen_account(self.request, self.kwargs["pk"])

    @property
    def title(self) -> str:
        return _("Points statement")

    @property
    def subtitle(self) -> str:
        return str(self.account)

    def get_queryset(self):
        return ledger.statement_rows(self.request.user, self.account)

    def export_urls(self) -> dict[str, str]:
        if not role_may(self.request.user, EXPORT_ROW):
            return {}
        query = self.url_with(page_size="")
        return {
            kind: reverse("loyalty:statement_export", args=[self.account.pk, kind]) + query for kind in ("csv", "xlsx")
        }

    def get_context(self) -> dict:
        context = super().get_context()
        span = self.filterset.form.cleaned_data
        return context | {
            "account": self.account,
            "wallet": getattr(self.account, "wallet", None),
            "period": ledger.period_of(self.account, span.get("since"), span.get("until")),
            "can_correct": permissions.can_correct(self.request.user, self.account),
            "can_request": permissions.can_request(self.request.user, self.account),
        }


class EntryListView(RecordListView):
    permission_key = READ
    table_class = tables.EntryTable
    filterset_class = filters.EntryFilter
    title = gettext_lazy("Points ledger")
    icon_name = "report-money"
    empty_title = gettext_lazy("No points have moved yet")
    empty_text = gettext_lazy("Each night the sales earn their points; every movement stands here then.")
    export_url_name = "loyalty:entry_list_export"

    def get_queryset(self):
        return ledger.entry_rows(self.request.user)


class WalletListView(RecordListView):
    permission_key = READ
    table_class = tables.WalletTable
    filterset_class = filters.WalletFilter
    title = gettext_lazy("Points balances")
    icon_name = "coin"
    empty_title = gettext_lazy("No account has points yet")
    empty_text = gettext_lazy("Points come with the first night after the points rules begin.")
    export_url_name = "loyalty:wallet_list_export"

    def get_queryset(self):
        return ledger.wallet_rows(self.request.user)


class LotListView(RecordListView):
    permission_key = READ
    table_class = tables.LotTable
    filterset_class = filters.LotFilter
    title = gettext_lazy("Points by last day")
    icon_name = "hourglass"
    empty_title = gettext_lazy("No points can expire")
    empty_text = gettext_lazy("Points that came in stand here with their last day until they are spent.")
    export_url_name = "loyalty:lot_list_export"

    def get_queryset(self):
        return ledger.lot_rows(self.request.user)


def render_form(request: HttpRequest, template: str, form, status: int | None = None, **context) -> HttpResponse:
    """A page with ``form``; 422 with errors, unless ``status`` says otherwise."""
    code = status or getattr(form, "status_code", 422 if form.errors else 200)
    return render(request, template, {"form": form} | context, status=code)
