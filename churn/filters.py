"""What the list of alerts may be narrowed by; page, export and API share it."""

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, Tier
from churn import selectors
from churn.choices import AlertState, Disposition, Severity
from churn.models import Alert
from core.filters import FilterSet, SearchFilter
from users.models import User

LIVE_STATES = (
    ("open", pgettext_lazy("alert", "Open")),
    ("acknowledged", _("Acknowledged")),
    ("closed", _("Closed")),
    ("all", _("All states")),
)
WHOSE = (("mine", _("Mine")), ("team", _("My team")))
NIGHTS = (("historic", _("Of past nights")), ("all", _("All nights")))


def visible_accounts(request):
    return Account.objects.visible_to(request.user) if request else Account.objects.none()


def visible_owners(request):
    """The owners of the accounts the user sees: nobody else's name comes up."""
    return User.objects.filter(pk__in=visible_accounts(request).values("owner"))


class StateFilter(django_filters.ChoiceFilter):
    """One state; without a choice, what somebody still has to look after."""

    def filter(self, queryset, value):
        if value == "all":
            return queryset
        return queryset.filter(state=value) if value in AlertState.values else queryset.open()


class NightFilter(django_filters.ChoiceFilter):
    """Alerts of nights that were news; those of nights computed long after only on demand."""

    def filter(self, queryset, value):
        if value == "all":
            return queryset
        return queryset.filter(is_historic=value == "historic")


class WhoseFilter(django_filters.ChoiceFilter):
    """The alerts of one's own accounts, or of those of one's team; a manager's team is the branch below."""

    def filter(self, queryset, value):
        return selectors.whose(queryset, self.parent.request.user, value)


class AlertFilter(FilterSet):
    q = SearchFilter("account__search_key")
    whose = WhoseFilter(choices=WHOSE, label=_("Whose"))
    state = StateFilter(choices=LIVE_STATES, label=_("State"))
    rule = django_filters.ChoiceFilter("rule_key", choices=selectors.rule_choices, label=_("Rule"))
    severity = django_filters.ChoiceFilter(choices=Severity, label=_("Severity"))
    tier = django_filters.ModelChoiceFilter(
        "account__standing__tier", queryset=Tier.objects.all(), to_field_name="code", label=_("Tier")
    )
    owner = django_filters.ModelChoiceFilter("account__owner", queryset=visible_owners, label=_("Owner"))
    account = django_filters.ModelChoiceFilter(queryset=visible_accounts, label=_("Account"))
    disposition = django_filters.ChoiceFilter(choices=Disposition, label=_("Finding"))
    nights = NightFilter(choices=NIGHTS, label=_("Nights"))

    class Meta:
        model = Alert
        fields: list[str] = []
