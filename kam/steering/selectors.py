"""The figures of the tier dashboard, all from the accounts one reader may see."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Tier
from core import formats
from core.database import money_sum
from core.periods import month_end_before
from kam.steering import pareto
from kam.steering.movement import Movement, Place, live_standings, movement
from segmentation.configuration import TIERS, VALUE_SCORE

HIGH_TIERS = 2


@dataclass(frozen=True)
class TierRow:
    """One tier: its accounts, their revenue of twelve months, its share, and who came and went."""

    tier: Tier
    count: int
    revenue: Decimal
    share: float | None
    came: int
    went: int

    @property
    def percent(self) -> int:
        return round(100 * min(max(self.share or 0, 0), 1))


@dataclass(frozen=True)
class Overview:
    """The dashboard of one reader as of the newest standings; ``movement`` compares with the chosen month end."""

    as_of: date | None
    calculated_at: datetime | None
    configuration: dict
    rows: list[TierRow]
    without_tier: int
    revenues: list[Decimal]
    movement: Movement

    @property
    def count(self) -> int:
        return sum(row.count for row in self.rows) + self.without_tier

    def version_of(self, kind: str) -> str:
        """The number of the configuration version that the figures rest on."""
        return str(self.configuration.get(kind, {}).get("default", formats.NOTHING))

    @property
    def score_version(self) -> str:
        return self.version_of(VALUE_SCORE)

    @property
    def tier_version(self) -> str:
        return self.version_of(TIERS)

    @property
    def revenue(self) -> Decimal:
        return sum(self.revenues, Decimal(0))

    @property
    def high_share(self) -> float | None:
        """The share of revenue that the two best tiers hold."""
        held = sum((row.revenue for row in self.rows[:HIGH_TIERS]), Decimal(0))
        return float(held / self.revenue) if self.revenue > 0 else None

    @property
    def since(self) -> date | None:
        """The month end that is compared with; None where its sheet is missing."""
        return self.movement.since if self.movement.is_kept else None

    @cached_property
    def fallen(self) -> list[Place]:
        """Those who went down out of the two best tiers."""
        high = {row.tier.code for row in self.rows[:HIGH_TIERS]}
        is_down = self.movement.direction
        return [p for p in self.movement.moved if p.before in high and is_down(p.before, p.after) == "down"]


def newest_day(user) -> date | None:
    """The day of the newest standing that ``user`` may see; None before the first night."""
    return live_standings(user).aggregate(as_of=Max("as_of"))["as_of"]


def tier_overview(user, since: date | None = None) -> Overview:
    """Everything the tier dashboard shows to ``user``; ``since`` chooses the month end, the last one without."""
    standings = live_standings(user)
    newest = standings.aggregate(as_of=Max("as_of"), calculated_at=Max("calculated_at"))
    by_tier = {
        code: (count, amount or Decimal(0))
        for code, count, amount in standings.order_by()
        .values_list("tier__code")
        .annotate(number=Count("pk"), amount=money_sum("revenue_365d"))
    }
    found = movement(user, since or (month_end_before(newest["as_of"]) if newest["as_of"] else None))
    first = standings.order_by("-as_of").first()
    revenues = list(standings.order_by("-revenue_365d").values_list("revenue_365d", flat=True))
    return Overview(
        **newest,
        configuration=first.configuration if first else {},
        rows=_rows(by_tier, sum(revenues, Decimal(0)), found),
        without_tier=by_tier.get(None, (0, Decimal(0)))[0],
        revenues=revenues,
        movement=found,
    )


def _rows(by_tier: dict, total: Decimal, found: Movement) -> list[TierRow]:
    rows = []
    for tier in Tier.objects.order_by("rank"):
        count, revenue = by_tier.get(tier.code, (0, Decimal(0)))
        share = float(revenue / total) if total > 0 else None
        came = sum(place.after == tier.code for place in found.moved)
        went = sum(place.before == tier.code for place in found.moved)
        rows.append(TierRow(tier, count, revenue, share, came, went))
    return rows


def heading(overview: Overview) -> str:
    """The finding of the day as a sentence."""
    if overview.as_of is None:
        return _("No night has been calculated yet")
    fallen = overview.fallen
    names = (_(" or ") if len(fallen) == 1 else _(" and ")).join(row.tier.code for row in overview.rows[:HIGH_TIERS])
    if fallen:
        money = formats.money(sum(place.revenue for place in fallen))
        words = {"count": len(fallen), "tiers": names, "money": money}
        return (
            ngettext(
                "%(count)s %(tiers)s account fell a tier, worth %(money)s",
                "%(count)s %(tiers)s accounts fell a tier, worth %(money)s",
                len(fallen),
            )
            % words
        )
    if overview.high_share is None:
        return _("No revenue in the last 12 months")
    return _("%(tiers)s hold %(share)s of the revenue") % {
        "tiers": names,
        "share": formats.percent(overview.high_share),
    }


def pareto_heading(overview: Overview) -> str:
    count = pareto.smallest_half(overview.revenues)
    return ngettext(
        "%(count)s account brings half of the revenue", "%(count)s accounts bring half of the revenue", count
    ) % {"count": formats.number(count)}


def pareto_chart(overview: Overview, urls: dict[str, str]) -> dict | None:
    """The curve with a cut after every tier, each leading to its accounts; None without revenue."""
    points = pareto.curve(overview.revenues)
    if not points:
        return None
    cuts, count, held = [], 0, Decimal(0)
    for row in overview.rows[:-1]:
        count, held = count + row.count, held + row.revenue
        if row.count:
            share = float(held / overview.revenue)
            cuts.append(
                {
                    "at": [round(count / len(overview.revenues), 4), round(share, 4)],
                    "label": _("%(tier)s: top %(count)s") % {"tier": row.tier.code, "count": formats.number(count)},
                    "note": _("%(share)s of revenue") % {"share": formats.percent(share)},
                    "href": urls[row.tier.code],
                }
            )
    return {"points": points, "cuts": cuts}
