"""What other service levels would ask for: visits a month, and how many would be late today."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max

from accounts.models import Standing, Tier
from accounts.selectors import overdue_visits
from core.periods import business_date
from core.versions import Document

DAYS_OF_MONTH = 365 / 12


@dataclass(frozen=True)
class LevelRow:
    """One tier: its accounts, and what its visits come to by the version in force and by the draft."""

    tier: Tier
    count: int
    visits_before: float
    visits_after: float
    late_before: int
    late_after: int


@dataclass(frozen=True)
class LevelPreview:
    """The accounts a reader may see, by the tiers of the newest night."""

    as_of: date
    rows: list[LevelRow]

    @property
    def visits_per_month(self) -> float:
        """How many visits a month the draft adds or saves."""
        return sum(row.visits_after - row.visits_before for row in self.rows)

    @property
    def late(self) -> int:
        """How many more visits would be late today, less than 0 for fewer."""
        return sum(row.late_after - row.late_before for row in self.rows)


def level_preview(user, *, old: Document, new: Document) -> LevelPreview | None:
    """Old against new service levels for the accounts ``user`` may see; None before the first night."""
    standings = Standing.objects.visible_to(user).filter(
        account__archived_at__isnull=True, account__merged_into__isnull=True
    )
    as_of = standings.aggregate(newest=Max("as_of"))["newest"]
    if as_of is None:
        return None
    counts = dict(standings.order_by().values_list("tier__code").annotate(number=Count("pk")))
    cadences = [cadences_of(document) for document in (old, new)]
    late = [late_by_tier(user, promised) for promised in cadences]
    rows = []
    for tier in Tier.objects.order_by("rank"):
        count = counts.get(tier.code, 0)
        visits = [count * DAYS_OF_MONTH / days[tier.code] if tier.code in days else 0.0 for days in cadences]
        rows.append(LevelRow(tier, count, *visits, *(found.get(tier.code, 0) for found in late)))
    return LevelPreview(as_of, rows)


def cadences_of(document: Document) -> dict[str, int]:
    """Tier → days between visits, where the document promises them."""
    return {level["tier"]: level["visit_cadence_days"] for level in document["levels"] if level["visit_cadence_days"]}


def late_by_tier(user, cadences: dict[str, int]) -> dict[str, int]:
    """Tier → visible accounts whose visit would be late today."""
    rows = overdue_visits(user, business_date(), cadences).order_by()
    return dict(rows.values_list("standing__tier__code").annotate(number=Count("pk")))
