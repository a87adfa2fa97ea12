from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.models.account import AccountChildQuerySet
from loyalty.choices import EntryKind
from sales.models import Order

BALANCES = ("available_points", "pending_points", "held_points", "owed_points", "qualifying_points")


class Wallet(models.Model):
    """The points of one account: each balance is the sum of its column over the wallet's ledger entries.

    Available points can be spent, pending ones wait for payment, held ones are set aside for a redemption. What a
    reversal could not take back, because it was spent, is owed: the next points pay it first. Qualifying points count
    what was earned and not reversed, whether spent or not.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="wallet", verbose_name=_("account"))
    available_points = models.BigIntegerField(_("available"), default=0)
    pending_points = models.BigIntegerField(_("waiting for payment"), default=0)
    held_points = models.BigIntegerField(_("set aside"), default=0)
    owed_points = models.BigIntegerField(_("owed"), default=0)
    qualifying_points = models.BigIntegerField(_("qualifying"), default=0)
    entry_count = models.BigIntegerField(default=0)

    objects = AccountChildQuerySet.as_manager()

    class Meta:
        verbose_name = _("points wallet")
        verbose_name_plural = _("points wallets")
        constraints = [
            models.CheckConstraint(condition=Q(**{f"{name}__gte": 0}), name=f"wallet_{name}_not_negative")
            for name in BALANCES
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.available_points}"


class LedgerEntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Entries of the accounts ``user`` may see."""
        return self.filter(wallet__in=Wallet.objects.visible_to(user))


class LedgerEntry(models.Model):
    """One movement of points: what it changed in each balance, why, and what the balances were afterwards.

    Entries are only ever added; the database refuses to change or delete one (`loyalty.protection`).
    """

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="entries", db_index=False)
    number = models.BigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=8, choices=EntryKind)
    happened_on = models.DateField(_("date"))
    available_points = models.BigIntegerField(_("points"), default=0)
    pending_points = models.BigIntegerField(_("waiting for payment"), default=0)
    held_points = models.BigIntegerField(_("set aside"), default=0)
    owed_points = models.BigIntegerField(_("owed"), default=0)
    qualifying_points = models.BigIntegerField(_("qualifying"), default=0)
    available_after = models.BigIntegerField(_("balance"))
    source_key = models.CharField(max_length=100, unique=True)
    idempotency_key = models.CharField(max_length=64, null=True, unique=True)
    order = models.ForeignKey(
        Order, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="ledger_entries"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    rule_number = models.PositiveIntegerField(_("rule version"), null=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["wallet", "-number"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("points ledger")
        constraints = [models.UniqueConstraint(fields=["wallet", "number"], name="ledger_entry_number_once")]

    def __str__(self) -> str:
        return f"{self.wallet_id}/{self.number}"


class LotQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Lots of the accounts ``user`` may see."""
        return self.filter(wallet__in=Wallet.objects.visible_to(user))


class Lot(models.Model):
    """Points that came in together and expire together; whoever spends takes from the lot that expires soonest."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="lots")
    entry = models.OneToOneField(LedgerEntry, on_delete=models.PROTECT, related_name="lot")
    points = models.BigIntegerField(_("points"))
    left_points = models.BigIntegerField(_("left"))
    expires_on = models.DateField(_("last day"), null=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        ordering = [F("expires_on").asc(nulls_last=True), "pk"]
        verbose_name = _("points lot")
        constraints = [
            models.CheckConstraint(
                condition=Q(left_points__gte=0, left_points__lte=F("points")), name="lot_left_within_points"
            )
        ]
        indexes = [
            models.Index(fields=["wallet", "expires_on"], condition=Q(left_points__gt=0), name="lot_with_points_left")
        ]

    def __str__(self) -> str:
        return f"{self.left_points}/{self.points}"


class LotUse(models.Model):
    """Which entry took how many points out of which lot, or gave them back; only ever added, like entries."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="uses")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses")
    points = models.BigIntegerField()

    class Meta:
        verbose_name = _("use of a lot")
        constraints = [models.UniqueConstraint(fields=["entry", "lot"], name="lot_use_once_per_entry")]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.points}"
