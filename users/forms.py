"""Forms about people: what may be typed, never what it does."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from users.choices import Sharing, TokenScope
from users.constants import COMMON_TIME_ZONES
from users.models import Department, SavedView, Team, User
from users.permissions import can_share_views


def time_zone_choices() -> list[tuple]:
    """The installation's own zone first, then the usual ones, then all."""
    others = sorted(zone for zone in available_timezones() if "/" in zone and zone not in COMMON_TIME_ZONES)
    own = _("Business time zone (%(zone)s)") % {"zone": settings.BUSINESS_TIME_ZONE}
    return [("", own), *((zone, zone.replace("_", " ")) for zone in (*COMMON_TIME_ZONES, *others))]


class SignInForm(AuthenticationForm):
    """User name and password."""

    error_messages = {
        "invalid_login": _("User name and password do not match. Mind upper and lower case."),
        "inactive": _("User name and password do not match. Mind upper and lower case."),
    }


class PasswordResetRequestForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class NewPasswordForm(forms.Form):
    """A new password, typed twice and held to the rules for ``user``."""

    new_password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters, not a common password, not like your name."),
    )
    new_password_again = forms.CharField(
        label=_("New password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args, user: User, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self):
        data = super().clean()
        first, again = data.get("new_password"), data.get("new_password_again")
        if first and again and first != again:
            self.add_error("new_password_again", _("The two passwords differ."))
        return data

    def clean_new_password(self):
        password = self.cleaned_data["new_password"]
        password_validation.validate_password(password, self.user)
        return password


class PasswordChangeForm(NewPasswordForm):
    """The old password proves who sits at the keyboard."""

    old_password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old_password", "new_password", "new_password_again"]

    def clean_old_password(self):
        if not self.user.check_password(self.cleaned_data["old_password"]):
            raise forms.ValidationError(_("This is not your present password."))
        return self.cleaned_data["old_password"]


class ProfileForm(forms.ModelForm):
    """What a colleague may change about themselves: never role, team or department."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        required=False,
        widget=forms.Select(attrs={"translate": "no"}),
    )
    theme = forms.ChoiceField(
        label=_("Appearance"),
        required=False,
        choices=[("", _("Like the device")), ("light", pgettext_lazy("theme", "Light")), ("dark", _("Dark"))],
    )

    class Meta:
        model = User
        fields = ("name", "email", "language", "time_zone", "theme")


class PreferencesForm(forms.Form):
    """One small choice at a time: theme or language."""

    theme = forms.ChoiceField(choices=[("", ""), ("light", ""), ("dark", "")], required=False)
    language = forms.ChoiceField(choices=settings.LANGUAGES, required=False)


class UserForm(forms.ModelForm):
    """What an administrator says about a colleague."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = ("name", "username", "email", "role", "team", "department", "level", "language")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        self.fields["username"].help_text = _("For signing in. Letters, digits and @ . + - _ only.")
        present = self.instance.team_id
        open_teams = Team.objects.filter(is_active=True) | Team.objects.filter(pk=present)
        self.fields["team"].queryset = open_teams
        self.fields["team"].label_from_instance = indented_name


class NewUserForm(UserForm):
    """As above, with an initial password that may be left to the colleague."""

    password = forms.CharField(
        label=_("Initial password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave it empty to mail a link with which the colleague chooses a password."),
    )

    def clean_password(self):
        if password := self.cleaned_data["password"]:
            password_validation.validate_password(password, self.instance)
        return password


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ("name", "parent")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        candidates = Team.objects.filter(is_active=True)
        if self.instance.pk:
            candidates = candidates.exclude(path__startswith=self.instance.path)
        self.fields["parent"].queryset = candidates | Team.objects.filter(pk=self.instance.parent_id)
        self.fields["parent"].label_from_instance = indented_name


class DepartmentForm(forms.ModelForm):
    class Meta:
        model = Department
        fields = ("name",)


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What the token is for, such as “ERP”."))
    scope = forms.ChoiceField(label=_("Scope"), choices=TokenScope)


class SavedViewForm(forms.ModelForm):
    """Name and audience of a saved view; who may not share has no choice of audience."""

    is_default = forms.BooleanField(label=_("Open the list with it"), required=False)

    class Meta:
        model = SavedView
        fields = ("name", "sharing")
        labels = {"name": _("Name"), "sharing": _("Who sees it")}
        help_texts = {"sharing": _("The view is shared, not the rows: everybody sees their own accounts in it.")}

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sharing"].required = False
        if not can_share_views(user):
            self.fields["sharing"].choices = [(Sharing.MINE, Sharing.MINE.label)]
            self.fields["sharing"].widget = forms.HiddenInput()

    def clean_sharing(self) -> str:
        return self.cleaned_data["sharing"] or Sharing.MINE

    def validate_unique(self) -> None:
        """Left to the service."""

    def validate_constraints(self) -> None:
        """Left to the service."""


class ViewQueryForm(SavedViewForm):
    """A new saved view: the list and its address beside the name."""

    list_key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    query = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)
    field_order = ["name", "sharing"]


class ColumnsForm(forms.Form):
    """The columns of a list, and which of them goes a place up or down; the keys come beside it, in their order."""

    list_key = forms.CharField(max_length=60)
    query = forms.CharField(max_length=2000, required=False)
    base = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    move = forms.CharField(max_length=60, required=False)
    reset = forms.BooleanField(required=False)


def indented_name(team: Team) -> str:
    """The team's name, indented by its depth in the tree."""
    return "\u2003" * team.depth + team.name
