"""What the lists can be narrowed by."""

from datetime import timedelta

import django_filters
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices import (
    AccountKind,
    AccountStatus,
    BuyingRole,
    InteractionKind,
    InteractionState,
    NotificationKind,
    Stance,
    TaskKind,
    TaskState,
)
from accounts.models import Account, Contact, Tier
from accounts.selectors import cadences_in_force, late_visits, owners, teams_of_accounts
from core.filters import FilterSet, SearchFilter
from core.forms import DateInput
from core.periods import business_date

DUE_CHOICES = (("late", _("Late")), ("today", _("Due today")), ("week", _("Next 7 days")), ("later", _("Later")))


def visible_accounts(request):
    return Account.objects.visible_to(request.user)


def visible_contacts(request):
    return Contact.objects.visible_to(request.user)


def visible_owners(request):
    return owners(request.user)


def visible_teams(request):
    return teams_of_accounts(request.user)


class HiddenModelFilter(django_filters.ModelChoiceFilter):
    """Narrows a list to one record it was linked from; set by links, not by hand."""

    def __init__(self, **kwargs):
        super().__init__(widget=HiddenInput, **kwargs)


class AccountFilter(FilterSet):
    q = SearchFilter()
    tier = django_filters.ModelChoiceFilter(
        field_name="standing__tier", queryset=Tier.objects.all(), to_field_name="code", label=_("Tier")
    )
    owner = django_filters.ModelChoiceFilter(queryset=visible_owners, label=_("Owner"))
    team = django_filters.ModelChoiceFilter(queryset=visible_teams, label=_("Team"))
    status = django_filters.ChoiceFilter(choices=AccountStatus.choices, label=_("Status"))
    kind = django_filters.ChoiceFilter(choices=AccountKind.choices, label=_("Kind"))
    industry = django_filters.CharFilter(lookup_expr="iexact", label=_("Industry"))
    region = django_filters.CharFilter(lookup_expr="iexact", label=_("Region"))
    rfm = django_filters.CharFilter(field_name="standing__rfm_segment", lookup_expr="iexact", label=_("RFM class"))
    is_overdue = django_filters.BooleanFilter(method="filter_overdue", label=_("Overdue money"))
    is_visit_late = django_filters.BooleanFilter(method="filter_visit_late", label=_("Visit is late"))
    is_archived = django_filters.BooleanFilter(method="filter_archived", label=_("Archived"))

    def filter_overdue(self, queryset, name, value):
        late = {"standing__overdue_amount__gt": 0}
        return queryset.filter(**late) if value else queryset.exclude(**late)

    def filter_visit_late(self, queryset, name, value):
        late = late_visits(business_date(), cadences_in_force())
        return queryset.filter(late) if value else queryset.exclude(late)

    def filter_archived(self, queryset, name, value):
        return queryset.filter(archived_at__isnull=not value)

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        if self.form.cleaned_data["is_archived"] is None:
            return queryset.filter(archived_at=None)
        return queryset


class ContactFilter(FilterSet):
    q = SearchFilter()
    account = HiddenModelFilter(queryset=visible_accounts, label=_("Account"))
    buying_role = django_filters.ChoiceFilter(choices=BuyingRole.choices, label=_("Buying role"))
    stance = django_filters.ChoiceFilter(choices=Stance.choices, label=_("Stance"))
    owner = django_filters.ModelChoiceFilter(field_name="account__owner", queryset=visible_owners, label=_("Owner"))
    has_left = django_filters.BooleanFilter(
        field_name="left_on", lookup_expr="isnull", exclude=True, label=_("Has left")
    )
    is_archived = django_filters.BooleanFilter(
        field_name="archived_at", lookup_expr="isnull", exclude=True, label=_("Archived")
    )

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        if self.form.cleaned_data["is_archived"] is None:
            return queryset.filter(archived_at=None)
        return queryset


class InteractionFilter(FilterSet):
    q = SearchFilter(field_name="account__search_key", label=_("Account"))
    account = HiddenModelFilter(queryset=visible_accounts, label=_("Account"))
    contact = HiddenModelFilter(field_name="contacts", queryset=visible_contacts, label=_("Contact"))
    kind = django_filters.ChoiceFilter(choices=InteractionKind.choices, label=_("Type"))
    state = django_filters.ChoiceFilter(choices=InteractionState.choices, label=_("State"))
    owner = django_filters.ModelChoiceFilter(queryset=visible_owners, label=_("Owner"))
    since = django_filters.DateFilter(field_name="happened_on", lookup_expr="gte", label=_("From"), widget=DateInput)
    until = django_filters.DateFilter(field_name="happened_on", lookup_expr="lte", label=_("To"), widget=DateInput)


class TaskFilter(FilterSet):
    account = HiddenModelFilter(queryset=visible_accounts, label=_("Account"))
    due = django_filters.ChoiceFilter(choices=DUE_CHOICES, method="filter_due", label=_("Due"))
    kind = django_filters.ChoiceFilter(choices=TaskKind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=TaskState.choices, label=_("State"))
    is_mine = django_filters.BooleanFilter(method="filter_mine", label=_("Mine"))

    def filter_due(self, queryset, name, value):
        today = business_date()
        week = today + timedelta(days=6)
        spans = {
            "late": {"due_on__lt": today},
            "today": {"due_on": today},
            "week": {"due_on__range": (today, week)},
            "later": {"due_on__gt": week},
        }
        return queryset.filter(**spans[value], state=TaskState.OPEN)

    def filter_mine(self, queryset, name, value):
        mine = {"assignee": self.request.user}
        return queryset.filter(**mine) if value else queryset.exclude(**mine)

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        if not self.form.cleaned_data["state"]:
            return queryset.filter(state=TaskState.OPEN)
        return queryset


class NotificationFilter(FilterSet):
    is_read = django_filters.BooleanFilter(
        "read_at", lookup_expr="isnull", exclude=True, label=pgettext_lazy("notification", "Read")
    )
    kind = django_filters.ChoiceFilter(choices=NotificationKind.choices, label=_("Kind"))
