"""Filters of the lists about people."""

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.filters import FilterSet, SearchFilter
from core.models import AuditEntry
from users import audit_words
from users.choices import Role, Sharing
from users.models import Department, SavedView, Team, User


class UserFilter(FilterSet):
    q = SearchFilter()
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Role.choices)
    team = django_filters.ModelChoiceFilter(label=_("Team"), queryset=Team.objects.all())
    department = django_filters.ModelChoiceFilter(label=_("Department"), queryset=Department.objects.all())
    is_active = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("true", pgettext_lazy("switch", "Active")), ("false", _("Deactivated"))],
        method="filter_state",
    )

    class Meta:
        model = User
        fields: list[str] = []

    def filter_state(self, queryset, name, value):
        return queryset.filter(is_active=value == "true")


class AuditFilter(FilterSet):
    action = django_filters.ChoiceFilter(label=_("What"), choices=tuple(audit_words.ACTIONS.items()))
    subject = django_filters.CharFilter(label=_("On what"), max_length=100)
    happened_from = django_filters.DateFilter(label=_("From"), field_name="happened_at", lookup_expr="date__gte")
    happened_to = django_filters.DateFilter(label=_("To"), field_name="happened_at", lookup_expr="date__lte")

    class Meta:
        model = AuditEntry
        fields: list[str] = []


class SavedViewFilter(FilterSet):
    list_key = django_filters.CharFilter(label=_("List"), max_length=60)
    sharing = django_filters.ChoiceFilter(label=_("Who sees it"), choices=Sharing.choices)

    class Meta:
        model = SavedView
        fields: list[str] = []
