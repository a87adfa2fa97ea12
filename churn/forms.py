"""What people type about an alert."""

from django import forms
from django.utils.translation import gettext_lazy as _

from churn.choices import Disposition


class VersionForm(forms.Form):
    """Which version of the alert the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CloseForm(VersionForm):
    """With which finding an alert is closed."""

    disposition = forms.ChoiceField(label=_("What did you find?"), choices=Disposition, widget=forms.RadioSelect)
