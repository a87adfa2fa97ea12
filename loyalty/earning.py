"""What orders earn: pure calculation, in whole 1/10,000 of the base currency and whole points.

A sale earns on what is left of it: its amount less the returns after it. A return belongs to the latest sales before
it, as far as they reach. The points of an order are the whole part of (amount left × multiplier / amount per point), so
that taking a part back takes its points in proportion, and the last part the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.lazy import np, pd

TEN_THOUSAND = 10_000
HUNDREDTHS = 100


@dataclass(frozen=True)
class EarningRule:
    """One version of the points rules.

    ``amount_per_point`` in the base currency; ``multipliers`` by tier code (1 where a tier is not named); no sale
    before ``starts_on`` (None: not yet) or below ``minimum_amount`` earns. ``waits_for_payment``: points are pending
    until the sale is paid.
    """

    number: int
    amount_per_point: Decimal
    minimum_amount: Decimal = Decimal(0)
    starts_on: date | None = None
    waits_for_payment: bool = True
    multipliers: tuple[tuple[str, Decimal], ...] = ()

    def points(self, left: pd.Series, tiers: pd.Series) -> pd.Series:
        """Points for each amount ``left`` (1/10,000) of an order of an account of tier ``tiers``."""
        hundredths = {tier: int(multiplier * HUNDREDTHS) for tier, multiplier in self.multipliers}
        factor = tiers.map(hundredths).fillna(HUNDREDTHS).astype("int64")
        per_point = int(self.amount_per_point * TEN_THOUSAND) * HUNDREDTHS
        return (left.clip(lower=0) * factor) // per_point

    def earns(self, sales: pd.DataFrame) -> pd.Series:
        """Which sales earn under this rule, by day and amount."""
        is_late_enough = sales["ordered_on"] >= pd.Timestamp(self.starts_on or date.max)
        return (sales["amount"] >= int(self.minimum_amount * TEN_THOUSAND)) & is_late_enough


def amounts_left(sales: pd.DataFrame, returns: pd.DataFrame) -> pd.Series:
    """What is left of each sale after the returns.

    ``sales``: index order id; ``account_id``, ``ordered_on``, ``amount``. ``returns``: ``account_id``, ``ordered_on``,
    ``amount`` (at most 0). A return before the first sale takes from none.
    """
    left = sales["amount"].copy()
    by_account = {key: rows.sort_values("ordered_on") for key, rows in sales.groupby("account_id")}
    for account_id, rows in returns.sort_values("ordered_on").groupby("account_id"):
        if account_id in by_account:
            taken = latest_first(by_account[account_id], rows[["ordered_on", "amount"]].itertuples(index=False))
            left[list(taken)] -= np.array(list(taken.values()))
    return left


def latest_first(sales: pd.DataFrame, returns: Iterable[tuple]) -> dict[int, int]:
    """Sale → what returns took from it; ``sales`` of one account by day, ``returns`` by day."""
    waiting = list(sales[["ordered_on", "amount"]].itertuples())
    stack: list[list[int]] = []
    taken: dict[int, int] = {}
    for day, amount in returns:
        while waiting and waiting[0].ordered_on <= day:
            sale = waiting.pop(0)
            stack.append([sale.Index, sale.amount])
        rest = -amount
        while rest and stack:
            part = min(rest, stack[-1][1])
            taken[stack[-1][0]] = taken.get(stack[-1][0], 0) + part
            stack[-1][1] -= part
            rest -= part
            if not stack[-1][1]:
                stack.pop()
    return taken


def target_points(sales: pd.DataFrame, returns: pd.DataFrame, rules: Sequence[EarningRule]) -> pd.DataFrame:
    """What the ledger should say of each sale: ``pending`` and ``earned`` points, the rule, and the days.

    ``sales`` besides `amounts_left`: ``rule`` (the position in ``rules`` of the one in force on its day), ``tier`` (on
    its day), ``settled_on`` (NaT while unpaid) and ``is_cancelled``. Index order id.
    """
    left = amounts_left(sales, returns)
    points = pd.Series(0, index=sales.index, dtype="int64")
    is_earned = sales["settled_on"].notna()
    for position, rule in enumerate(rules):
        mine = (sales["rule"] == position) & ~sales["is_cancelled"] & rule.earns(sales)
        points[mine] = rule.points(left[mine], sales.loc[mine, "tier"])
        if not rule.waits_for_payment:
            is_earned |= mine
    return pd.DataFrame(
        {
            "account_id": sales["account_id"],
            "pending": points.where(~is_earned, 0),
            "earned": points.where(is_earned, 0),
            "rule": sales["rule"],
            "ordered_on": sales["ordered_on"],
            "settled_on": sales["settled_on"],
        }
    )
