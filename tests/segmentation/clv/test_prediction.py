import numpy as np
import pandas as pd
import pytest

from segmentation.clv import bgnbd, gamma_gamma, pareto_nbd, prediction
from segmentation.clv.histories import cells_of_frame, histories
from tests.segmentation.clv.sources import made_order_days


@pytest.fixture(scope="module")
def history():
    days = made_order_days(accounts=300, days=420, seed=3)
    return histories(days, days["day"].max().date())


@pytest.fixture(scope="module")
def spending(history):
    spenders = history[history["spend_days"] > 0]
    return gamma_gamma.fit(spenders["spend_days"], spenders["spend_mean"])


def predicted(fit, spending, history, rate=0.1):
    return prediction.predict(fit, spending, history, months=(12, 36), rate=rate, silence_days=180)


def test_discounts_count_each_month_at_its_middle():
    assert prediction.discounts(2, 0.21).tolist() == pytest.approx([1.21 ** (-0.5 / 12), 1.21 ** (-1.5 / 12)])


@pytest.mark.parametrize("model", [bgnbd, pareto_nbd])
def test_months_add_up_to_the_expectation_of_the_whole_time(history, spending, model):
    fit = model.fit(cells_of_frame(history))
    result = predicted(fit, spending, history)
    cells = cells_of_frame(history)
    year = model.expected_orders(fit.values, cells, 365 / 7)[cells.inverse]
    assert result["expected_orders_12m"].to_numpy() == pytest.approx(year)
    spend = prediction.expected_spend(spending, history)
    assert result["expected_revenue_12m"].to_numpy() == pytest.approx(year * spend)
    assert (result["lifetime_value_36m"] < result["expected_revenue_36m"]).all()
    assert result["no_order_probability"].between(0, 1).all()
    assert list(result.index) == list(history.index)


def test_without_a_discount_value_is_revenue(history, spending):
    result = predicted(bgnbd.fit(cells_of_frame(history)), spending, history, rate=0)
    assert result["lifetime_value_36m"].to_numpy() == pytest.approx(result["expected_revenue_36m"].to_numpy())


def test_without_a_model_of_spending_money_is_unknown_and_orders_are_not(history):
    result = predicted(bgnbd.fit(cells_of_frame(history)), None, history)
    assert result["lifetime_value_12m"].isna().all()
    assert result["expected_orders_12m"].notna().all()


@pytest.mark.parametrize("model", [bgnbd, pareto_nbd])
def test_interval_holds_the_expectation_and_is_repeatable(history, spending, model):
    fit = model.fit(cells_of_frame(history))
    often = history["x"].idxmax()
    expected = predicted(fit, spending, history).loc[often]
    result = prediction.intervals(fit, spending, history.loc[often], months=12, seed=1)
    assert result == prediction.intervals(fit, spending, history.loc[often], months=12, seed=1)
    assert result["orders"][0] < expected["expected_orders_12m"] < result["orders"][1]
    assert result["revenue"][0] < expected["expected_revenue_12m"] < result["revenue"][1]


def test_interval_of_an_account_that_never_came_back_has_no_spending_of_its_own(spending):
    once = pd.Series({"x": 0, "t_x_days": 0, "age_days": 700, "spend_days": 0, "spend_mean": np.nan})
    fit = bgnbd.Fit("bg_nbd", {"r": 0.24, "alpha": 4.4, "a": 0.8, "b": 2.4}, 0.0, 1, True, 1)
    low, high = prediction.intervals(fit, spending, once, months=12, seed=1)["revenue"]
    assert low == 0
    assert np.isfinite(high)
