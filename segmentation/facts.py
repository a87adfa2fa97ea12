"""What a night adds to the facts: classes, score and tier, as columns of its sheets."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from core.facts import Direction, Fact, FactKind, declare, offered

RFM_FACTS = (
    Fact(
        key="recency_class",
        label=_("Recency class"),
        kind=FactKind.COUNT,
        direction=Direction.HIGHER,
        description="1–5: 5 − how many of the four bounds days_since_last_order exceeds; 1 without a sale in 365 days.",
        source="RFM",
    ),
    Fact(
        key="frequency_class",
        label=_("Frequency class"),
        kind=FactKind.COUNT,
        direction=Direction.HIGHER,
        description="1–5: 1 + how many of the four bounds orders_365d exceeds; 1 without a sale in 365 days.",
        source="RFM",
    ),
    Fact(
        key="monetary_class",
        label=_("Monetary class"),
        kind=FactKind.COUNT,
        direction=Direction.HIGHER,
        description="1–5: 1 + how many of the four bounds revenue_365d exceeds; 1 without a sale in 365 days.",
        source="RFM",
    ),
    Fact(
        key="rfm_segment",
        label=_("RFM segment"),
        kind=FactKind.CATEGORY,
        description="High (H) or low (L) in recency, frequency and monetary class, in this order: one of eight.",
        source="RFM",
    ),
)
SCORE_FACTS = (
    Fact(
        key="value_score",
        label=_("Value score"),
        kind=FactKind.AVERAGE,
        unit="points",
        direction=Direction.HIGHER,
        description="0–100, two places: the weighted facts of the published value score; null when none is known.",
        source="value score",
    ),
    Fact(
        key="confidence_rate",
        label=_("Confidence of the value score"),
        kind=FactKind.RATE,
        direction=Direction.HIGHER,
        description="0–1: the weight of the facts that are known.",
        source="value score",
    ),
)
TOO_LITTLE_KNOWN = Fact(
    key="is_too_little_known",
    label=_("Too little known"),
    kind=FactKind.FLAG,
    description="The score rests on too few facts to give more than the lowest tier.",
    source="tiers",
)

declare(*RFM_FACTS, *SCORE_FACTS, TOO_LITTLE_KNOWN)


def tier_columns() -> list[Fact]:
    return [offered()["tier"], TOO_LITTLE_KNOWN]


def part_columns(keys: Iterable[str]) -> list[Fact]:
    """Of every fact in a score: its value on 0–100, its share of the weight and the points it gives."""
    kinds = ("normalised", "weight", "points")
    return [
        Fact(key=f"{kind}_{key}", label=key, kind=FactKind.AVERAGE, description=f"{kind} of {key}", unit="points")
        for key in keys
        for kind in kinds
    ]
