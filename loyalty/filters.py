"""What the lists of points may be narrowed by; pages, exports and the API share it."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Tier
from core.filters import FilterSet, SearchFilter
from loyalty.choices import CorrectionState, EntryKind, RedemptionState, RewardKind
from loyalty.models import Correction, LedgerEntry, Lot, Redemption, Reward, Wallet
from loyalty.selectors.redemptions import waiting_corrections, waiting_redemptions
from users.models import User

CREDITED = "credited"
KINDS = ((CREDITED, pgettext_lazy("points", "Credited")), *EntryKind.choices)


def visible_accounts(request):
    """The accounts a filter may name: those the user sees, so that a guessed id finds nothing."""
    return Account.objects.visible_to(request.user) if request else Account.objects.none()


def visible_owners(request):
    """The owners of the accounts the user sees: nobody else's name comes up."""
    return User.objects.filter(pk__in=visible_accounts(request).values("owner"))


class AccountFilter(django_filters.ModelChoiceFilter):
    """One account the user may see."""

    def __init__(self, field_name: str = "account", **kwargs):
        super().__init__(field_name, queryset=visible_accounts, label=_("Account"), **kwargs)


class EntryKindFilter(django_filters.ChoiceFilter):
    """One kind of entry; "credited" is what came in for sales, at once or when they were paid."""

    def filter(self, queryset, value):
        if value == CREDITED:
            return queryset.filter(kind__in=[EntryKind.EARN, EntryKind.ACTIVATE])
        return queryset.filter(kind=value) if value else queryset


class StatementFilter(FilterSet):
    kind = EntryKindFilter(choices=KINDS, label=_("Kind"))
    since = django_filters.DateFilter("happened_on", lookup_expr="gte", label=_("From"))
    until = django_filters.DateFilter("happened_on", lookup_expr="lte", label=_("To"))

    class Meta:
        model = LedgerEntry
        fields: list[str] = []


class EntryFilter(StatementFilter):
    q = SearchFilter("wallet__account__search_key")
    account = AccountFilter("wallet__account")

    class Meta:
        model = LedgerEntry
        fields: list[str] = []


class WalletFilter(FilterSet):
    q = SearchFilter("account__search_key")
    tier = django_filters.ModelChoiceFilter(
        "account__standing__tier", queryset=Tier.objects.all(), to_field_name="code", label=_("Tier")
    )
    owner = django_filters.ModelChoiceFilter("account__owner", queryset=visible_owners, label=_("Owner"))
    has_points = django_filters.BooleanFilter(method="narrow_points", label=_("With points"))
    is_owing = django_filters.BooleanFilter(method="narrow_owed", label=_("Owing points"))

    class Meta:
        model = Wallet
        fields: list[str] = []

    def narrow_points(self, queryset, name, value):
        some = Q(available_points__gt=0) | Q(held_points__gt=0)
        return queryset.filter(some) if value else queryset.exclude(some)

    def narrow_owed(self, queryset, name, value):
        return queryset.filter(owed_points__gt=0) if value else queryset.filter(owed_points=0)


class LotFilter(FilterSet):
    q = SearchFilter("wallet__account__search_key")
    account = AccountFilter("wallet__account")
    expires_from = django_filters.DateFilter("expires_on", lookup_expr="gte", label=_("Last day from"))
    expires_to = django_filters.DateFilter("expires_on", lookup_expr="lte", label=_("Last day to"))

    class Meta:
        model = Lot
        fields: list[str] = []


class WaitingFilter(django_filters.BooleanFilter):
    """What waits for a decision the user may take."""

    def __init__(self, waiting, **kwargs):
        self.waiting = waiting
        super().__init__("pk", label=_("Waiting for me"), **kwargs)

    def filter(self, queryset, value):
        if value is None:
            return queryset
        keys = self.waiting(self.parent.request.user).order_by().values("pk")
        return queryset.filter(pk__in=keys) if value else queryset.exclude(pk__in=keys)


class RedemptionFilter(FilterSet):
    q = SearchFilter("account__search_key")
    waiting = WaitingFilter(waiting_redemptions)
    state = django_filters.ChoiceFilter(choices=RedemptionState, label=_("State"))
    account = AccountFilter()
    reward = django_filters.ModelChoiceFilter(queryset=Reward.objects.all(), label=_("Reward"))

    class Meta:
        model = Redemption
        fields: list[str] = []


class CorrectionFilter(FilterSet):
    q = SearchFilter("account__search_key")
    waiting = WaitingFilter(waiting_corrections)
    state = django_filters.ChoiceFilter(choices=CorrectionState, label=_("State"))
    account = AccountFilter()

    class Meta:
        model = Correction
        fields: list[str] = []


class RewardFilter(FilterSet):
    kind = django_filters.ChoiceFilter(choices=RewardKind, label=_("Kind"))
    is_active = django_filters.BooleanFilter(label=_("On offer"))
    is_out = django_filters.BooleanFilter(method="narrow_out", label=_("Out of stock"))

    class Meta:
        model = Reward
        fields: list[str] = []

    def narrow_out(self, queryset, name, value):
        return queryset.filter(stock=0) if value else queryset.exclude(stock=0)
