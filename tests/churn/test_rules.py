import copy

import pandas as pd
import pytest

from churn import rules
from churn.configuration import ORDER_GAP
from core.conditions import UnknownFactError

COLUMNS = ["sale_days", "days_since_last_order", "order_gap_mean_days", "order_gap_std_days"]


def night(rows: dict[int, tuple], tier="B") -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).astype("float64")
    frame["tier"] = tier
    return frame


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((4, 41, 20, 10), True),
        ((4, 40, 20, 10), False),
        ((3, 41, 20, 10), None),
        ((None, 41, 20, 10), None),
        ((4, None, 20, 10), None),
        ((4, 41, 20, None), None),
        ((9, 15, 3, 1), True),
        ((9, 14, 3, 1), False),
    ],
)
def test_order_gap_fires_beyond_the_usual_rhythm_but_never_within_two_weeks(row, expected):
    outcome = rules.fires(ORDER_GAP, night({1: row})).iloc[0]
    assert (None if pd.isna(outcome) else bool(outcome)) == expected


def test_an_account_without_tier_is_not_evaluated_by_a_limit_of_tiers():
    assert rules.fires(ORDER_GAP, night({1: (4, 99, 20, 10)}, tier=None)).isna().all()


def test_a_rule_switched_off_evaluates_nobody():
    document = {**ORDER_GAP, "is_active": False}
    assert rules.fires(document, night({1: (4, 99, 20, 10)})).isna().all()
    assert rules.firing(document, night({1: (4, 99, 20, 10)})).empty


def test_a_higher_factor_for_one_tier_spares_that_tier_only():
    document = copy.deepcopy(ORDER_GAP)
    document["fires_when"]["than"]["terms"][1]["times"]["by_tier"]["A"] = 4
    frame = night({1: (4, 45, 20, 10), 2: (4, 45, 20, 10)})
    frame.loc[1, "tier"] = "A"
    assert list(rules.firing(document, frame)) == [2]


def test_reasons_carry_values_limit_and_terms():
    assert rules.reasons(ORDER_GAP, night({7: (4, 62, 20, 10)})) == {
        7: [
            {
                "fact": "days_since_last_order",
                "comparator": ">",
                "value": 62.0,
                "limit": 40.0,
                "outcome": True,
                "terms": {"order_gap_mean_days": 20.0, "order_gap_std_days": 10.0},
            }
        ]
    }


def test_facts_of_a_rule_are_those_of_both_conditions():
    assert rules.facts_of(ORDER_GAP) == {*COLUMNS, "tier"}


def test_a_sheet_without_the_fact_is_refused():
    with pytest.raises(UnknownFactError):
        rules.fires(ORDER_GAP, night({1: (4, 62, 20, 10)}).drop(columns="sale_days"))
