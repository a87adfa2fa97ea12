"""Filters declared once, for page, export and API: unknown or unreadable parameters are errors, search is one field."""

from dataclasses import dataclass

import django_filters
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core import formats
from core.access import SENSITIVE_ROW, may_everywhere
from core.search import search_condition

RESERVED = frozenset({"page", "page_size", "ordering", "format"})


class SearchFilter(django_filters.CharFilter):
    """Every word occurs in the search key: names, pinyin, initials, codes."""

    def __init__(self, field_name: str = "search_key", **kwargs):
        kwargs.setdefault("label", _("Search"))
        super().__init__(field_name=field_name, max_length=100, **kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(search_condition(value, self.field_name)) if value else queryset


@dataclass(frozen=True)
class Chip:
    """One filter in force, with the address of the page without it."""

    label: str
    value: str
    url: str


class FilterSet(django_filters.FilterSet):
    """A filter set that answers 400 to what it does not know.

    ``sensitive`` names the filters that are there only for who may read the fields behind them.
    """

    sensitive: tuple[str, ...] = ()

    def __init__(self, data=None, queryset=None, *, request=None, prefix=None):
        super().__init__(data, queryset, request=request, prefix=prefix)
        if self.sensitive and not (request and may_everywhere(request.user, SENSITIVE_ROW)):
            for name in self.sensitive:
                self.filters.pop(name, None)

    def check(self) -> None:
        """Raise BadRequest for an unknown parameter or a value that its filter cannot read."""
        if self.unknown():
            raise BadRequest("Unknown parameter.")
        if not self.form.is_valid():
            raise BadRequest("Unreadable parameter.")

    def unknown(self) -> set[str]:
        """The parameters that are no filters for this reader."""
        return set(self.data or ()) - set(self.filters) - RESERVED

    def unreadable(self) -> list[str]:
        """The parameters that `check` would refuse."""
        return [*self.unknown(), *(name for name in self.form.errors if name in (self.data or ()))]

    def active(self) -> dict[str, str]:
        """Filter name → the words of its value, for every filter in force."""
        if not self.form.is_valid():
            return {}
        cleaned = self.form.cleaned_data
        return {name: self.words(name, cleaned[name]) for name in self.filters if is_set(cleaned.get(name))}

    def words(self, name: str, value) -> str:
        """How a value reads: the label of a choice, the name of a record, a day in the page's style."""
        choices = dict(flat_choices(getattr(self.form.fields[name], "choices", ())))
        values = value if isinstance(value, (list, tuple, QuerySet)) else [value]
        return ", ".join(choices.get(str(item)) or plain_words(item) for item in values)


def flat_choices(choices) -> list[tuple[str, str]]:
    """Value → label of plain choices; choices that come from the database are named by their record instead."""
    if not isinstance(choices, (list, tuple)):
        choices = [] if hasattr(choices, "queryset") else list(choices)
    flat = []
    for value, label in choices:
        flat += flat_choices(label) if isinstance(label, (list, tuple)) else [(str(value), str(label))]
    return flat


def plain_words(value) -> str:
    if isinstance(value, bool):
        return formats.yes_no(value)
    if isinstance(value, slice):
        return f"{plain_words(value.start)} – {plain_words(value.stop)}"
    if hasattr(value, "year"):
        return formats.day(value)
    return formats.NOTHING if value is None else str(value)


def is_set(value) -> bool:
    if isinstance(value, QuerySet):
        return value.exists()
    return value is not None and value != "" and value != []
