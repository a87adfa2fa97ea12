"""Order histories for the tests of lifetime value: the published CDNOW sample where it is at hand, and made ones."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

CDNOW = Path(__file__).resolve().parents[4] / "shared" / "data" / "cdnow" / "cdnow_sample.csv"
CALIBRATION_END, HOLDOUT_END = date(1997, 9, 30), date(1998, 6, 30)


def cdnow_order_days() -> pd.DataFrame:
    """The sample of Fader and Hardie: 2,357 customers of the first quarter of 1997. Skips where it is not at hand."""
    if not CDNOW.exists():
        pytest.skip("the CDNOW sample is not on this machine")
    rows = pd.read_csv(CDNOW, parse_dates=["date"]).rename(columns={"customer_id": "account_id", "date": "day"})
    return rows.groupby(["account_id", "day"], as_index=False)["amount"].sum()


def made_order_days(*, accounts: int, days: int, seed: int) -> pd.DataFrame:
    """Order days of accounts that begin within a quarter, order at rates of their own and may leave after an order."""
    random = np.random.default_rng(seed)
    rows = []
    for account in range(1, accounts + 1):
        day, rate, leaving = random.integers(0, 90), random.gamma(0.8, 1 / 40), random.beta(1, 3)
        level = random.gamma(4, 50)
        while day <= days:
            rows.append((account, day, round(random.gamma(5, level / 5), 2)))
            if random.random() < leaving:
                break
            day += int(np.ceil(random.exponential(1 / max(rate, 1e-6))))
    frame = pd.DataFrame(rows, columns=["account_id", "day", "amount"])
    frame["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(frame["day"], unit="D")
    return frame
