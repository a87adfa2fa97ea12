"""The facts that sales offer, registered when the apps are ready."""

from __future__ import annotations

from core.facts import Scope, Source, register
from core.lazy import pd
from sales.facts.orders import (
    ORDER_FACTS,
    RHYTHM_FACTS,
    TENURE_FACTS,
    compute_orders,
    compute_rhythm,
    compute_tenure,
    first_orders,
)
from sales.facts.receivables import RECEIVABLE_FACTS, compute_receivables
from sales.models import Payment, Receivable


def first_events(scope: Scope) -> pd.Series:
    """The first order, receivable or payment of each account, cancelled and empty orders included."""
    days = ((Receivable, "issued_on"), (Payment, "paid_on"))
    series = [first_orders(scope), *(scope.first_days(model.objects.all(), day) for model, day in days)]
    return pd.concat([days for days in series if len(days)] or series[:1])


register(Source("orders", ORDER_FACTS, compute_orders, first_events))
register(Source("rhythm", RHYTHM_FACTS, compute_rhythm))
register(Source("tenure", TENURE_FACTS, compute_tenure))
register(Source("receivables", RECEIVABLE_FACTS, compute_receivables))
