"""What is typed about accounts, contacts and tasks."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import InteractionKind, MemberRole, NotificationKind, TaskKind
from accounts.models import Account, Contact, Interaction, Task
from accounts.permissions import writable_fields
from accounts.selectors import people_to_meet
from core.edit_form import RecordForm, with_https
from core.forms import DateInput
from users.choices import Role
from users.selectors import colleagues


class AccountPicker(forms.TextInput):
    """A code that is found by typing a name, its pinyin or its initials; without scripts the code itself is typed."""

    template_name = "accounts/widgets/picker.html"
    chosen = ""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        return context | {"chosen": self.chosen, "options_url": reverse("accounts:account_options")}


class AccountCodeField(forms.ModelChoiceField):
    """An account that is named by its code, since a list of all accounts would be endless."""

    widget = AccountPicker

    def __init__(self, **kwargs):
        super().__init__(queryset=Account.objects.none(), to_field_name="code", **kwargs)
        self.help_text = self.help_text or _("Type a name, pinyin, initials or the code, and choose")
        self.error_messages["invalid_choice"] = _("None of your accounts has this code.")

    def prepare_value(self, value):
        """The code; the picker shows the name beside it."""
        account = value if isinstance(value, Account) else self.named(value)
        self.widget.chosen = str(account) if account else ""
        return super().prepare_value(value)

    def named(self, code) -> Account | None:
        """The account with the typed code; None for a code that nobody or a stranger has, or that none can have."""
        try:
            return self.to_python(code)
        except forms.ValidationError:
            return None


class AccountForm(RecordForm):
    """The account file; who may not write a field does not get it."""

    owner = forms.ModelChoiceField(queryset=None, required=False, label=_("Owner"))
    parent = AccountCodeField(required=False, label=_("Parent account"))
    opinion_leader = AccountCodeField(required=False, label=_("Opinion leader"))
    is_confirmed = forms.BooleanField(required=False, label=_("This is another account, save it"))

    class Meta:
        model = Account
        formfield_callback = with_https
        fields = (
            "name",
            "other_name",
            "code",
            "credit_code",
            "kind",
            "status",
            "industry",
            "size",
            "business_type",
            "region",
            "country",
            "address",
            "website",
            "phone",
            "parent",
            "opinion_leader",
            "procurement_mode",
            "source_channel",
            "cooperation_started_on",
            "employee_count",
            "credit_limit_amount",
            "credit_rating",
            "note",
        )
        widgets = {"cooperation_started_on": DateInput, "note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        is_new = not self.instance.pk
        whole = Account(owner=self.user, team=self.user.team) if is_new else self.instance
        for name in set(self._meta.fields) - writable_fields(self.user, whole):
            del self.fields[name]
        self.fields["code"].required = not is_new
        for name in ("parent", "opinion_leader"):
            self.fields[name].queryset = Account.objects.visible_to(self.user).active().exclude(pk=self.instance.pk)
        self.initial |= self.relatives(self.instance)
        self.prepare_new(is_new)

    def prepare_new(self, is_new: bool) -> None:
        """Only who creates for others chooses an owner; later the account is handed over."""
        if not is_new or self.user.role not in (Role.MANAGER, Role.ADMIN):
            del self.fields["owner"]
        else:
            self.fields["owner"].queryset = colleagues(self.user).exclude(role=Role.EXECUTIVE)
            self.fields["owner"].required = self.user.role == Role.MANAGER
        if not is_new:
            del self.fields["is_confirmed"]

    def relatives(self, account: Account) -> dict:
        return {"parent": account.parent, "opinion_leader": account.opinion_leader}

    def initial_of(self, record: Account) -> dict:
        return super().initial_of(record) | self.relatives(record)


class TransferForm(forms.Form):
    """To whom an account, or several, are handed."""

    owner = forms.ModelChoiceField(queryset=None, label=_("New owner"))

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = colleagues(user).exclude(role__in=(Role.EXECUTIVE, Role.SERVICE))


class MemberForm(forms.Form):
    """One more colleague on the account team."""

    user = forms.ModelChoiceField(queryset=None, label=_("Colleague"))
    role = forms.ChoiceField(
        choices=[choice for choice in MemberRole.choices if choice[0] != MemberRole.OWNER], label=_("Role")
    )

    def __init__(self, *args, user, account, **kwargs):
        super().__init__(*args, **kwargs)
        on_team = account.members.current().values("user")
        self.fields["user"].queryset = colleagues(user).exclude(pk__in=on_team)


class ContactForm(RecordForm):
    """The file of a person; a mobile number may be typed as it is spoken."""

    mobile = forms.CharField(max_length=40, required=False, label=_("Mobile"))
    is_confirmed = forms.BooleanField(required=False, label=_("This is another person, save it"))

    class Meta:
        model = Contact
        fields = (
            "name",
            "title",
            "department",
            "level",
            "buying_role",
            "stance",
            "reports_to",
            "mobile",
            "email",
            "phone",
            "wechat",
            "character",
            "style",
            "hobbies",
            "buying_habits",
            "birth_month",
            "birth_day",
            "birth_year",
            "is_birthday_lunar",
            "consent",
            "joined_on",
            "left_on",
            "note",
        )
        widgets = {
            "joined_on": DateInput,
            "left_on": DateInput,
            "note": forms.Textarea(attrs={"rows": 3}),
            "birth_month": forms.NumberInput(attrs={"min": 1, "max": 12}),
            "birth_day": forms.NumberInput(attrs={"min": 1, "max": 31}),
            "birth_year": forms.NumberInput(attrs={"min": 1900, "max": 2100}),
        }

    def __init__(self, *args, account: Account, **kwargs):
        self.account = account
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        if self.instance.pk:
            del self.fields["is_confirmed"]
        self.fields["reports_to"].queryset = self.account.contacts.active().exclude(pk=self.instance.pk)


class MoveForm(forms.Form):
    """Where a person works now; the version is that of the person."""

    account = AccountCodeField(label=_("Account now"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, user, contact: Contact, **kwargs):
        super().__init__(*args, initial={"version": contact.version}, **kwargs)
        visible = Account.objects.visible_to(user).active()
        self.fields["account"].queryset = visible.exclude(pk=contact.account_id)


class InteractionForm(RecordForm):
    """The correction of an interaction."""

    happened_at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    reason = forms.CharField(required=False, max_length=500, label=_("Reason for the late change"))

    class Meta:
        model = Interaction
        fields = ("kind", "direction", "happened_at", "mood", "subject", "purpose", "result")
        widgets = {"result": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args, is_locked: bool, **kwargs):
        self.is_locked = is_locked
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        if not self.is_locked:
            del self.fields["reason"]


class PlanForm(forms.Form):
    """An interaction to come."""

    kind = forms.ChoiceField(choices=InteractionKind.choices, label=_("Type"), initial=InteractionKind.VISIT)
    on = forms.DateField(label=_("Day"), widget=DateInput)
    at = forms.TimeField(label=_("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    purpose = forms.CharField(label=_("Purpose"), max_length=200, required=False)
    contacts = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label=_("Whom to meet"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, account: Account, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contacts"].queryset = people_to_meet(account)


class TaskForm(forms.ModelForm):
    account = AccountCodeField(required=False, label=_("Account"))

    class Meta:
        model = Task
        fields = ("title", "account", "kind", "due_on", "assignee", "note")
        widgets = {"due_on": DateInput, "note": forms.Textarea(attrs={"rows": 3})}

    KINDS = (TaskKind.TASK, TaskKind.PROMISE_OURS, TaskKind.PROMISE_THEIRS)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = Account.objects.visible_to(user).active()
        self.fields["assignee"].queryset = colleagues(user)
        self.fields["assignee"].initial = user.pk
        self.fields["kind"].choices = [choice for choice in TaskKind.choices if choice[0] in self.KINDS]


class DayForm(forms.Form):
    """A new day for a task or a planned interaction."""

    on = forms.DateField(label=_("New date"), widget=DateInput)


class ReadAllForm(forms.Form):
    """Up to which moment the page showed what it now marks as read."""

    until = forms.DateTimeField(widget=forms.HiddenInput)


class NotificationSettingsForm(forms.Form):
    """What a colleague wants to be told."""

    kinds = forms.MultipleChoiceField(
        label=_("Tell me when"), choices=NotificationKind, widget=forms.CheckboxSelectMultiple, required=False
    )
