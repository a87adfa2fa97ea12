"""From the wish for a reward to its handing over."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.access import permission
from core.address import client_address
from core.answers import acted, refused
from core.views import RecordListView, announce
from loyalty import filters, forms, permissions, services, tables
from loyalty.configuration import own_limit_points
from loyalty.models import Redemption
from loyalty.selectors import redemptions
from loyalty.views.ledger import READ, render_form, seen_account


class RedemptionListView(RecordListView):
    permission_key = READ
    table_class = tables.RedemptionTable
    filterset_class = filters.RedemptionFilter
    title = gettext_lazy("Redemptions")
    icon_name = "gift"
    empty_title = gettext_lazy("Nobody has asked for a reward yet")
    empty_text = gettext_lazy("Rewards are asked for on the points page of an account.")
    export_url_name = "loyalty:redemption_list_export"
    template_name = "loyalty/redemption_list.html"

    def get_queryset(self):
        return redemptions.redemption_rows(self.request.user)

    def get_context(self) -> dict:
        return super().get_context() | {"waiting_count": redemptions.waiting_redemptions(self.request.user).count()}


@permission(permissions.REQUEST)
def redemption_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a reward for the account, from a phone too."""
    account = seen_account(request, pk)
    if not permissions.can_request(request.user, account):
        raise PermissionDenied
    form = forms.RedeemForm(request.POST or None, user=request.user, account=account)
    status = None
    if request.method == "POST" and form.is_valid():
        redemption, status = asked(request, account, form)
        if redemption is not None:
            announce(request, _("%(reward)s was asked for; its points are set aside.") % {"reward": redemption})
            return redirect(page_url(redemption))
    offers, situation = redemptions.offers_for(account)
    context = {"account": account, "offers": offers, "situation": situation}
    return render_form(request, "loyalty/redeem.html", form, status, **context)


def asked(request: HttpRequest, account, form) -> tuple[Redemption | None, int | None]:
    """The redemption, or None with the reason in the form and the status that says so."""
    wish = dict(form.cleaned_data)
    key = wish.pop("key") or None
    try:
        return services.request_redemption(
            account=account, by=request.user, key=key, address=client_address(request), **wish
        ), None
    except services.TooManyTriesError as error:
        form.add_error(None, str(error))
        return None, 429
    except services.PointsError as error:
        form.add_error(None, str(error))
        return None, 409


def page_url(redemption: Redemption) -> str:
    return reverse("loyalty:redemption_page", args=[redemption.pk])


def seen_redemption(request: HttpRequest, pk: int) -> Redemption:
    """The redemption if the user sees its account, else 404."""
    return get_object_or_404(redemptions.redemption_rows(request.user), pk=pk)


@permission(READ)
def redemption_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One wish: what, for whom, how far it has come, and what can be done."""
    return _page(request, seen_redemption(request, pk))


def _page(request: HttpRequest, redemption: Redemption, form=None, status: int = 200) -> HttpResponse:
    limit = own_limit_points()
    context = {
        "redemption": redemption,
        "can_approve": permissions.can_approve(request.user, redemption, limit),
        "can_request": permissions.can_request(request.user, redemption.account),
        "limit": limit,
        "form": form or forms.RejectForm(initial={"version": redemption.version}),
        "tone": tables.STATE_TONES.get(redemption.state, "none"),
    }
    return render(request, "loyalty/redemption_page.html", context, status=status)


def _decide(request: HttpRequest, pk: int, act: Callable, text: str, *, is_approval: bool, undo: str = ""):
    """Do ``act`` with the version the page showed; somebody else was faster: say so and show how it stands."""
    redemption = seen_redemption(request, pk)
    check(request.user, redemption, is_approval=is_approval)
    form = forms.VersionForm(request.POST)
    to = page_url(redemption)
    if not form.is_valid():
        return redirect(to)
    try:
        redemption = act(redemption=redemption, version=form.cleaned_data["version"], by=request.user)
    except services.PointsError as error:
        return refused(request, str(error), to=to)
    undo_url = reverse(undo, args=[pk, redemption.version]) if undo else ""
    return acted(request, text % {"reward": redemption}, to=to, undo_url=undo_url)


def check(user, redemption: Redemption, *, is_approval: bool) -> None:
    """PermissionDenied for who sees the redemption but may not decide on it, or not act for the account."""
    if is_approval:
        may = permissions.can_approve(user, redemption, own_limit_points())
    else:
        may = permissions.can_request(user, redemption.account)
    if not may:
        raise PermissionDenied


@require_POST
@permission(permissions.APPROVE)
def redemption_approve(request: HttpRequest, pk: int) -> HttpResponse:
    text = _("%(reward)s was approved.")
    undo = "loyalty:redemption_reopen"
    return _decide(request, pk, services.approve_redemption, text, is_approval=True, undo=undo)


@require_POST
@permission(permissions.APPROVE)
def redemption_reopen(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Take an approval back, from the toast or the page."""
    redemption = seen_redemption(request, pk)
    check(request.user, redemption, is_approval=True)
    to = page_url(redemption)
    try:
        services.reopen_redemption(redemption=redemption, version=version, by=request.user)
    except services.PointsError as error:
        return refused(request, str(error), to=to)
    return acted(request, _("Taken back."), to=to)


@require_POST
@permission(permissions.APPROVE)
def redemption_reject(request: HttpRequest, pk: int) -> HttpResponse:
    redemption = seen_redemption(request, pk)
    check(request.user, redemption, is_approval=True)
    form = forms.RejectForm(request.POST)
    if not form.is_valid():
        return _page(request, redemption, form, status=422)
    try:
        services.reject_redemption(redemption=redemption, by=request.user, **form.cleaned_data)
    except services.PointsError as error:
        return refused(request, str(error), to=page_url(redemption))
    text = _("%(reward)s was rejected; the points are back.") % {"reward": redemption}
    return acted(request, text, to=page_url(redemption))


@require_POST
@permission(permissions.REQUEST)
def redemption_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    text = _("%(reward)s was withdrawn; the points are back.")
    return _decide(request, pk, services.cancel_redemption, text, is_approval=False)


@require_POST
@permission(permissions.REQUEST)
def redemption_fulfil(request: HttpRequest, pk: int) -> HttpResponse:
    text = _("%(reward)s was handed over.")
    return _decide(request, pk, services.fulfil_redemption, text, is_approval=False)
