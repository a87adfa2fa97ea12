from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Tier
from accounts.models.account import AccountChildQuerySet
from loyalty.choices import CorrectionState, RedemptionState, RewardKind, StockKind


class RewardQuerySet(models.QuerySet):
    def on_offer(self):
        """Rewards that can be asked for today."""
        return self.filter(Q(stock__isnull=True) | Q(stock__gt=0), is_active=True)


class Reward(models.Model):
    """Something an account can get for its points."""

    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    kind = models.CharField(_("kind"), max_length=7, choices=RewardKind, default=RewardKind.GIFT)
    description = models.TextField(_("description"), blank=True)
    points = models.PositiveIntegerField(_("points"))
    stock = models.PositiveIntegerField(_("in stock"), null=True, blank=True)
    minimum_tier = models.ForeignKey(
        Tier, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("from tier")
    )
    yearly_limit = models.PositiveIntegerField(_("at most per account and year"), null=True, blank=True)
    is_active = models.BooleanField(_("on offer"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects = RewardQuerySet.as_manager()

    class Meta:
        ordering = ["points", "name"]
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        constraints = [models.CheckConstraint(condition=Q(points__gt=0), name="reward_costs_points")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The reward's name in the language of the page."""
        return self.name_zh if self.name_zh and (get_language() or "").startswith("zh") else self.name


class Redemption(models.Model):
    """An account's wish for a reward: its points are set aside until it is handed over, rejected or withdrawn."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="redemptions", verbose_name=_("account")
    )
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions", verbose_name=_("reward"))
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    points = models.PositiveIntegerField(_("points"))
    state = models.CharField(_("state"), max_length=9, choices=RedemptionState, default=RedemptionState.REQUESTED)
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="redemptions", verbose_name=_("for")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    decision_note = models.CharField(_("reason"), max_length=300, blank=True)
    idempotency_key = models.CharField(max_length=64, null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(null=True)
    fulfilled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = AccountChildQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="redemption_of_something"),
            models.UniqueConstraint(fields=["requested_by", "idempotency_key"], name="redemption_asked_once"),
        ]
        indexes = [models.Index(fields=["state", "-requested_at"])]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.reward}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision or for its handing over."""
        return self.state in (RedemptionState.REQUESTED, RedemptionState.APPROVED)


class StockMovement(models.Model):
    """How the stock of a reward changed: why, by how many, and what was in stock afterwards."""

    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="movements", verbose_name=_("reward"))
    kind = models.CharField(_("kind"), max_length=8, choices=StockKind)
    quantity = models.IntegerField(_("quantity"))
    stock_after = models.PositiveIntegerField(_("in stock"))
    redemption = models.ForeignKey(Redemption, null=True, on_delete=models.PROTECT, related_name="stock_movements")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [models.CheckConstraint(condition=~Q(quantity=0), name="stock_movement_of_something")]

    def __str__(self) -> str:
        return f"{self.quantity:+d} {self.reward}"


class Correction(models.Model):
    """Points one colleague proposes to add or take away by hand, and another confirms."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="points_corrections", verbose_name=_("account")
    )
    points = models.IntegerField(_("points"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=9, choices=CorrectionState, default=CorrectionState.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = AccountChildQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        verbose_name = _("points correction")
        constraints = [models.CheckConstraint(condition=~Q(points=0), name="correction_of_something")]

    def __str__(self) -> str:
        return f"{self.points:+d}"
