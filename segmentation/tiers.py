"""Tiers: which service an account is promised, from its value score. Pure calculation.

Source: definitions, "Tiers v1" and "Value score v1": lower limits are inclusive and meet the stored score; a score that
rests on too few facts gives the lowest tier, marked so.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.lazy import np, pd


def assign(score: pd.Series, confidence: pd.Series, configuration: Mapping) -> pd.DataFrame:
    """Columns ``tier`` and ``is_too_little_known`` for every row.

    ``score`` is the stored score (0–100, two places, NaN where nothing is known), ``confidence`` 0–1.
    ``configuration``: ``limits`` falling, ``otherwise``, ``minimum_confidence``.
    """
    limits = configuration["limits"]
    is_too_little_known = (confidence < configuration["minimum_confidence"]) | score.isna()
    reached = [(score >= limit["minimum"]) & ~is_too_little_known for limit in limits]
    tier = np.select(reached, [limit["tier"] for limit in limits], default=configuration["otherwise"])
    return pd.DataFrame({"tier": tier.astype(object), "is_too_little_known": is_too_little_known}, index=score.index)


def movement(before: pd.Series, after: pd.Series, ranks: Mapping[str, int]) -> pd.Series:
    """``up``, ``down``, ``same``, ``new`` or ``gone`` for every account in either; rank 1 is the best tier."""
    both = pd.DataFrame({"before": before, "after": after})
    old, new = both["before"].map(ranks).astype("float64"), both["after"].map(ranks).astype("float64")
    conditions = [old.isna(), new.isna(), new < old, new > old]
    names = np.select(conditions, ["new", "gone", "up", "down"], default="same")
    return pd.Series(names.astype(object), index=both.index)
