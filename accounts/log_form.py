"""The form of a logged interaction: one screen, one thumb, five taps."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import InteractionKind, InteractionState, Mood, TaskKind, TaskState
from accounts.models import Account, AccountMember, Contact, Interaction, Task
from accounts.selectors import people_to_meet
from core.forms import DateInput
from core.periods import business_date
from users.models import User

QUICK_KINDS = (
    (InteractionKind.VISIT, _("Visit"), "map-pin"),
    (InteractionKind.CALL, _("Call"), "phone"),
    (InteractionKind.ONLINE_MEETING, _("Online"), "video"),
    (InteractionKind.MEAL, _("Meal"), "tools-kitchen-2"),
    (InteractionKind.EVENT, _("Event"), "confetti"),
)
MOODS = ((Mood.WARM, Mood.WARM.label, "mood-smile"), (Mood.NEUTRAL, _("Neutral"), "mood-empty"))
MOODS += ((Mood.TENSE, Mood.TENSE.label, "mood-sad"),)
NEXT_CHOICES = (("1w", _("+1 w")), ("2w", _("+2 w")), ("1m", _("+1 m")), ("date", _("Date")), ("none", _("None")))
NEXT_KINDS = (("", _("Plan it")), (TaskKind.TASK, _("Task")))
SIDES = (("ours", _("We promised")), ("theirs", _("They promised")))


def next_day(choice: str, today: date) -> date | None:
    """The day that a quick choice of the next step names: a week, two, a month on; None for no or a free day."""
    if choice in ("1w", "2w"):
        return today + timedelta(days=7 * int(choice[0]))
    if choice != "1m":
        return None
    year, month = divmod(today.year * 12 + today.month, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Option:
    """One thing that can be picked: what it sends, how it reads, whether it is picked."""

    value: str
    label: str
    icon: str
    is_on: bool
    hint: str = ""


class LogForm(forms.Form):
    uuid = forms.UUIDField(widget=forms.HiddenInput)
    account = forms.ModelChoiceField(queryset=None, widget=forms.HiddenInput, label=_("Account"))
    plan = forms.ModelChoiceField(queryset=None, required=False, widget=forms.HiddenInput)
    task = forms.ModelChoiceField(queryset=None, required=False, widget=forms.HiddenInput)
    contacts = forms.ModelMultipleChoiceField(queryset=None, required=False, label=_("Who was there"))
    new_name = forms.CharField(required=False, max_length=100, label=_("Name of someone new"))
    colleagues = forms.ModelMultipleChoiceField(queryset=None, required=False, label=_("Colleagues"))
    kind = forms.ChoiceField(choices=InteractionKind.choices, label=_("Type"))
    mood = forms.ChoiceField(choices=Mood.choices, required=False, label=_("Mood"))
    happened_at = forms.DateTimeField(
        required=False,
        label=_("When"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty means now."),
    )
    next = forms.ChoiceField(choices=NEXT_CHOICES, required=False, label=_("Next step"))
    next_on = forms.DateField(required=False, widget=DateInput, label=_("Day of the next step"))
    next_text = forms.CharField(
        required=False,
        max_length=200,
        label=_("Next step in words"),
        widget=forms.TextInput(attrs={"placeholder": _("What comes next")}),
    )
    next_kind = forms.ChoiceField(choices=NEXT_KINDS, required=False, label=_("Next step as"))
    result = forms.CharField(required=False, widget=forms.Textarea({"rows": 4}), label=_("Note"))
    promise_side = forms.ChoiceField(choices=SIDES, required=False, initial="ours", label=_("Promise"))
    promise_text = forms.CharField(required=False, max_length=200, label=_("What was promised"))
    promise_on = forms.DateField(required=False, widget=DateInput, label=_("Until"))

    def __init__(self, *args, user, account: Account | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.chosen_account = account
        self.initial.setdefault("uuid", uuid4())
        self.fields["account"].queryset = Account.objects.visible_to(user).active()
        plans = Interaction.objects.visible_to(user).filter(account=account)
        self.fields["plan"].queryset = plans.exclude(state=InteractionState.CANCELLED)
        self.fields["task"].queryset = Task.objects.visible_to(user).exclude(state=TaskState.CANCELLED)
        self.fields["contacts"].queryset = people_to_meet(account) if account else Contact.objects.none()
        members = AccountMember.objects.current().filter(account=account).values("user")
        self.fields["colleagues"].queryset = User.objects.filter(is_active=True, pk__in=members).exclude(pk=user.pk)

    def clean(self) -> dict:
        data = super().clean()
        if data.get("next") == "date" and not data.get("next_on"):
            self.add_error("next_on", _("Choose a day."))
        if data.get("promise_text") and not data.get("promise_on"):
            self.add_error("promise_on", _("Choose a day."))
        return data

    def picked(self, name: str) -> str:
        return str(self[name].value() or "")

    def people(self) -> list[Option]:
        """The people to pick, the ones met most recently first."""
        picked = {str(getattr(value, "pk", value)) for value in self["contacts"].value() or ()}
        return [
            Option(str(person.pk), person.name, "user", str(person.pk) in picked, person.title)
            for person in self.fields["contacts"].queryset
        ]

    def companions(self) -> list[Option]:
        picked = {str(value) for value in self["colleagues"].value() or ()}
        return [Option(str(u.pk), str(u), "user", str(u.pk) in picked) for u in self.fields["colleagues"].queryset]

    def quick_kinds(self) -> list[Option]:
        return [Option(value, label, icon, value == self.picked("kind")) for value, label, icon in QUICK_KINDS]

    def other_kinds(self) -> list[Option]:
        quick = {value for value, _label, _icon in QUICK_KINDS}
        others = [choice for choice in InteractionKind.choices if choice[0] not in quick]
        return [Option(value, label, "", value == self.picked("kind")) for value, label in others]

    def moods(self) -> list[Option]:
        return [Option(value, label, icon, value == self.picked("mood")) for value, label, icon in MOODS]

    def next_options(self) -> list[Option]:
        today = business_date()
        return [
            Option(value, label, "", value == self.picked("next"), (next_day(value, today) or ""))
            for value, label in NEXT_CHOICES
        ]
