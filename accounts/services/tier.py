"""The tiers an installation starts with; an admin may rename them and change what they promise."""

from accounts.models import Tier

FIRST_TIERS = (
    {
        "code": "A",
        "name": "Strategic",
        "name_zh": "战略客户",
        "visit_cadence_days": 30,
        "executive_cadence_days": 90,
        "response_hours": 4,
        "review_frequency_days": 90,
    },
    {
        "code": "B",
        "name": "Key",
        "name_zh": "重点客户",
        "visit_cadence_days": 45,
        "executive_cadence_days": 180,
        "response_hours": 8,
        "review_frequency_days": 180,
    },
    {
        "code": "C",
        "name": "Growing",
        "name_zh": "成长客户",
        "visit_cadence_days": 90,
        "response_hours": 24,
        "review_frequency_days": 365,
    },
    {"code": "D", "name": "Basic", "name_zh": "一般客户", "response_hours": 48},
)


def seed_tiers(**kwargs) -> None:
    """Create the four tiers where there is none yet; run after every migrate."""
    if Tier.objects.exists():
        return
    Tier.objects.bulk_create(Tier(rank=rank, **fields) for rank, fields in enumerate(FIRST_TIERS, start=1))
