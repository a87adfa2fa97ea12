from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.choices import AccountKind, AccountSize, AccountStatus, MemberRole, ProcurementMode
from core.dated import DatedValue
from core.money import FIELD as MONEY
from users.choices import Role
from users.models import Team


class AccountQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The accounts ``user`` may see: all; a manager's branch of teams; or those whose account team they are on."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.sees_everything:
            return self
        on_team = Q(pk__in=AccountMember.objects.current().filter(user=user).values("account"))
        if user.role == Role.MANAGER:
            on_team |= Q(team__in=Team.objects.under(user.team), owner__isnull=False)
        return self.filter(on_team)

    def active(self):
        return self.filter(archived_at__isnull=True, merged_into__isnull=True)

    def unassigned(self):
        return self.active().filter(owner__isnull=True)


class AccountChildQuerySet(models.QuerySet):
    """For every record that hangs on an account: it is visible exactly where its account is."""

    def visible_to(self, user):
        """Rows of the accounts ``user`` may see."""
        if user.is_authenticated and user.is_active and user.sees_everything:
            return self
        return self.filter(account__in=Account.objects.visible_to(user))


class AccountHistory(DatedValue):
    """What an account's owner, team, tier, status, industry and region were, and since when."""

    subject = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="dated_values")

    class Meta:
        indexes = [models.Index(fields=["field", "subject", "valid_from"])]


class Account(models.Model):
    """A customer, or somebody who may become one."""

    DATED_FIELDS = ("owner", "team", "status", "industry", "region", "kind", "parent")
    dated_model = AccountHistory

    code = models.CharField(_("code"), max_length=40, unique=True)
    credit_code = models.CharField(_("unified credit code"), max_length=18, null=True, blank=True, unique=True)
    name = models.CharField(_("name"), max_length=200)
    other_name = models.CharField(_("name in the other language"), max_length=200, blank=True)
    name_key = models.CharField(max_length=200, db_index=True, editable=False)
    search_key = models.CharField(max_length=600, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=AccountKind, default=AccountKind.ENTERPRISE)
    status = models.CharField(_("status"), max_length=10, choices=AccountStatus, default=AccountStatus.ACTIVE)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    size = models.CharField(_("size"), max_length=12, choices=AccountSize, blank=True)
    business_type = models.CharField(_("business type"), max_length=100, blank=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    country = CountryField(_("country"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    website = models.URLField(_("website"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="subsidiaries",
        verbose_name=_("parent account"),
    )
    opinion_leader = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followers",
        verbose_name=_("opinion leader"),
    )
    procurement_mode = models.CharField(_("procurement mode"), max_length=20, choices=ProcurementMode, blank=True)
    source_channel = models.CharField(_("source channel"), max_length=100, blank=True)
    cooperation_started_on = models.DateField(_("start of cooperation"), null=True, blank=True)
    employee_count = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    credit_limit_amount = models.DecimalField(_("credit limit"), null=True, blank=True, **MONEY)
    credit_rating = models.CharField(_("credit rating"), max_length=20, blank=True)
    note = models.TextField(_("note"), blank=True)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_accounts",
        verbose_name=_("owner"),
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("team")
    )
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_on = models.DateField(_("created on"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [models.Index(fields=["owner"]), models.Index(fields=["name", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def last_night(self):
        """The standing of last night; None for an account that no night has seen yet."""
        return getattr(self, "standing", None)

    @property
    def current_tier(self):
        """The tier as of last night, None without one."""
        return self.last_night.tier if self.last_night else None


class AccountMemberQuerySet(models.QuerySet):
    def current(self):
        return self.filter(valid_to__isnull=True)

    def as_of(self, day: date):
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


class AccountMember(models.Model):
    """A colleague on the account team, from a day to a day; the owner is always one of them."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="account_memberships")
    role = models.CharField(_("role"), max_length=12, choices=MemberRole, default=MemberRole.SALES)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = AccountMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("account team member")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user"], condition=Q(valid_to__isnull=True), name="account_member_once"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=Q(valid_to__isnull=True, role="owner"), name="account_one_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.account}"


class AccountNumber(models.Model):
    """The last number given to an account that came without a code; one row."""

    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)
