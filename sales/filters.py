"""What lists of orders, receivables, payments and products may be narrowed by; pages, exports and the API share it."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account
from core.filters import FilterSet, SearchFilter
from core.periods import business_date
from core.search import search_condition
from sales import selectors
from sales.choices import OrderKind, PaymentKind
from sales.models import ExchangeRate, Order, Payment, Product, Receivable

WORD_LENGTH = 60


def visible_accounts(request):
    """The accounts a filter may name: those the user sees, so that a guessed id finds nothing."""
    return Account.objects.visible_to(request.user) if request else Account.objects.none()


class NumberOrAccountFilter(django_filters.CharFilter):
    """The words of a number, or of the name of its account (Chinese, pinyin, initials)."""

    def __init__(self, number_field: str, **kwargs):
        self.number_field = number_field
        super().__init__(label=_("Search"), max_length=WORD_LENGTH, **kwargs)

    def filter(self, queryset, value):
        if not value:
            return queryset
        by_number = Q(**{f"{self.number_field}__istartswith": value})
        return queryset.filter(by_number | search_condition(value, "account__search_key"))


class AccountFilter(django_filters.ModelChoiceFilter):
    """One account the user may see."""

    def __init__(self, **kwargs):
        super().__init__(field_name="account", queryset=visible_accounts, label=_("Account"), **kwargs)


class OrderFilter(FilterSet):
    q = NumberOrAccountFilter("order_number")
    account = AccountFilter()
    kind = django_filters.ChoiceFilter(choices=OrderKind, label=_("Kind"))
    ordered_from = django_filters.DateFilter("ordered_on", lookup_expr="gte", label=_("Ordered from"))
    ordered_to = django_filters.DateFilter("ordered_on", lookup_expr="lte", label=_("Ordered to"))

    class Meta:
        model = Order
        fields: list[str] = []


class ReceivableState(django_filters.ChoiceFilter):
    """Open, overdue or paid, as of today."""

    CHOICES = (("open", pgettext_lazy("receivable", "Open")), ("overdue", _("Overdue")), ("paid", _("Paid")))

    def __init__(self, **kwargs):
        super().__init__(choices=self.CHOICES, label=_("State"), **kwargs)

    def filter(self, queryset, value):
        if value == "open":
            return selectors.still_open(queryset)
        if value == "overdue":
            return selectors.overdue(queryset, as_of=business_date())
        return queryset.filter(open_units__lte=0) if value == "paid" else queryset


class ReceivableFilter(FilterSet):
    q = NumberOrAccountFilter("number")
    account = AccountFilter()
    state = ReceivableState()
    due_from = django_filters.DateFilter("due_on", lookup_expr="gte", label=_("Due from"))
    due_to = django_filters.DateFilter("due_on", lookup_expr="lte", label=_("Due to"))

    class Meta:
        model = Receivable
        fields: list[str] = []


class PaymentFilter(FilterSet):
    q = NumberOrAccountFilter("payment_number")
    account = AccountFilter()
    kind = django_filters.ChoiceFilter(choices=PaymentKind, label=_("Kind"))
    paid_from = django_filters.DateFilter("paid_on", lookup_expr="gte", label=_("Paid from"))
    paid_to = django_filters.DateFilter("paid_on", lookup_expr="lte", label=_("Paid to"))

    class Meta:
        model = Payment
        fields: list[str] = []


class ProductFilter(FilterSet):
    q = SearchFilter()
    category = django_filters.AllValuesFilter(label=_("Category"))
    is_active = django_filters.BooleanFilter(label=_("On sale"))

    class Meta:
        model = Product
        fields: list[str] = []


class RateFilter(FilterSet):
    currency = django_filters.AllValuesFilter(label=_("Currency"))

    class Meta:
        model = ExchangeRate
        fields: list[str] = []
