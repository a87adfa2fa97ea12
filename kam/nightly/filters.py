import django_filters
from django.utils.translation import gettext_lazy as _

from core.filters import FilterSet
from core.forms import DateInput
from kam.choices import WorkState


class RunFilters(FilterSet):
    state = django_filters.ChoiceFilter(choices=WorkState.choices, label=_("State"))
    is_historic = django_filters.BooleanFilter(label=_("Historic"))
    from_day = django_filters.DateFilter(field_name="as_of", lookup_expr="gte", label=_("From"), widget=DateInput)
    to_day = django_filters.DateFilter(field_name="as_of", lookup_expr="lte", label=_("To"), widget=DateInput)
