"""How regularly an account buys: pure statistics of the gaps between its sale days."""

from __future__ import annotations

from core.lazy import pd


def gap_facts(days: pd.DataFrame) -> pd.DataFrame:
    """Number of distinct sale days, mean and sample deviation (ddof 1) of the gaps between them, in days.

    ``days`` has ``account_id`` and ``day`` (a date), in any order, repeated or not. The mean needs two sale days, the
    deviation three; null before. Computed from whole numbers: mean = Σg/m, variance = (m·Σg² − (Σg)²)/(m·(m−1)).
    """
    days = days.drop_duplicates().sort_values(["account_id", "day"])
    gaps = days.groupby("account_id")["day"].diff().dt.days
    by_account = pd.DataFrame({"account_id": days["account_id"], "gap": gaps, "square": gaps**2}).groupby("account_id")
    count, total, squares = by_account["gap"].count(), by_account["gap"].sum(), by_account["square"].sum()
    several, many = count.where(count >= 1), count.where(count >= 2)
    return pd.DataFrame(
        {
            "sale_days": by_account.size(),
            "order_gap_mean_days": total / several,
            "order_gap_std_days": ((many * squares - total**2) / (many * (many - 1))) ** 0.5,
        }
    )
