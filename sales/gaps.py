"""How regularly an account buys: pure statistics of the gaps between its sale days."""

from __future__ import annotations

from core.lazy import pd


def gap_sums(days: pd.DataFrame) -> pd.DataFrame:
    """Number of distinct sale days, Σ of the gaps between them and Σ of their squares, by account.

    ``days`` has ``account_id`` and ``day`` (a date), in any order, repeated or not.
    """
    days = days.drop_duplicates().sort_values(["account_id", "day"])
    gaps = days.groupby("account_id")["day"].diff().dt.days
    by_account = pd.DataFrame({"account_id": days["account_id"], "gap": gaps, "square": gaps**2}).groupby("account_id")
    sums = {"sale_days": by_account.size(), "total": by_account["gap"].sum(), "squares": by_account["square"].sum()}
    return pd.DataFrame(sums).astype("int64")


def gap_facts(sums: pd.DataFrame) -> pd.DataFrame:
    """Number of distinct sale days, mean and sample deviation (ddof 1) of the gaps between them, in days.

    ``sums`` as `gap_sums` gives them. The mean needs two sale days, the deviation three; null before. Computed from
    whole numbers: mean = Σg/m, variance = (m·Σg² − (Σg)²)/(m·(m−1)).
    """
    count, total, squares = sums["sale_days"] - 1, sums["total"], sums["squares"]
    several, many = count.where(count >= 1), count.where(count >= 2)
    return pd.DataFrame(
        {
            "sale_days": sums["sale_days"],
            "order_gap_mean_days": total / several,
            "order_gap_std_days": ((many * squares - total**2) / (many * (many - 1))) ** 0.5,
        }
    )
