"""Reads of orders, receivables, payments and products that pages, exports and the API share."""

from __future__ import annotations

from datetime import date

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Coalesce

from core.database import TEN_THOUSAND, MoneyField, TenThousandths, integer_sum
from core.facts import Scope
from core.lazy import pd
from sales.choices import OrderKind
from sales.models import Order, Payment, Product, Receivable


def order_rows(user) -> QuerySet[Order]:
    """A row is a sale or a return of an account the user may see."""
    return Order.objects.visible_to(user).select_related("account")


def order_with_lines(user) -> QuerySet[Order]:
    """Orders the user may see, each with its lines and receivables at hand."""
    return order_rows(user).select_related("account__team").prefetch_related("lines__product", "receivables")


def receivable_rows(user, *, as_of: date) -> QuerySet[Receivable]:
    """A row is a receivable with ``paid_amount`` and ``open_amount`` as of the end of ``as_of``."""
    paid = Coalesce(integer_sum("payments__amount", where=Q(payments__paid_on__lte=as_of)), 0)
    return (
        Receivable.objects.visible_to(user)
        .select_related("account")
        .annotate(paid_amount=ExpressionWrapper(paid, output_field=MoneyField()))
        .annotate(
            open_amount=ExpressionWrapper(TenThousandths("amount") - F("paid_amount"), output_field=MoneyField()),
            open_units=ExpressionWrapper(TenThousandths("amount") - paid, output_field=BigIntegerField()),
        )
    )


def still_open(rows: QuerySet[Receivable]) -> QuerySet[Receivable]:
    """The receivables of which something is unpaid."""
    return rows.filter(open_units__gt=0)


def overdue(rows: QuerySet[Receivable], *, as_of: date) -> QuerySet[Receivable]:
    """The receivables that were due before ``as_of`` and are not fully paid."""
    return still_open(rows).filter(due_on__lt=as_of)


def payment_rows(user) -> QuerySet[Payment]:
    """A row is a payment or a credit note of an account the user may see."""
    return Payment.objects.visible_to(user).select_related("account", "receivable")


def product_rows() -> QuerySet[Product]:
    """A row is a product; products belong to the company, not to an account."""
    return Product.objects.order_by("name", "pk")


def order_days(scope: Scope) -> pd.DataFrame:
    """A row is a day on which an account of ``scope`` bought: account_id, day, amount (base currency, 0 or more).

    Counted are sales with an amount of 0 or more up to the day of the scope that were not cancelled by then; merged
    accounts count in their survivor, and a day of both is one row.
    """
    sales = Order.objects.filter(kind=OrderKind.SALE, amount__gte=0, ordered_on__lte=scope.as_of)
    sales = scope.rows_of(sales.exclude(Q(cancelled_on__isnull=False) & Q(cancelled_on__lte=scope.as_of)))
    rows = sales.values_list("account_id", "ordered_on").annotate(total=integer_sum("amount"))
    days = scope.frame(rows, ["account_id", "day", "amount"], dates=["day"])
    days = days.groupby(["account_id", "day"], as_index=False)["amount"].sum()
    return days.assign(amount=days["amount"] / TEN_THOUSAND)
