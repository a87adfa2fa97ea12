"""What this app writes: the steps of a night, and the models of lifetime value."""

from segmentation.services.lifetime import examine_orders, expect_lifetime_values, fit_lifetime_value
from segmentation.services.night import (
    classify_day,
    compute_rfm,
    compute_tiers,
    compute_value_scores,
    score_frame,
)

__all__ = [
    "classify_day",
    "compute_rfm",
    "compute_tiers",
    "compute_value_scores",
    "examine_orders",
    "expect_lifetime_values",
    "fit_lifetime_value",
    "score_frame",
]
