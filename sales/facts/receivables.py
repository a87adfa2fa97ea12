"""Facts on receivables: how long they take to be paid, how late, and what is overdue."""

from __future__ import annotations

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from core.database import TenThousandths, integer_sum
from core.facts import Direction, Fact, FactKind, Scope
from core.lazy import pd
from sales import settlement
from sales.choices import PaymentKind
from sales.models import Payment, Receivable

RECEIVABLES = "sales.Receivable, sales.Payment"


def compute_receivables(scope: Scope) -> pd.DataFrame:
    """Facts on receivables issued by the day, with what was paid on them by then."""
    issued = scope.rows_of(Receivable.objects.filter(issued_on__lte=scope.as_of))
    columns = ["pk", "account_id", "issued_on", "due_on"]
    rows = issued.annotate(whole=TenThousandths("amount")).values_list(*columns, "whole")
    receivables = scope.frame(rows, [*columns, "amount"], dates=["issued_on", "due_on"]).set_index("pk")
    paid = scope.rows_of(
        Payment.objects.filter(paid_on__lte=scope.as_of, receivable__issued_on__lte=scope.as_of),
        "receivable__account_id",
    )
    days = paid.values_list("receivable__account_id", "receivable_id", "paid_on").annotate(
        amount=integer_sum("amount"), payments=Count("pk", filter=Q(kind=PaymentKind.PAYMENT))
    )
    names = ["account_id", "receivable_id", "paid_on", "amount", "payments"]
    payments = scope.frame(days, names, dates=["paid_on"])
    return settlement.receivable_facts(receivables, payments, scope.as_of)


SETTLED = "over the receivables that payments and credits covered within the days d with D−365 < d ≤ D"
RECEIVABLE_FACTS = (
    Fact(
        key="payment_days_avg_365d",
        label=_("Payment cycle"),
        kind=FactKind.AVERAGE,
        unit="days",
        direction=Direction.LOWER,
        description=f"Σ amount·(settled − issued) / Σ amount {SETTLED}; null without one.",
        source=RECEIVABLES,
    ),
    Fact(
        key="payment_days_late_avg_365d",
        label=_("Days paid late"),
        kind=FactKind.AVERAGE,
        unit="days",
        direction=Direction.LOWER,
        description=f"Σ amount·max(0, settled − due) / Σ amount {SETTLED}; null without one.",
        source=RECEIVABLES,
    ),
    Fact(
        key="overdue_amount",
        label=_("Overdue"),
        kind=FactKind.AMOUNT,
        unit="base currency",
        direction=Direction.LOWER,
        description="Σ max(0, amount − credits − payments up to D) over the receivables issued by D and due before D.",
        source=RECEIVABLES,
    ),
    Fact(
        key="overdue_days",
        label=_("Days overdue"),
        kind=FactKind.DAYS,
        unit="days",
        direction=Direction.LOWER,
        description="D − the earliest due date among the overdue receivables; null when nothing is overdue.",
        source=RECEIVABLES,
    ),
)
