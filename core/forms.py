"""Form base: one look for every field, errors under the field, and the version an edit is based on."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Model, QuerySet
from django.forms.models import model_to_dict
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

from core import formats
from core.filters import flat_choices

CONTROL = "form-control"
CLASS_OF_WIDGET = {
    "select": "form-select",
    "checkbox": "form-check-input",
    "checkbox_option": "form-check-input",
    "radio_option": "form-check-input",
    "radio": "k-options",
    "checkbox_select": "k-options",
    "hidden": "",
}
BASE_SALT = "core.forms.base"
TAKE = "take_"


class KamFormRenderer(TemplatesSetting):
    """Renders fields with the product's own templates and gives every widget the class of its kind."""

    field_template_name = "components/field.html"
    form_template_name = "components/form.html"

    def render(self, template_name, context, request=None):
        widget = context.get("widget")
        if widget and "attrs" in widget:
            kind = template_name.rsplit("/", 1)[-1].removesuffix(".html")
            widget["attrs"] = {"class": CLASS_OF_WIDGET.get(kind, CONTROL)} | widget["attrs"]
        return super().render(template_name, context, request)


class DateInput(forms.DateInput):
    """The browser's own date picker; it wants ISO dates."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


def check_posted_names(request, form: forms.BaseForm) -> None:
    """Raise BadRequest when something was posted that the form does not have: nobody slips in a field."""
    known = {form.add_prefix(name) for name in form.fields} | {"csrfmiddlewaretoken"}
    if set(request.POST) - known:
        raise BadRequest("Unknown field.")


@dataclass(frozen=True)
class FieldConflict:
    """One field that somebody else changed meanwhile: what it was, what they made it, what this form says."""

    name: str
    label: str
    base: str
    theirs: str
    mine: str
    is_mine_changed: bool


def raw(value: Any) -> str | list[str]:
    """A field's value as a browser would send it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    if isinstance(value, (list, tuple, set, QuerySet)):
        return sorted(str(getattr(item, "pk", item)) for item in value)
    return str(getattr(value, "pk", value))


def is_same(field: forms.Field, one: str | list[str], other: str | list[str]) -> bool:
    """Whether two sent values mean the same, however they are written (5 and 5.0000)."""
    if one == other:
        return True
    try:
        return raw(field.to_python(one)) == raw(field.to_python(other)) or field.to_python(one) == field.to_python(
            other
        )
    except (ValidationError, TypeError, AttributeError):
        return False


def words(field: forms.Field, value: str | list[str]) -> str:
    """A sent value in words: labels of choices, names of records, days in the page's style."""
    if isinstance(value, list):
        return ", ".join(words_of_one(field, item) for item in value) or formats.NOTHING
    return words_of_one(field, value) or formats.NOTHING


def words_of_one(field: forms.Field, value: str) -> str:
    if isinstance(field, forms.BooleanField):
        return formats.yes_no(bool(value))
    if hasattr(field, "queryset"):
        key = field.to_field_name or "pk"
        return str(field.queryset.filter(**{key: value}).first() or value) if value else ""
    label = dict(flat_choices(getattr(field, "choices", ()))).get(value)
    if label:
        return label
    if isinstance(field, forms.DateField) and value:
        return formats.day(field.to_python(value))
    return value


class VersionedFormMixin(forms.Form):
    """For model forms: carries the version and the values an edit began with.

    The view hands ``cleaned_data["version"]`` to the service; on `core.editing.StaleError` it calls `rebase` with
    ``error.current`` and shows the form again with status 409. The page then lists base, theirs and mine of every field
    that somebody else changed; a further send takes for each what was chosen.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.CharField(widget=forms.HiddenInput)
    conflicts: tuple[FieldConflict, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name not in ("version", "base")])
        if self.is_bound:
            self.data = self.with_taken()
        else:
            self.initial |= {"version": self.instance.version, "base": self.signed(self.values_of(self.instance))}

    @property
    def edited_names(self) -> list[str]:
        return [name for name in self.fields if name not in ("version", "base")]

    def values_of(self, record: Model) -> dict[str, str | list[str]]:
        """Field → value of ``record`` as a browser would send it."""
        values = self.initial_of(record)
        return {name: raw(self.fields[name].prepare_value(values.get(name))) for name in self.edited_names}

    def initial_of(self, record: Model) -> dict[str, Any]:
        """What the fields begin with; forms with fields beyond the model add theirs."""
        return model_to_dict(record, self.edited_names)

    def signed(self, values: dict) -> str:
        return signing.dumps(values, salt=BASE_SALT)

    def base_values(self) -> dict[str, str | list[str]]:
        """The values the edit began with; none when the hidden field was lost or changed on the way."""
        try:
            return signing.loads(self.data.get(self.add_prefix("base"), ""), salt=BASE_SALT)
        except signing.BadSignature:
            return {}

    def sent(self, name: str) -> str | list[str]:
        return raw(self[name].data)

    def with_taken(self):
        """The sent data, where the user chose "theirs" with the value of the base, which is theirs after `rebase`."""
        base = self.base_values()
        taken = [name for name in self.edited_names if self.data.get(TAKE + name) == "theirs" and name in base]
        return self.replaced({name: base[name] for name in taken}) if taken else self.data

    def replaced(self, values: dict[str, str | list[str]]):
        data = self.data.copy()
        for name, value in values.items():
            key = self.add_prefix(name)
            data.setlist(key, value if isinstance(value, list) else [value])
        return data

    def rebase(self, current: Model) -> None:
        """Turn this refused save into a form on top of ``current``: unchanged fields take theirs, changed ones stay."""
        base, theirs = self.base_values(), self.values_of(current)
        changed = [name for name in theirs if name in base and not is_same(self.fields[name], base[name], theirs[name])]
        self.conflicts = tuple(self.conflict(name, base[name], theirs[name]) for name in changed)
        taken = {conflict.name: theirs[conflict.name] for conflict in self.conflicts if not conflict.is_mine_changed}
        self.data = self.replaced(taken | {"version": str(current.version), "base": self.signed(theirs)})
        self.add_error(None, ValidationError(stale_text(), code="stale"))

    def conflict(self, name: str, base, theirs) -> FieldConflict:
        field, mine = self.fields[name], self.sent(name)
        is_changed = not is_same(field, base, mine) and not is_same(field, theirs, mine)
        label = str(self[name].label)
        return FieldConflict(name, label, words(field, base), words(field, theirs), words(field, mine), is_changed)


def stale_text() -> str:
    return _("Somebody saved this record while you were editing. Nothing was lost: choose below and save again.")
