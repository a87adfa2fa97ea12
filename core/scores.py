"""Scores: weighted facts, each brought to 0–100. The one evaluator of value score, health score and loyalty index.

Pure: plain DataFrames in, plain DataFrames out. Formulas: definitions, "RFM, score, tiers, rules".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.lazy import np, pd

PERCENTILE = "percentile"
LINEAR = "linear"
METHODS = (PERCENTILE, LINEAR)


@dataclass(frozen=True)
class ScoreResult:
    """``score`` 0–100 with two places (NaN where no fact is known), ``confidence`` 0–1, both by row of the sheet.

    ``normalised`` holds each fact on 0–100, ``contributions`` the points it gives; a row's points add up to its score
    before rounding. A fact that is null has NaN in both.
    """

    score: pd.Series
    confidence: pd.Series
    normalised: pd.DataFrame
    contributions: pd.DataFrame


def percentile(values: pd.Series) -> pd.Series:
    """100·(mean rank − 0.5)/n over the non-null values; ties share their mean rank; null stays null.

    >>> percentile(pd.Series([10.0, 20.0, 20.0, 40.0])).tolist()
    [12.5, 50.0, 50.0, 87.5]
    """
    return 100 * (values.rank(method="average") - 0.5) / values.count()


def linear(values: pd.Series, *, zero_at: float, full_at: float) -> pd.Series:
    """0 at ``zero_at``, 100 at ``full_at``, straight between, held at the ends; either may be the greater one.

    Raises ValueError when both are the same. Null stays null.
    """
    if zero_at == full_at:
        raise ValueError("zero_at and full_at are the same")
    return (100 * (values - zero_at) / (full_at - zero_at)).clip(0, 100)


def half_even(values: pd.Series, places: int) -> pd.Series:
    """``values`` with ``places`` decimals, half to even; noise of binary fractions beyond nine places is no half.

    >>> half_even(pd.Series([59.995, 60.005, 60.015]), 2).tolist()
    [60.0, 60.0, 60.02]
    """
    factor = 10**places
    return np.rint((values * factor).round(7)) / factor


def normalise(values: pd.Series, component: Mapping) -> pd.Series:
    """One fact on 0–100 by the method its component names. Raises ValueError for an unknown method."""
    values = values.astype("float64")
    if component["method"] == PERCENTILE:
        return percentile(values)
    if component["method"] == LINEAR:
        return linear(values, zero_at=component["zero_at"], full_at=component["full_at"])
    raise ValueError(f"unknown method {component['method']!r}")


def evaluate(sheet: pd.DataFrame, components: Sequence[Mapping]) -> ScoreResult:
    """Score = Σ w·n / Σ w over the facts that are not null; confidence = that Σ w / Σ of all weights.

    ``sheet`` has a row per account and a column per fact; each component names ``fact``, ``weight``, ``method`` and,
    for a linear one, ``zero_at`` and ``full_at``. Raises KeyError for a fact that the sheet does not have.
    """
    normalised = pd.DataFrame({part["fact"]: normalise(sheet[part["fact"]], part) for part in components})
    weights = pd.Series({part["fact"]: float(part["weight"]) for part in components})
    known_weight = normalised.notna().mul(weights).sum(axis=1)
    contributions = normalised.mul(weights).div(known_weight.where(known_weight > 0), axis=0)
    score = half_even(contributions.sum(axis=1, min_count=1), 2)
    confidence = (known_weight / weights.sum()).round(9)
    return ScoreResult(score, confidence, normalised, contributions)
