"""The figures of the tier dashboard, all from the accounts one reader may see."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, Standing, Tier
from core import formats, sheets
from core.database import money_sum
from core.lazy import pd
from core.periods import month_end_before
from core.sheets import Part
from kam.steering import pareto
from segmentation import tiers
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
class Move:
    """One account whose tier differs from that of the last month end."""

    account: Account
    before: str
    after: str
    is_up: bool
    score_before: float | None
    revenue: Decimal
    change: float | None


@dataclass(frozen=True)
class Overview:
    """The dashboard of one reader as of the newest standings; ``since`` None: no earlier sheet to compare with."""

    as_of: date | None
    calculated_at: datetime | None
    configuration: dict
    rows: list[TierRow]
    without_tier: int
    revenues: list[Decimal]
    since: date | None
    moves: list[Move]

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

    @cached_property
    def fallen(self) -> list[Move]:
        """Moves down out of the two best tiers."""
        high = {row.tier.code for row in self.rows[:HIGH_TIERS]}
        return [move for move in self.moves if not move.is_up and move.before in high]


def tier_overview(user) -> Overview:
    """Everything the tier dashboard shows to ``user``."""
    standings = Standing.objects.visible_to(user).filter(
        account__archived_at__isnull=True, account__merged_into__isnull=True
    )
    newest = standings.aggregate(as_of=Max("as_of"), calculated_at=Max("calculated_at"))
    by_tier = {
        code: (count, amount or Decimal(0))
        for code, count, amount in standings.order_by()
        .values_list("tier__code")
        .annotate(number=Count("pk"), amount=money_sum("revenue_365d"))
    }
    since, moves = _movement(standings, newest["as_of"])
    first = standings.order_by("-as_of").first()
    revenues = list(standings.order_by("-revenue_365d").values_list("revenue_365d", flat=True))
    return Overview(
        **newest,
        configuration=first.configuration if first else {},
        rows=_rows(by_tier, sum(revenues, Decimal(0)), moves),
        without_tier=by_tier.get(None, (0, Decimal(0)))[0],
        revenues=revenues,
        since=since,
        moves=moves,
    )


def _rows(by_tier: dict, total: Decimal, moves: list[Move]) -> list[TierRow]:
    rows = []
    for tier in Tier.objects.order_by("rank"):
        count, revenue = by_tier.get(tier.code, (0, Decimal(0)))
        share = float(revenue / total) if total > 0 else None
        came = sum(move.after == tier.code for move in moves)
        went = sum(move.before == tier.code for move in moves)
        rows.append(TierRow(tier, count, revenue, share, came, went))
    return rows


def _movement(standings, as_of: date | None) -> tuple[date | None, list[Move]]:
    """The last month end whose sheet is kept, and whose tier differs from it, the greatest revenue first."""
    since = month_end_before(as_of) if as_of else None
    if since is None or not sheets.has_sheet(since, Part.TIER):
        return None, []
    before = sheets.read_sheet(since, Part.TIER, ["tier"])["tier"]
    scores = sheets.read_sheet(since, Part.SCORE, ["value_score"]).get("value_score", pd.Series(dtype="float64"))
    after = dict(standings.filter(tier__isnull=False).values_list("account_id", "tier__code"))
    ranks = dict(Tier.objects.values_list("code", "rank"))
    now = pd.Series(after, dtype=object)
    movement = tiers.movement(before.loc[before.index.intersection(now.index)], now, ranks)
    moved = movement[movement.isin(["up", "down"])]
    rows = standings.filter(account__in=moved.index.tolist()).select_related("account__owner", "tier")
    return since, [
        _move(row, before[row.account_id], moved[row.account_id] == "up", scores.get(row.account_id))
        for row in rows.order_by("-revenue_365d")
    ]


def _move(standing: Standing, before: str, is_up: bool, score_before) -> Move:
    return Move(
        account=standing.account,
        before=before,
        after=standing.tier.code,
        is_up=is_up,
        score_before=None if score_before is None or pd.isna(score_before) else float(score_before),
        revenue=standing.revenue_365d,
        change=standing.revenue_growth_rate,
    )


def heading(overview: Overview) -> str:
    """The finding of the day as a sentence."""
    if overview.as_of is None:
        return _("No night has been calculated yet")
    fallen = overview.fallen
    names = (_(" or ") if len(fallen) == 1 else _(" and ")).join(row.tier.code for row in overview.rows[:HIGH_TIERS])
    if fallen:
        money = formats.money(sum(move.revenue for move in fallen))
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
