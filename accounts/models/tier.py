from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from core.money import FIELD as MONEY


class Tier(models.Model):
    """A class of accounts and the service it is promised."""

    code = models.CharField(_("tier"), max_length=2, unique=True)
    name = models.CharField(_("name"), max_length=50)
    name_zh = models.CharField(_("Chinese name"), max_length=50, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), unique=True)
    visit_cadence_days = models.PositiveSmallIntegerField(_("visit every (days)"), null=True, blank=True)
    executive_cadence_days = models.PositiveSmallIntegerField(_("executive visit every (days)"), null=True, blank=True)
    response_hours = models.PositiveSmallIntegerField(_("answer within (hours)"), null=True, blank=True)
    credit_days = models.PositiveSmallIntegerField(_("credit (days)"), null=True, blank=True)
    gift_budget_amount = models.DecimalField(_("gift budget"), null=True, blank=True, **MONEY)
    points_multiplier = models.DecimalField(_("points multiplier"), max_digits=5, decimal_places=2, default=1)
    review_frequency_days = models.PositiveSmallIntegerField(_("review every (days)"), null=True, blank=True)

    class Meta:
        ordering = ["rank"]
        verbose_name = _("tier")

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> str:
        """The tier's name in the language of the page."""
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name


class StandingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Standings of the accounts ``user`` may see."""
        return self.filter(account__in=Account.objects.visible_to(user))


class Standing(models.Model):
    """Where an account stands as of last night: tier, score, classes and the figures lists need."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="standing")
    as_of = models.DateField()
    calculated_at = models.DateTimeField()
    tier = models.ForeignKey(Tier, null=True, on_delete=models.PROTECT, related_name="standings")
    value_score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    confidence_rate = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    is_too_little_known = models.BooleanField(default=False)
    contributions = models.JSONField(default=list)
    recency_class = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(5)])
    frequency_class = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(5)])
    monetary_class = models.PositiveSmallIntegerField(null=True, validators=[MaxValueValidator(5)])
    rfm_segment = models.CharField(max_length=3, blank=True)
    revenue_365d = models.DecimalField(default=0, **MONEY)
    revenue_prev365d = models.DecimalField(default=0, **MONEY)
    revenue_growth_rate = models.FloatField(null=True)
    orders_365d = models.PositiveIntegerField(default=0)
    last_order_on = models.DateField(null=True)
    overdue_amount = models.DecimalField(default=0, **MONEY)
    last_interaction_on = models.DateField(null=True)
    last_visit_on = models.DateField(null=True)
    lifetime_as_of = models.DateField(null=True)
    expected_orders_12m = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    expected_revenue_12m = models.DecimalField(null=True, **MONEY)
    lifetime_value_36m = models.DecimalField(null=True, **MONEY)
    no_order_probability = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    configuration = models.JSONField(default=dict)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")
        indexes = [
            models.Index(fields=["tier", "revenue_365d"]),
            models.Index(fields=["revenue_365d"]),
            models.Index(fields=["value_score"]),
            models.Index(fields=["lifetime_value_36m"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(no_order_probability__isnull=True)
                | Q(no_order_probability__gte=0, no_order_probability__lte=1),
                name="standing_no_order_probability",
            ),
            models.CheckConstraint(
                condition=Q(confidence_rate__isnull=True) | Q(confidence_rate__gte=0, confidence_rate__lte=1),
                name="standing_confidence_rate",
            ),
            models.CheckConstraint(
                condition=Q(value_score__isnull=True) | Q(value_score__gte=0, value_score__lte=100),
                name="standing_value_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.tier or '–'}"
