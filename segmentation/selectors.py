"""What the models of lifetime value read: how accounts have ordered, and the last fit."""

from __future__ import annotations

from datetime import date

from core import facts
from core.facts import Scope
from core.lazy import pd
from sales.selectors import order_days
from segmentation.clv.histories import histories
from segmentation.clv.holdout import orders_within
from segmentation.models import LifetimeValueFit

COLUMNS = ("x", "t_x_days", "age_days", "spend_days", "spend_mean")


def order_histories(as_of: date) -> pd.DataFrame:
    """The history of every account with an order day up to ``as_of``, as it was known then; by account, ascending."""
    survivors = facts.population().survivors()
    frames = [histories(order_days(Scope(as_of, ids, survivors)), as_of) for ids in facts.everybody()]
    frames = [frame for frame in frames if len(frame)]
    return pd.concat(frames).sort_index() if frames else pd.DataFrame(columns=list(COLUMNS), dtype="float64")


def orders_after(accounts: pd.Index, start: date, end: date) -> pd.Series:
    """The order days of each of ``accounts`` after ``start`` and up to ``end``."""
    survivors = facts.population().survivors()
    pieces = [
        orders_within(order_days(Scope(end, ids, survivors)), accounts[accounts.isin(ids)], start, end)
        for ids in facts.everybody()
    ]
    return pd.concat(pieces) if pieces else pd.Series(0, index=accounts)


def latest_fit(as_of: date | None = None) -> LifetimeValueFit | None:
    """The last fit (up to ``as_of``), None before the first one."""
    fits = LifetimeValueFit.objects.all()
    return (fits.filter(as_of__lte=as_of) if as_of else fits).order_by("-as_of").first()
