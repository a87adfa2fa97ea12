"""Points added or taken away by hand: one colleague proposes, another confirms."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.access import permission
from core.answers import acted, refused
from core.views import RecordListView, announce
from loyalty import filters, forms, permissions, services, tables
from loyalty.models import Correction
from loyalty.selectors.redemptions import correction_rows
from loyalty.views.ledger import READ, render_form, seen_account


class CorrectionListView(RecordListView):
    permission_key = READ
    table_class = tables.CorrectionTable
    filterset_class = filters.CorrectionFilter
    title = gettext_lazy("Points corrections")
    icon_name = "scale"
    empty_title = gettext_lazy("Nothing was ever corrected")
    empty_text = gettext_lazy("Who leads the account's team proposes a correction on its points statement.")
    export_url_name = "loyalty:correction_list_export"

    def get_queryset(self):
        return correction_rows(self.request.user)


@permission(permissions.CORRECT)
def correction_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a correction; no point moves before a second person confirms."""
    account = seen_account(request, pk)
    if not permissions.can_correct(request.user, account):
        raise PermissionDenied
    form = forms.CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        correction = services.propose_correction(account=account, by=request.user, **form.cleaned_data)
        announce(request, _("Proposed. Somebody else confirms it."))
        return redirect("loyalty:correction_page", pk=correction.pk)
    context = {"account": account, "wallet": getattr(account, "wallet", None)}
    return render_form(request, "loyalty/correction_form.html", form, **context)


def seen_correction(request: HttpRequest, pk: int) -> Correction:
    """The correction if the user sees its account, else 404."""
    return get_object_or_404(correction_rows(request.user), pk=pk)


@permission(READ)
def correction_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One correction: how many points, why, who proposed it, and who decided."""
    correction = seen_correction(request, pk)
    context = {
        "correction": correction,
        "can_confirm": permissions.can_confirm(request.user, correction),
        "can_correct": permissions.can_correct(request.user, correction.account),
        "tone": tables.CORRECTION_TONES[correction.state],
    }
    return render(request, "loyalty/correction_page.html", context)


def _decide(request: HttpRequest, pk: int, act, text: str) -> HttpResponse:
    correction = seen_correction(request, pk)
    if not permissions.can_correct(request.user, correction.account):
        raise PermissionDenied
    to = reverse("loyalty:correction_page", args=[pk])
    try:
        act(correction=correction, by=request.user)
    except services.PointsError as error:
        return refused(request, str(error), to=to)
    return acted(request, text, to=to)


@require_POST
@permission(permissions.CORRECT)
def correction_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, services.confirm_correction, _("Confirmed; the points have moved."))


@require_POST
@permission(permissions.CORRECT)
def correction_reject(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, services.reject_correction, _("Rejected; no point has moved."))
