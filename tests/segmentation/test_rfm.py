import pandas as pd
import pytest

from segmentation import rfm

CONFIGURATION = {"quantiles": [0.2, 0.4, 0.6, 0.8], "minimum_population": 20, "high_from": 4, "high_rule": "score"}


def sheet_of(days, orders, revenue):
    return pd.DataFrame({"days_since_last_order": days, "orders_365d": orders, "revenue_365d": revenue}, dtype=float)


@pytest.fixture
def sheet():
    """Twenty-one buyers: days 0, 10 … 200, orders 1 … 21, revenue 100 … 2,100, and one who last bought long ago."""
    steps = range(21)
    days = [*(10.0 * step for step in steps), 900]
    return sheet_of(days, [*(step + 1 for step in steps), 0], [*(100.0 * (step + 1) for step in steps), 0])


def test_bounds_are_linear_interpolated_quantiles_of_the_population(sheet):
    result = rfm.compute(sheet, CONFIGURATION)
    assert result.population == 21
    assert result.bounds == {
        "recency_class": pytest.approx([40, 80, 120, 160]),
        "frequency_class": pytest.approx([5, 9, 13, 17]),
        "monetary_class": pytest.approx([500, 900, 1300, 1700]),
    }
    between = rfm.bounds_of(sheet_of([0, 1], [1, 2], [0, 10]), CONFIGURATION["quantiles"])
    assert between["monetary_class"] == pytest.approx([2, 4, 6, 8])


@pytest.mark.parametrize(
    ("days", "orders", "revenue", "expected"),
    [
        (40, 5, 500, (5, 1, 1)),  # equal to the bound: the lower count
        (41, 6, 501, (4, 2, 2)),
        (80, 9, 900, (4, 2, 2)),
        (160, 17, 1700, (2, 4, 4)),
        (161, 18, 1701, (1, 5, 5)),
        (0, 1, -20, (5, 1, 1)),
    ],
)
def test_classes_count_the_bounds_that_are_exceeded(sheet, days, orders, revenue, expected):
    bounds = rfm.compute(sheet, CONFIGURATION).bounds
    row = rfm.classify(sheet_of([days], [orders], [revenue]), bounds).iloc[0]
    assert tuple(row) == expected


def test_who_is_not_in_the_population_is_in_the_lowest_classes(sheet):
    last = rfm.compute(sheet, CONFIGURATION).classes.iloc[-1]
    assert last.to_dict() == {"recency_class": 1, "frequency_class": 1, "monetary_class": 1, "rfm_segment": "LLL"}


def test_ties_share_a_class_and_classes_may_stay_empty():
    same = sheet_of([5] * 30, [1] * 30, [10] * 30)
    result = rfm.compute(same, CONFIGURATION)
    assert rfm.class_counts(result.classes) == {
        "recency_class": {1: 0, 2: 0, 3: 0, 4: 0, 5: 30},
        "frequency_class": {1: 30, 2: 0, 3: 0, 4: 0, 5: 0},
        "monetary_class": {1: 30, 2: 0, 3: 0, 4: 0, 5: 0},
    }


def test_segment_is_high_from_the_configured_class_on(sheet):
    classes = pd.DataFrame(
        {"recency_class": [5, 3, 4], "frequency_class": [4, 5, 1], "monetary_class": [1, 4, 4]}, index=[0, 1, 2]
    )
    members = pd.Index([0, 1, 2])
    assert rfm.segment_of(classes, members, CONFIGURATION).tolist() == ["HHL", "LHH", "HLH"]
    assert rfm.segment_of(classes, members, CONFIGURATION | {"high_from": 5}).tolist() == ["HLL", "LHL", "LLL"]


def test_segment_by_mean_is_high_above_the_mean_class_of_the_population():
    classes = pd.DataFrame({"recency_class": [5, 3, 1], "frequency_class": [2, 1, 1], "monetary_class": [1, 1, 1]})
    segments = rfm.segment_of(classes, pd.Index([0, 1]), CONFIGURATION | {"high_rule": "mean"})
    assert segments.tolist() == ["HHL", "LLL", "LLL"]


def test_fewer_than_the_minimum_population_gives_no_classes(sheet):
    result = rfm.compute(sheet.iloc[:19], CONFIGURATION)
    assert (result.is_computed, result.population, result.bounds) == (False, 19, {})
    assert result.classes.isna().all(axis=None)
    assert rfm.compute(sheet.iloc[:20], CONFIGURATION).is_computed
