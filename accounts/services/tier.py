"""The tiers an installation starts with, and what they promise since the service levels in force."""

from decimal import Decimal

from django.db import transaction

from accounts.models import Tier

AMOUNTS = ("gift_budget_amount", "points_multiplier")
SERVICE_FIELDS = (
    "visit_cadence_days",
    "executive_cadence_days",
    "response_hours",
    "credit_days",
    "gift_budget_amount",
    "points_multiplier",
    "review_frequency_days",
)

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


@transaction.atomic
def write_service_levels(document: dict) -> None:
    """Bring the columns of the tiers to the service levels in ``document``, which has just come into force."""
    for level in document["levels"]:
        promises = {field: level[field] for field in SERVICE_FIELDS}
        for field in AMOUNTS:
            promises[field] = None if level[field] is None else Decimal(str(level[field]))
        Tier.objects.filter(code=level["tier"]).update(**promises)
