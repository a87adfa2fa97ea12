"""What orders of the past would have earned under other rules, by the evaluator of the night."""

from __future__ import annotations

from datetime import date

from core.lazy import pd
from loyalty import earning
from loyalty.earning import EarningRule
from loyalty.services.orders import orders_of, tiers_on


def earned_in(since: date, as_of: date, account_ids: range, rules: dict[str, EarningRule]) -> pd.DataFrame:
    """The sales from ``since`` to ``as_of`` with the points of each rule: index order id.

    Columns ``account_id``, ``tier`` (on the day of the sale), ``amount`` (1/10,000, less returns) and one per rule.
    Points are counted whether they wait for payment or not.
    """
    sales, returns = orders_of(account_ids, as_of, since)
    sales = sales.assign(rule=0, settled_on=pd.NaT, tier=tiers_on(account_ids, sales))
    found = sales[["account_id", "tier"]].assign(
        amount=earning.amounts_left(sales, returns).where(~sales["is_cancelled"], 0)
    )
    for name, rule in rules.items():
        target = earning.target_points(sales, returns, [rule])
        found[name] = target["pending"] + target["earned"]
    return found
