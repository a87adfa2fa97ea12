from datetime import date, timedelta

import pandas as pd
import pytest

from sales import windows

D = date(2026, 3, 1)
NULL = float("nan")
COLUMNS = ("orders", "orders_without_units", "revenue", "sales_amount", "units", "costed", "costed_sales", "cost")


def band(account, start, **columns):
    """One row of sums; money in whole units of currency, sales unless said otherwise."""
    sums = dict.fromkeys(COLUMNS, 0) | columns
    sums["sales_amount"] = columns.get("sales_amount", max(sums["revenue"], 0))
    sums["costed_sales"] = columns.get("costed_sales", max(sums["costed"], 0))
    whole = {name: value * (1 if name.startswith("orders") else 10_000) for name, value in sums.items()}
    day = pd.Timestamp(D - timedelta(days=start)) if sums["orders"] else pd.NaT
    return {"account_id": account, "band": start, **whole, "first_sale": day, "last_sale": day}


def facts_of(*bands) -> pd.Series:
    return windows.order_facts(pd.DataFrame(bands), D).iloc[0]


def test_windows_are_unions_of_bands():
    row = facts_of(
        *(band(1, start, orders=1, revenue=10**position) for position, start in enumerate(windows.BAND_STARTS))
    )
    revenue = row[[f"revenue_{name}" for name in windows.WINDOWS]].tolist()
    assert revenue == [1, 11, 111, 1111, 110_000]
    assert row["revenue_90d_year_ago"] == 10_000
    assert row[[f"orders_{name}" for name in windows.WINDOWS]].tolist() == [1, 2, 3, 4, 2]


@pytest.mark.parametrize(
    ("columns", "margin"),
    [
        ({"orders": 1, "revenue": 100, "costed": 100, "cost": 60}, 40),
        ({"orders": 1, "revenue": 100, "costed": 95, "cost": 60}, 35),
        ({"orders": 1, "revenue": 100, "costed": 94, "cost": 60}, NULL),
        ({"revenue": -50, "sales_amount": 0}, NULL),
        ({"revenue": -50, "sales_amount": 0, "costed": -50, "costed_sales": 0, "cost": -30}, -20),
        ({"orders": 1, "revenue": 50, "sales_amount": 100, "costed": 50, "costed_sales": 100, "cost": 30}, 20),
    ],
)
def test_margin_needs_cost_for_ninety_five_percent_of_the_sales(columns, margin):
    row = facts_of(band(1, 0, **columns))
    assert row["margin_30d"] == pytest.approx(margin, nan_ok=True)
    assert facts_of(band(1, 730, **columns))["margin_30d"] == 0


def test_units_are_null_if_one_order_of_the_window_has_no_lines():
    row = facts_of(band(1, 0, orders=1, units=3), band(1, 30, orders=2, orders_without_units=1, units=4))
    assert row["units_30d"] == 3
    assert pd.isna(row["units_90d"])
    assert row["units_prev365d"] == 0


@pytest.mark.parametrize(
    ("now", "earlier", "first_age", "growth"),
    [
        (150, 100, 730, 0.5),
        (70, 100, 731, -0.3),
        (0, 100, 1000, -1),
        (-50, 100, 1000, -1.5),
        (100, 0, 1000, NULL),
        (100, -20, 1000, NULL),
        (150, 100, 729, NULL),  # the first order lies in the earlier window
    ],
)
def test_growth_needs_an_earlier_window_wholly_after_the_first_order(now, earlier, first_age, growth):
    first = pd.Series([pd.Timestamp(D - timedelta(days=first_age))])
    result = windows.growth(
        pd.Series([float(now)]), pd.Series([float(earlier)]), first_order_on=first, window=(365, 730), as_of=D
    )
    assert result.iloc[0] == pytest.approx(growth, nan_ok=True)
    if growth == -0.3:
        assert not result.iloc[0] < -0.3


def test_growth_is_null_without_any_order():
    nothing = pd.Series([pd.NaT], dtype="datetime64[s]")
    result = windows.growth(pd.Series([0.0]), pd.Series([0.0]), first_order_on=nothing, window=(365, 730), as_of=D)
    assert result.isna().all()
