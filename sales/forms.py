"""What is typed about exchange rates."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.edit_form import RecordForm
from core.forms import DateInput
from sales.models import ExchangeRate


class RateForm(RecordForm):
    """What one unit of a currency is worth in the base currency, from a day on."""

    class Meta:
        model = ExchangeRate
        fields = ("currency", "valid_from", "rate")
        widgets = {"valid_from": DateInput, "rate": forms.TextInput(attrs={"inputmode": "decimal"})}

    def prepare(self) -> None:
        self.fields["currency"].help_text = _("Three letters, for example USD")
        self.fields["rate"].help_text = _("What one unit is worth in %(base)s") % {"base": settings.BASE_CURRENCY}

    def clean_rate(self):
        if self.cleaned_data["rate"] <= 0:
            raise forms.ValidationError(_("A rate is greater than 0."))
        return self.cleaned_data["rate"]
