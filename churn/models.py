from django.conf import settings
from django.db import models
from django.db.models import CharField, F, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.models.account import AccountChildQuerySet
from churn.choices import AlertEventKind, AlertState, CloseReason, Disposition, Severity
from churn.constants import ALERT_RULE
from core.models import ConfigurationVersion


def source_key(alert: "Alert") -> str:
    """The key under which an alert makes its task once."""
    return f"alert:{alert.pk}"


class AlertQuerySet(AccountChildQuerySet):
    def with_rule_name(self):
        """Each alert with ``rule_name``: what the version that raised it calls the rule, in the page's language."""
        versions = ConfigurationVersion.objects.filter(
            kind=ALERT_RULE, key=OuterRef("rule_key"), number=OuterRef("rule_number")
        )
        names = KeyTransform("name", "document")
        here = KeyTextTransform(get_language() or "en", names)
        name = versions.annotate(shown=Coalesce(here, KeyTextTransform("en", names))).values("shown")
        return self.annotate(rule_name=Coalesce(Subquery(name), F("rule_key"), output_field=CharField()))

    def open(self):
        """Alerts somebody still has to look after."""
        return self.exclude(state=AlertState.CLOSED)

    def live(self):
        """Alerts of nights that were computed when they were news."""
        return self.filter(is_historic=False)

    def still_watched(self, hold_nights: int):
        """Open alerts, and those a colleague closed while their reason lasts: the rule stays silent about these."""
        return self.filter(
            ~Q(state=AlertState.CLOSED) | Q(close_reason=CloseReason.PERSON, quiet_nights__lt=hold_nights)
        )


class Alert(models.Model):
    """A warning that a rule raised about an account: why, since when, and how it stands."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="alerts", verbose_name=_("account"))
    rule_key = models.CharField(_("rule"), max_length=60)
    rule_number = models.PositiveIntegerField(_("rule version"))
    severity = models.CharField(_("severity"), max_length=5, choices=Severity, default=Severity.AMBER)
    state = models.CharField(_("state"), max_length=12, choices=AlertState, default=AlertState.OPEN)
    opened_on = models.DateField(_("opened on"))
    last_fired_on = models.DateField()
    last_evaluated_on = models.DateField()
    quiet_nights = models.PositiveSmallIntegerField(default=0)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    close_reason = models.CharField(_("closed because"), max_length=16, choices=CloseReason, blank=True)
    disposition = models.CharField(_("finding"), max_length=10, choices=Disposition, blank=True)
    reason = models.JSONField(default=dict)
    is_historic = models.BooleanField(_("historic"), default=False)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-pk"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "rule_key"],
                condition=~Q(state="closed") & Q(is_historic=False),
                name="alert_one_open_per_rule",
            )
        ]
        indexes = [models.Index(fields=["state", "opened_on"]), models.Index(fields=["rule_key", "state"])]

    def __str__(self) -> str:
        return f"{self.rule_key} · {self.account}"


class AlertEvent(models.Model):
    """One change in the life of an alert: what, when, by whom (nobody: by the night), and why."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events", verbose_name=_("alert"))
    kind = models.CharField(_("what"), max_length=12, choices=AlertEventKind)
    state = models.CharField(_("state"), max_length=12, choices=AlertState)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    as_of = models.DateField(_("night of"), null=True, blank=True)
    close_reason = models.CharField(_("closed because"), max_length=16, choices=CloseReason, blank=True)
    disposition = models.CharField(_("finding"), max_length=10, choices=Disposition, blank=True)
    happened_at = models.DateTimeField(_("when"), null=True, blank=True, default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("change of an alert")
        verbose_name_plural = _("changes of alerts")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.alert_id}"

    @property
    def why(self) -> str:
        """What was found, or the reason the night had; '' where the change says it by itself."""
        return self.get_disposition_display() if self.disposition else self.get_close_reason_display()
