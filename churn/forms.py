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


class BulkForm(forms.Form):
    """What is to be done with the picked alerts."""

    ACTS = (("acknowledge", _("I look after them")), ("close", _("Close them")))

    act = forms.ChoiceField(choices=ACTS)
    disposition = forms.ChoiceField(
        label=_("What did you find?"), choices=[("", "–"), *Disposition.choices], required=False
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("act") == "close" and not cleaned.get("disposition"):
            self.add_error("disposition", _("Say what you found."))
        return cleaned
