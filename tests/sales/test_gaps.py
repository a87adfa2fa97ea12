from datetime import date
from statistics import mean, stdev

import pandas as pd
import pytest

from sales.gaps import gap_facts, gap_sums

START = pd.Timestamp(date(2025, 1, 1))


def facts_of(*offsets) -> dict:
    days = START + pd.to_timedelta(list(offsets), unit="D")
    return gap_facts(gap_sums(pd.DataFrame({"account_id": 7, "day": days}))).loc[7].to_dict()


@pytest.mark.parametrize(
    ("offsets", "gaps"),
    [
        ((0, 10, 30, 60), [10, 20, 30]),
        ((60, 0, 30, 10), [10, 20, 30]),
        ((0, 0, 7, 7, 14), [7, 7]),
        ((0, 1, 400, 401, 1200), [1, 399, 1, 799]),
    ],
)
def test_gaps_are_between_distinct_days_in_order(offsets, gaps):
    result = facts_of(*offsets)
    assert result["sale_days"] == len(gaps) + 1
    assert result["order_gap_mean_days"] == pytest.approx(mean(gaps))
    assert result["order_gap_std_days"] == pytest.approx(stdev(gaps))


def test_one_day_has_no_gap_and_two_have_no_spread():
    once, twice = facts_of(3, 3), facts_of(3, 8)
    assert (once["sale_days"], twice["sale_days"], twice["order_gap_mean_days"]) == (1, 2, 5)
    assert pd.isna([once["order_gap_mean_days"], once["order_gap_std_days"], twice["order_gap_std_days"]]).all()


def test_accounts_are_apart():
    days = pd.DataFrame({"account_id": [1, 2, 1, 2], "day": START + pd.to_timedelta([0, 1, 5, 100], unit="D")})
    assert gap_facts(gap_sums(days))["order_gap_mean_days"].to_dict() == {1: 5, 2: 99}
