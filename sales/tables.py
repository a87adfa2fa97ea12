"""The lists of orders, receivables, payments and products, declared once for page and export."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.periods import business_date
from core.tables import Column, Table
from sales.choices import OrderKind, PaymentKind


def account_url(row) -> str:
    return reverse("account_page", args=[row.account_id])


def order_kind(order):
    """What the order is, or that it no longer counts."""
    return pgettext_lazy("order", "Cancelled") if order.cancelled_on else order.get_kind_display()


def order_tone(order) -> str:
    """A return stands out, a cancelled order too."""
    return "bad" if order.cancelled_on else "warn" if order.kind == OrderKind.RETURN else ""


def receivable_state(receivable):
    if receivable.open_amount <= 0:
        return _("Paid")
    days = (business_date() - receivable.due_on).days
    return _("%(days)d d late") % {"days": days} if days > 0 else pgettext_lazy("receivable", "Open")


def receivable_tone(receivable) -> str:
    is_late = receivable.open_amount > 0 and receivable.due_on < business_date()
    return "bad" if is_late else "info" if receivable.open_amount > 0 else ""


class OrderTable(Table):
    columns = (
        Column(
            "order_number",
            _("Order"),
            href=lambda row: reverse("sales:order_page", args=[row.pk]),
            ordering="order_number",
        ),
        Column("account", _("Account"), value="account.name", href=account_url, ordering="account__name"),
        Column(
            "kind",
            _("Kind"),
            kind="badge",
            value=order_kind,
            tone=order_tone,
            export=lambda row: row.get_kind_display(),
        ),
        Column("ordered_on", _("Ordered on"), kind="date", ordering="ordered_on"),
        Column("amount", _("Amount"), kind="amount", ordering="amount", phone="side"),
        Column("currency", _("Currency"), phone=""),
        Column("units", _("Units"), kind="number", phone=""),
        Column("cost_amount", _("Cost"), kind="amount", is_sensitive=True, phone=""),
        Column("cancelled_on", _("Cancelled on"), kind="date", ordering="cancelled_on", phone=""),
    )
    default_ordering = "-ordered_on"


class ReceivableTable(Table):
    columns = (
        Column("number", _("Receivable"), ordering="number", phone="meta"),
        Column(
            "account", _("Account"), value="account.name", href=account_url, ordering="account__name", phone="title"
        ),
        Column("state", _("State"), kind="badge", value=receivable_state, tone=receivable_tone),
        Column("issued_on", _("Issued on"), kind="date", ordering="issued_on", phone=""),
        Column("due_on", _("Due on"), kind="date", ordering="due_on"),
        Column("amount", _("Amount"), kind="amount", ordering="amount", phone=""),
        Column("paid_amount", _("Paid"), kind="amount", phone=""),
        Column("open_amount", _("Open amount"), kind="amount", ordering="open_units", phone="side"),
    )
    default_ordering = "due_on"


class PaymentTable(Table):
    columns = (
        Column("account", _("Account"), value="account.name", href=account_url, ordering="account__name"),
        Column("paid_on", _("Paid on"), kind="date", ordering="paid_on"),
        Column("kind", _("Kind"), kind="badge", tone=lambda row: "info" if row.kind == PaymentKind.CREDIT else ""),
        Column("payment_number", _("Payment"), ordering="payment_number"),
        Column("receivable", _("Receivable"), value="receivable.number"),
        Column("amount", _("Amount"), kind="amount", ordering="amount", phone="side"),
    )
    default_ordering = "-paid_on"


class ProductTable(Table):
    columns = (
        Column("name", _("Product"), ordering="name"),
        Column("code", _("Code"), ordering="code"),
        Column("category", _("Category"), ordering="category"),
        Column("unit", _("Unit"), phone=""),
        Column("list_price", _("List price"), kind="amount", ordering="list_price"),
        Column("cost", _("Cost"), kind="amount", ordering="cost", is_sensitive=True, phone=""),
        Column("is_active", _("On sale"), kind="bool", phone=""),
    )
    default_ordering = "name"


def rate_text(row) -> str:
    """The rate with the places it has; two would hide what it is."""
    return format(row.rate.normalize(), "f")


class RateTable(Table):
    columns = (
        Column("currency", _("Currency"), ordering="currency"),
        Column("valid_from", _("Valid from"), kind="date", ordering="valid_from"),
        Column("rate", _("Rate"), value=rate_text, ordering="rate", export=lambda row: row.rate),
    )
    default_ordering = "-valid_from"


class WritableRateTable(RateTable):
    """For who may correct a rate: the currency leads to its form."""

    columns = (
        replace(RateTable.columns[0], href=lambda row: reverse("sales:rate_edit", args=[row.pk])),
        *RateTable.columns[1:],
    )
