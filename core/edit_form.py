"""Forms of records: they know what was typed and what was changed; the service judges and writes."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models

from core.forms import VersionedFormMixin, is_same


def with_https(field: models.Field, **kwargs) -> forms.Field:
    """The form field of a model field; an address typed without a scheme gets https. For Meta.formfield_callback."""
    if isinstance(field, models.URLField):
        kwargs["assume_scheme"] = "https"
    return field.formfield(**kwargs)


class PreparedForm(forms.ModelForm):
    """Takes fields away and narrows choices before anything is made of them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to who writes and to what is there."""


class RecordForm(VersionedFormMixin, PreparedForm):
    """The form of a new or an existing record; a new one carries no version."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["version"], self.fields["base"]

    def validate_unique(self) -> None:
        """Left to the service: a form must not tell what strangers' records hold."""

    def validate_constraints(self) -> None:
        """Left to the service."""

    @property
    def values(self) -> dict[str, Any]:
        """Every field of the record as typed."""
        return {name: self.cleaned_data[name] for name in self.fields if name in self._meta.fields}

    @property
    def changes(self) -> dict[str, Any]:
        """The fields of the record that were changed since the form was opened."""
        base = self.base_values()
        return {
            name: value
            for name, value in self.values.items()
            if name not in base or not is_same(self.fields[name], base[name], self.sent(name))
        }

    @property
    def status_code(self) -> int:
        """How a page with this form answers: 409 after a stale save, 422 with errors, else 200."""
        if self.has_error(NON_FIELD_ERRORS, "stale"):
            return 409
        return 422 if self.is_bound else 200
