import pandas as pd
import pytest

from segmentation import tiers
from segmentation.configuration import FIRST_TIERS

NULL = float("nan")


@pytest.mark.parametrize(
    ("score", "confidence", "tier", "too_little"),
    [
        (100, 1, "A", False),
        (80, 1, "A", False),
        (79.99, 1, "B", False),
        (60, 0.4, "B", False),
        (59.99, 1, "C", False),
        (40, 1, "C", False),
        (39.99, 1, "D", False),
        (0, 1, "D", False),
        (95, 0.39, "D", True),
        (NULL, 0, "D", True),
    ],
)
def test_tier_has_inclusive_lower_limits_and_needs_confidence(score, confidence, tier, too_little):
    row = tiers.assign(pd.Series([float(score)]), pd.Series([float(confidence)]), FIRST_TIERS).iloc[0]
    assert row.to_dict() == {"tier": tier, "is_too_little_known": too_little}


def test_movement_compares_ranks_and_names_who_came_and_went():
    ranks = {"A": 1, "B": 2, "C": 3, "D": 4}
    before = pd.Series({1: "A", 2: "B", 3: "C", 4: "D"})
    after = pd.Series({1: "B", 2: "A", 3: "C", 5: "D"})
    assert tiers.movement(before, after, ranks).to_dict() == {1: "down", 2: "up", 3: "same", 4: "gone", 5: "new"}
