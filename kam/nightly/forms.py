from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import DateInput
from core.periods import last_full_day


class RunForm(forms.Form):
    """Which night to compute, and with which configuration."""

    as_of = forms.DateField(label=_("As of"), widget=DateInput, help_text=_("The last day whose events count."))
    is_current_configuration = forms.BooleanField(
        label=_("Use the configuration of today"),
        required=False,
        help_text=_("Otherwise a night that was computed before keeps the versions of its first run."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("as_of", last_full_day())

    def clean_as_of(self):
        as_of = self.cleaned_data["as_of"]
        if as_of > last_full_day():
            raise ValidationError(_("A night can only be computed for a day that is over."))
        return as_of


class ScheduleForm(forms.Form):
    """When the nightly run starts by itself."""

    at = forms.TimeField(
        label=_("Starts at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), input_formats=["%H:%M"]
    )
    is_enabled = forms.BooleanField(label=_("Start every night"), required=False)
