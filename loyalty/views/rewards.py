"""The catalogue of rewards and its stock."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.access import permission
from core.answers import acted
from core.editing import StaleError
from core.views import RecordListView, announce
from loyalty import filters, forms, permissions, services, tables
from loyalty.models import Reward
from loyalty.selectors.redemptions import reward_rows
from loyalty.views.ledger import READ, render_form

SHOWN_MOVEMENTS = 50


class RewardListView(RecordListView):
    permission_key = READ
    table_class = tables.RewardTable
    filterset_class = filters.RewardFilter
    title = gettext_lazy("Rewards")
    icon_name = "gift"
    empty_title = gettext_lazy("The catalogue is empty")
    empty_text = gettext_lazy("Gifts and services that an account can have for its points stand here.")
    create_url_name = "loyalty:reward_create"
    create_label = gettext_lazy("New reward")
    create_permission = permissions.CATALOGUE
    export_url_name = "loyalty:reward_list_export"

    def get_queryset(self):
        return reward_rows(self.request.user)


def reward_url(reward: Reward) -> str:
    return reverse("loyalty:reward_page", args=[reward.pk])


@permission(READ)
def reward_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One reward: what it costs and what is in stock; how that came about is for who keeps the catalogue.

    Its movements tell who asked for what at accounts that others do not see.
    """
    return _page(request, get_object_or_404(reward_rows(request.user), pk=pk), forms.StockForm())


def _page(request: HttpRequest, reward: Reward, form) -> HttpResponse:
    can_keep = permissions.can_keep_catalogue(request.user)
    movements = reward.movements.select_related("moved_by")[:SHOWN_MOVEMENTS] if can_keep else []
    context = {"reward": reward, "movements": movements, "can_keep": can_keep}
    return render_form(request, "loyalty/reward_page.html", form, **context)


@permission(permissions.CATALOGUE)
def reward_create(request: HttpRequest) -> HttpResponse:
    form = forms.RewardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        stock = form.cleaned_data["stock"]
        reward = services.create_reward(by=request.user, stock=stock, **form.values)
        announce(request, _("%(name)s is in the catalogue.") % {"name": reward})
        return redirect(reward_url(reward))
    return render_form(request, "loyalty/reward_form.html", form)


@permission(permissions.CATALOGUE)
def reward_edit(request: HttpRequest, pk: int) -> HttpResponse:
    reward = get_object_or_404(Reward, pk=pk)
    form = forms.RewardForm(request.POST or None, instance=reward)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            fresh = get_object_or_404(Reward, pk=pk)
            services.update_reward(reward=fresh, version=version, changes=form.changes, by=request.user)
        except StaleError as error:
            form.rebase(error.current)
        else:
            announce(request, _("Saved."))
            return redirect(reward_url(reward))
    return render_form(request, "loyalty/reward_form.html", form, reward=reward)


@require_POST
@permission(permissions.CATALOGUE)
def reward_archive(request: HttpRequest, pk: int) -> HttpResponse:
    reward = services.offer_reward(reward=get_object_or_404(Reward, pk=pk), is_active=False, by=request.user)
    undo = reverse("loyalty:reward_restore", args=[pk])
    text = _("%(name)s is no longer on offer.") % {"name": reward}
    return acted(request, text, to=reward_url(reward), undo_url=undo)


@require_POST
@permission(permissions.CATALOGUE)
def reward_restore(request: HttpRequest, pk: int) -> HttpResponse:
    reward = services.offer_reward(reward=get_object_or_404(Reward, pk=pk), is_active=True, by=request.user)
    return acted(request, _("%(name)s is on offer again.") % {"name": reward}, to=reward_url(reward))


@require_POST
@permission(permissions.CATALOGUE)
def reward_stock(request: HttpRequest, pk: int) -> HttpResponse:
    """Goods that came in, or what a count found."""
    reward = get_object_or_404(reward_rows(request.user), pk=pk)
    form = forms.StockForm(request.POST)
    if not form.is_valid():
        return _page(request, reward, form)
    try:
        services.move_stock(reward=reward, by=request.user, **form.cleaned_data)
    except services.StockError as error:
        form.add_error("quantity", str(error))
        return _page(request, reward, form)
    return acted(request, _("The stock was changed."), to=reward_url(reward))
