"""The forms of the wizard: the file, how it is read, which column is which field."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kam.choices import ImportKind
from kam.imports.encodings import ENCODINGS
from kam.imports.fields import CURRENCY
from kam.imports.kinds import CREATING_ACCOUNTS, KINDS, WITH_MONEY, may_use
from kam.models import ImportJob

DATE_ORDERS = (
    ("", _("As the file shows")),
    ("dmy", _("Day, month, year")),
    ("mdy", _("Month, day, year")),
)
DELIMITERS = ((",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")))


class UploadForm(forms.Form):
    """Which file, and what is in it. The key makes a second click bring the same import."""

    kind = forms.ChoiceField(label=_("What is in the file?"), choices=ImportKind.choices, initial=ImportKind.ORDERS)
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV (also packed as .gz) or .xlsx. Drop the file here or choose it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.gz,.txt,.tsv,.xlsx"}),
        max_length=200,
    )
    upload_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(key, label) for key, label in ImportKind.choices if may_use(user, key)]


class LayoutForm(forms.Form):
    """How the file is read, changeable when the guess shows wrong characters."""

    encoding = forms.ChoiceField(label=_("Encoding"), required=False)
    delimiter = forms.ChoiceField(label=_("Delimiter"), choices=DELIMITERS, required=False)
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)

    def __init__(self, *args, job: ImportJob, **kwargs):
        layout = job.layout
        super().__init__(*args, initial={key: layout[key] for key in self.base_fields}, **kwargs)
        known = ENCODINGS if layout["encoding"] in ENCODINGS else ENCODINGS | {layout["encoding"]: layout["encoding"]}
        self.fields["encoding"].choices = list(known.items())
        self.fields["sheet"].choices = [(name, name) for name in layout["sheets"]]
        unused = ("encoding", "delimiter") if layout["format"] == "xlsx" else ("sheet",)
        for name in unused:
            del self.fields[name]


class MappingForm(forms.Form):
    """One choice per column of the file, and what the file itself does not say."""

    currency = forms.CharField(
        label=_("Currency of amounts without one"), required=False, max_length=3, help_text=_("Empty: base currency")
    )
    date_order = forms.ChoiceField(label=_("Order of dates such as 03/04/2026"), choices=DATE_ORDERS, required=False)
    is_creating_accounts = forms.BooleanField(label=_("Create accounts that do not exist yet"), required=False)

    def __init__(self, *args, job: ImportJob, **kwargs):
        options = {"is_creating_accounts": True} | job.options
        super().__init__(*args, initial=options, **kwargs)
        self.job = job
        fields = [(field.key, field.label) for field in KINDS[job.kind].fields]
        chosen = {index: key for key, index in job.mapping.items()}
        for index, header in enumerate(job.headers):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=header, choices=[("", _("Leave out")), *fields], required=False, initial=chosen.get(index, "")
            )
        if job.kind not in WITH_MONEY:
            del self.fields["currency"]
        if job.kind not in CREATING_ACCOUNTS:
            del self.fields["is_creating_accounts"]

    def clean_currency(self) -> str:
        currency = self.cleaned_data["currency"].upper()
        if currency and not CURRENCY.fullmatch(currency):
            raise ValidationError(_("A currency has a code of three letters"))
        return currency

    def clean(self) -> dict:
        seen: set[str] = set()
        for index in range(len(self.job.headers)):
            key = self.cleaned_data.get(f"column_{index}")
            if key and key in seen:
                self.add_error(f"column_{index}", _("Another column is chosen for this already."))
            seen.add(key)
        return self.cleaned_data

    @property
    def mapping(self) -> dict[str, int]:
        columns = {self.cleaned_data[f"column_{index}"]: index for index in range(len(self.job.headers))}
        columns.pop("", None)
        return columns

    @property
    def options(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("column_")}
