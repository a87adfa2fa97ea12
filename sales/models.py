from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.models.account import AccountChildQuerySet
from core.money import FIELD as MONEY
from sales.choices import OrderKind, PaymentKind


class ExchangeRate(models.Model):
    """How much one unit of a currency was worth in the base currency from a day on."""

    currency = models.CharField(_("currency"), max_length=3)
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["currency", "-valid_from"]
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="exchange_rate_once"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.valid_from}"


class Product(models.Model):
    """Something we sell."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    search_key = models.CharField(max_length=600, editable=False)
    category = models.CharField(_("category"), max_length=100, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    list_price = models.DecimalField(_("list price"), null=True, blank=True, **MONEY)
    cost = models.DecimalField(_("cost"), null=True, blank=True, **MONEY)
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """A sale to an account, or a return from it; amounts in the base currency, net of discount."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="orders", verbose_name=_("account"))
    order_number = models.CharField(_("order number"), max_length=60)
    kind = models.CharField(_("kind"), max_length=6, choices=OrderKind, default=OrderKind.SALE)
    ordered_on = models.DateField(_("ordered on"))
    amount = models.DecimalField(_("amount"), **MONEY)
    currency = models.CharField(_("currency"), max_length=3)
    currency_amount = models.DecimalField(_("amount in its currency"), **MONEY)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=60, blank=True)
    units = models.DecimalField(_("units"), null=True, blank=True, **MONEY)
    cost_amount = models.DecimalField(_("cost"), null=True, blank=True, **MONEY)
    costed_amount = models.DecimalField(_("amount of the lines with cost"), default=0, **MONEY)
    lines_hash = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = AccountChildQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_on", "-pk"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["account", "order_number"], name="order_number_once_per_account")
        ]
        indexes = [
            models.Index(
                name="order_of_account_by_day",
                fields=["account", "ordered_on"],
                include=["kind", "amount", "cancelled_on", "units", "cost_amount", "costed_amount"],
            ),
            models.Index(fields=["-ordered_on", "-id"]),
            models.Index(
                name="order_cancelled",
                fields=["account", "cancelled_on"],
                condition=models.Q(cancelled_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.order_number


class AccountMonth(models.Model):
    """What an account ordered in one calendar month, added up: sums of money and units in whole 1/10,000.

    Orders that are cancelled, on whatever day, are in none of it but ``first_on``. Facts as of any day are put together
    from these rows and the orders of single days; the orders remain the truth.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.IntegerField()
    first_on = models.DateField()
    last_on = models.DateField(null=True)
    orders = models.IntegerField()
    orders_without_units = models.IntegerField()
    revenue = models.BigIntegerField()
    sales_amount = models.BigIntegerField()
    units = models.BigIntegerField()
    costed = models.BigIntegerField()
    costed_sales = models.BigIntegerField()
    cost = models.BigIntegerField()
    first_sale = models.DateField(null=True)
    last_sale = models.DateField(null=True)
    sale_days = models.IntegerField()
    gap_squares = models.BigIntegerField()
    first_gap = models.IntegerField(null=True)

    class Meta:
        verbose_name = _("orders of a month")
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="account_month_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month // 12}-{self.month % 12 + 1:02d}"


class ChangedMonth(models.Model):
    """A month of an account in which orders were written since its sums were made; noted by the database itself."""

    account_id = models.BigIntegerField(db_index=True)
    month = models.IntegerField()

    class Meta:
        verbose_name = _("changed month")

    def __str__(self) -> str:
        return f"{self.account_id} {self.month // 12}-{self.month % 12 + 1:02d}"


class OrderLine(models.Model):
    """One product, quantity and price of an order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="order_lines")
    product_code = models.CharField(_("product code"), max_length=60, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), null=True, blank=True, **MONEY)
    unit_price = models.DecimalField(_("unit price"), null=True, blank=True, **MONEY)
    discount_rate = models.DecimalField(_("discount"), max_digits=7, decimal_places=4, default=0)
    amount = models.DecimalField(_("amount"), **MONEY)
    cost_amount = models.DecimalField(_("cost"), null=True, blank=True, **MONEY)

    class Meta:
        ordering = ["position"]
        verbose_name = _("order line")

    def __str__(self) -> str:
        return f"{self.order} {self.position}"


class Receivable(models.Model):
    """Money an account owes us for what it received: an invoice with a due date."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="receivables", verbose_name=_("account")
    )
    number = models.CharField(_("number"), max_length=60)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="receivables")
    amount = models.DecimalField(_("amount"), **MONEY)
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"))
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = AccountChildQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("receivable")
        verbose_name_plural = _("receivables")
        constraints = [models.UniqueConstraint(fields=["account", "number"], name="receivable_number_once_per_account")]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """Money received, or credited, against a receivable."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="payments", verbose_name=_("account"))
    receivable = models.ForeignKey(
        Receivable,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="payments",
        verbose_name=_("receivable"),
    )
    payment_number = models.CharField(_("payment number"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=PaymentKind, default=PaymentKind.PAYMENT)
    paid_on = models.DateField(_("paid on"))
    amount = models.DecimalField(_("amount"), **MONEY)
    import_key = models.CharField(max_length=64, blank=True, editable=False, db_default="")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1, db_default=1)

    objects = AccountChildQuerySet.as_manager()

    class Meta:
        ordering = ["-paid_on", "-pk"]
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "payment_number"],
                condition=~models.Q(payment_number=""),
                name="payment_number_once_per_account",
            ),
            models.UniqueConstraint(
                fields=["account", "import_key"],
                condition=~models.Q(import_key=""),
                name="payment_without_number_once_per_account",
            ),
        ]

    def __str__(self) -> str:
        return self.payment_number or str(self.pk)
