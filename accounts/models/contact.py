from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import BuyingRole, Consent, Stance
from accounts.models.account import Account, AccountChildQuerySet
from core.dated import DatedValue
from users.choices import Level


class ContactQuerySet(AccountChildQuerySet):
    def active(self):
        return self.filter(archived_at__isnull=True)

    def present(self):
        """Those who have not left the account."""
        return self.active().filter(left_on__isnull=True)


class ContactHistory(DatedValue):
    """What a contact's account, buying role, stance, level and boss were, and since when."""

    subject = models.ForeignKey("accounts.Contact", on_delete=models.CASCADE, related_name="dated_values")


class Contact(models.Model):
    """A person at the customer."""

    DATED_FIELDS = ("account", "buying_role", "stance", "level", "department", "reports_to")
    dated_model = ContactHistory

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=100)
    search_key = models.CharField(max_length=600, editable=False)
    title = models.CharField(_("title"), max_length=100, blank=True)
    department = models.CharField(_("department"), max_length=100, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, null=True, blank=True)
    buying_role = models.CharField(_("buying role"), max_length=20, choices=BuyingRole, blank=True)
    stance = models.SmallIntegerField(_("stance"), choices=Stance, null=True, blank=True)
    reports_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="reports", verbose_name=_("reports to")
    )
    is_placeholder = models.BooleanField(_("not yet known by name"), default=False)
    email = models.EmailField(_("e-mail"), blank=True)
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    wechat = models.CharField(_("WeChat"), max_length=60, blank=True)
    character = models.CharField(_("character"), max_length=200, blank=True)
    style = models.CharField(_("style"), max_length=200, blank=True)
    hobbies = models.CharField(_("hobbies"), max_length=200, blank=True)
    buying_habits = models.CharField(_("buying habits"), max_length=200, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("month of birth"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(_("day of birth"), null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    is_birthday_lunar = models.BooleanField(_("birthday in the lunar calendar"), default=False)
    consent = models.CharField(_("consent"), max_length=8, choices=Consent, default=Consent.UNKNOWN)
    note = models.TextField(_("note"), blank=True)
    joined_on = models.DateField(_("joined on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_on = models.DateField(_("created on"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_on__isnull=True)
                | models.Q(left_on__gte=models.F("joined_on"))
                | models.Q(joined_on__isnull=True),
                name="contact_leaves_after_joining",
            )
        ]

    def __str__(self) -> str:
        return self.name
