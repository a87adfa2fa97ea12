import django_filters
from django.utils.translation import gettext_lazy as _

from core.filters import FilterSet
from kam.choices import ImportKind, ImportState


class ImportFilters(FilterSet):
    kind = django_filters.ChoiceFilter(choices=ImportKind.choices, label=_("Kind"))
    state = django_filters.ChoiceFilter(choices=ImportState.choices, label=_("State"))
