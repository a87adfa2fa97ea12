import pandas as pd
import pytest

from core import scores

NULL = float("nan")


def column(*values):
    return pd.Series(values, dtype="float64")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5], [50]),
        ([3, 1, 2], [83.3333333, 16.6666667, 50]),
        ([7, 7, 7, 7], [50, 50, 50, 50]),
        ([10, 20, 20, 40], [12.5, 50, 50, 87.5]),
        ([10, NULL, 30], [25, NULL, 75]),
        ([NULL, NULL], [NULL, NULL]),
    ],
)
def test_percentile_is_mean_rank_minus_a_half_over_non_null_rows(values, expected):
    pd.testing.assert_series_equal(scores.percentile(column(*values)), column(*expected), atol=1e-6)


@pytest.mark.parametrize(
    ("value", "zero_at", "full_at", "expected"),
    [
        (0, 365, 0, 100),
        (365, 365, 0, 0),
        (73, 365, 0, 80),
        (400, 365, 0, 0),
        (0, -0.5, 0.5, 50),
        (-0.75, -0.5, 0.5, 0),
        (0.25, -0.5, 0.5, 75),
        (3, -0.5, 0.5, 100),
        (15, 60, 0, 75),
        (NULL, 60, 0, NULL),
    ],
)
def test_linear_runs_straight_between_its_ends_and_is_held_there(value, zero_at, full_at, expected):
    result = scores.linear(column(value), zero_at=zero_at, full_at=full_at)
    pd.testing.assert_series_equal(result, column(expected))


def test_linear_refuses_two_equal_ends():
    with pytest.raises(ValueError, match="same"):
        scores.linear(column(1), zero_at=5, full_at=5)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(59.995, 60.00), (59.985, 59.98), (60.005, 60.00), (60.015, 60.02), (79.99499, 79.99), (NULL, NULL)],
)
def test_half_even_rounds_the_decimal_and_not_its_binary_neighbour(value, expected):
    pd.testing.assert_series_equal(scores.half_even(column(value), 2), column(expected))


COMPONENTS = [
    {"fact": "revenue", "weight": 40, "method": "percentile"},
    {"fact": "recency", "weight": 35, "method": "linear", "zero_at": 100, "full_at": 0},
    {"fact": "growth", "weight": 25, "method": "linear", "zero_at": -1, "full_at": 1},
]


def test_evaluate_gives_the_weight_of_unknown_facts_to_the_others():
    sheet = pd.DataFrame(
        {
            "revenue": [100.0, 300.0, NULL, NULL],
            "recency": [10.0, NULL, 50.0, NULL],
            "growth": [0.5, NULL, NULL, NULL],
        },
        index=[7, 8, 9, 10],
    )
    result = scores.evaluate(sheet, COMPONENTS)
    assert result.confidence.to_dict() == {7: 1.0, 8: 0.4, 9: 0.35, 10: 0.0}
    # 7: (40·25 + 35·90 + 25·75)/100; 8: percentile alone; 9: recency alone; 10: nothing known
    assert result.score.loc[[7, 8, 9]].to_dict() == {7: 60.25, 8: 75.0, 9: 50.0}
    assert pd.isna(result.score.loc[10])
    assert result.contributions.loc[7].to_dict() == {"revenue": 10.0, "recency": 31.5, "growth": 18.75}
    assert result.contributions.loc[8].dropna().to_dict() == {"revenue": 75.0}


def test_evaluate_refuses_an_unknown_fact_and_an_unknown_method():
    sheet = pd.DataFrame({"revenue": [1.0]})
    with pytest.raises(KeyError):
        scores.evaluate(sheet, [{"fact": "nonsense", "weight": 1, "method": "percentile"}])
    with pytest.raises(ValueError, match="unknown method"):
        scores.evaluate(sheet, [{"fact": "revenue", "weight": 1, "method": "magic"}])
