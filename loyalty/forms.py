"""What people type about rewards, wishes and corrections."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from core.edit_form import RecordForm
from loyalty.choices import StockKind
from loyalty.models import Reward

MOST = 1_000_000_000


def new_key() -> str:
    return str(uuid4())


class RedeemForm(forms.Form):
    """A wish for a reward. The key makes it one wish, however often it is sent."""

    reward = forms.ModelChoiceField(queryset=Reward.objects.none(), label=_("Reward"), widget=forms.RadioSelect)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=10_000, initial=1)
    contact = forms.ModelChoiceField(queryset=Contact.objects.none(), label=_("For whom"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False, initial=new_key)

    def __init__(self, *args, user, account, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reward"].queryset = Reward.objects.filter(is_active=True)
        people = Contact.objects.visible_to(user).present()
        self.fields["contact"].queryset = people.filter(account=account).order_by("name")
        self.fields["quantity"].widget.attrs |= {"inputmode": "numeric"}


class VersionForm(forms.Form):
    """Which version of the record the page showed."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class RejectForm(VersionForm):
    reason = forms.CharField(label=_("Why not"), max_length=300)


class RewardForm(RecordForm):
    """What the catalogue says of a reward; its stock changes by movements only."""

    stock = forms.IntegerField(
        label=_("In stock"), required=False, min_value=0, max_value=MOST, help_text=_("Empty: without limit")
    )

    class Meta:
        model = Reward
        fields = ("name", "name_zh", "kind", "points", "minimum_tier", "yearly_limit", "description")
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def prepare(self) -> None:
        for name in ("points", "yearly_limit"):
            self.fields[name].min_value = 1
            self.fields[name].max_value = MOST
            self.fields[name].widget.attrs |= {"min": 1, "inputmode": "numeric"}
        self.fields["points"].validators += (forms.fields.validators.MinValueValidator(1),)
        for name in ("points", "yearly_limit"):
            self.fields[name].validators.append(forms.fields.validators.MaxValueValidator(MOST))
        if self.instance.pk:
            del self.fields["stock"]


class StockForm(forms.Form):
    """Goods that came in, or what a count found to be more or fewer."""

    kind = forms.ChoiceField(
        label=_("Why"), choices=[(kind.value, kind.label) for kind in (StockKind.RECEIVED, StockKind.COUNTED)]
    )
    quantity = forms.IntegerField(
        label=_("How many"), min_value=-MOST, max_value=MOST, help_text=_("With a minus: fewer than before")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def clean_quantity(self) -> int:
        quantity = self.cleaned_data["quantity"]
        if quantity == 0:
            raise forms.ValidationError(_("Nothing would change."))
        return quantity


class CorrectionForm(forms.Form):
    """Points to add or take away, and why."""

    points = forms.IntegerField(
        label=_("Points"), min_value=-MOST, max_value=MOST, help_text=_("With a minus they are taken away")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_points(self) -> int:
        points = self.cleaned_data["points"]
        if points == 0:
            raise forms.ValidationError(_("Nothing would change."))
        return points
