"""Kept nights for tests: facts and tiers of accounts as a nightly run leaves them."""

from datetime import date

import pandas as pd

from core import facts, sheets

SHARD_SIZE = 10**9


def keep_night(as_of: date, rows: dict[int, dict]) -> None:
    """Keep the sheet of one night: account id → fact key → value; ``tier`` goes to its own part."""
    frame = pd.DataFrame.from_dict(rows, orient="index").sort_index()
    frame.index.name = "account_id"
    _keep(as_of, sheets.Part.FACTS, frame.drop(columns="tier", errors="ignore"))
    if "tier" in frame:
        _keep(as_of, sheets.Part.TIER, frame[["tier"]])


def _keep(as_of: date, part: str, frame: pd.DataFrame) -> None:
    known = facts.known()
    columns = [known[key] for key in frame.columns]
    typed = frame.astype({fact.key: "float64" for fact in columns if fact.is_numeric})
    sheets.keep_sheet(as_of=as_of, part=part, shard=0, shard_size=SHARD_SIZE, frame=typed, columns=columns)


def rhythm(days: float, *, mean: float = 20, std: float = 10, sale_days: float = 6, tier: str = "B") -> dict:
    """The facts of the order gap rule: with the defaults it fires from 41 days on."""
    return {
        "sale_days": sale_days,
        "days_since_last_order": days,
        "order_gap_mean_days": mean,
        "order_gap_std_days": std,
        "tier": tier,
    }
