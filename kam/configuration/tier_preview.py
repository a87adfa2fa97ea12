"""What other weights or other limits would do to scores and tiers, computed as the night computes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.models import Account, Tier
from core import sheets
from core.lazy import pd
from core.models import FactSheet
from core.sheets import Part
from core.versions import Document
from segmentation import tiers
from segmentation.services import score_frame

REVENUE = "revenue_365d"
DAYS_OF_MONTH = 365 / 12


@dataclass(frozen=True)
class Move:
    """One account whose tier would change."""

    account: Account
    before: str
    after: str
    is_up: bool
    score_before: float | None
    score_after: float | None
    revenue: float


@dataclass(frozen=True)
class Cell:
    """The accounts that go from one tier to another: how many, with which revenue of twelve months."""

    before: str
    after: str
    count: int
    revenue: float
    tone: str


@dataclass(frozen=True)
class TierPreview:
    """Old and new tier and score of the accounts a reader may see, on one kept night.

    ``frame``: index account_id; columns before, after, score_before, score_after, confidence, revenue, movement.
    """

    as_of: date
    frame: pd.DataFrame
    tier_codes: tuple[str, ...]
    cadences: dict[str, int]

    @property
    def count(self) -> int:
        return len(self.frame)

    @cached_property
    def moved(self) -> pd.DataFrame:
        """The rows whose tier changes, the greatest revenue first."""
        return self.frame[self.frame["movement"] != "same"].sort_values("revenue", ascending=False)

    @property
    def up(self) -> int:
        return int((self.moved["movement"] == "up").sum())

    @property
    def down(self) -> int:
        return int((self.moved["movement"] == "down").sum())

    @property
    def revenue_moved(self) -> float:
        return float(self.moved["revenue"].sum())

    @property
    def revenue_share(self) -> float | None:
        total = float(self.frame["revenue"].sum())
        return self.revenue_moved / total if total > 0 else None

    @property
    def visits_per_month(self) -> int:
        """How many visits a month the promised cadences add or save."""
        visits = {code: DAYS_OF_MONTH / days for code, days in self.cadences.items()}
        before, after = (self.moved[side].map(visits).astype("float64").sum() for side in ("before", "after"))
        return round(float(after - before))

    @property
    def rank_correlation(self) -> float | None:
        """Spearman's rank correlation of old and new score, null below two accounts or without spread."""
        pair = self.frame[["score_before", "score_after"]].dropna()
        if len(pair) < 2 or pair.nunique().min() < 2:
            return None
        return float(pair["score_before"].rank().corr(pair["score_after"].rank()))

    @property
    def mean_confidence(self) -> float | None:
        return float(self.frame["confidence"].mean()) if len(self.frame) else None

    @cached_property
    def matrix(self) -> list[tuple[str, list[Cell]]]:
        """Old tier → a cell per new tier."""
        groups = self.frame.groupby(["before", "after"])["revenue"].agg(["size", "sum"])
        return [
            (before, [self._cell(groups, before, after) for after in self.tier_codes]) for before in self.tier_codes
        ]

    def _cell(self, groups: pd.DataFrame, before: str, after: str) -> Cell:
        if (before, after) not in groups.index:
            return Cell(before, after, 0, 0.0, "none")
        size, revenue = groups.loc[(before, after)]
        rank = self.tier_codes.index
        tone = "stays" if before == after else "up" if rank(after) < rank(before) else "down"
        return Cell(before, after, int(size), float(revenue), tone)

    @cached_property
    def totals(self) -> list[dict]:
        """Per tier: accounts and revenue before and after."""
        before = self.frame.groupby("before")["revenue"].agg(["size", "sum"]).reindex(self.tier_codes, fill_value=0)
        after = self.frame.groupby("after")["revenue"].agg(["size", "sum"]).reindex(self.tier_codes, fill_value=0)
        return [
            {
                "tier": code,
                "before": int(before.at[code, "size"]),
                "after": int(after.at[code, "size"]),
                "change": int(after.at[code, "size"] - before.at[code, "size"]),
                "revenue": float(after.at[code, "sum"]),
            }
            for code in self.tier_codes
        ]

    def moves(self, limit: int | None = None) -> list[Move]:
        """The accounts that change tier, the greatest revenue first."""
        rows = self.moved if limit is None else self.moved.head(limit)
        accounts = Account.objects.select_related("owner").in_bulk(rows.index.tolist())
        return [
            Move(
                account=accounts[row.Index],
                before=row.before,
                after=row.after,
                is_up=row.movement == "up",
                score_before=_plain(row.score_before),
                score_after=_plain(row.score_after),
                revenue=row.revenue,
            )
            for row in rows.itertuples()
        ]


def _plain(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def latest_night() -> date | None:
    """The newest night whose facts are kept: what every preview looks at."""
    kept = FactSheet.objects.filter(part=Part.FACTS).order_by("-as_of")
    return kept.values_list("as_of", flat=True).first()


def tier_preview(user, *, score: tuple[Document, Document], limits: tuple[Document, Document]) -> TierPreview | None:
    """Old against new, both pairs (old, new), for the accounts ``user`` may see; None before the first night.

    Percentiles are taken over everybody, as in the night, and only then are strangers' accounts left out.
    """
    as_of = latest_night()
    if as_of is None:
        return None
    sheet = sheets.read_sheet(as_of, Part.FACTS, _columns(score))
    if sheet.empty:
        return None
    before, after = (_judge(sheet, *pair) for pair in zip(score, limits, strict=True))
    known = list(Tier.objects.order_by("rank"))
    ranks = {tier.code: tier.rank for tier in known}
    frame = pd.DataFrame(
        {
            "before": before["tier"],
            "after": after["tier"],
            "score_before": before["value_score"],
            "score_after": after["value_score"],
            "confidence": after["confidence_rate"],
            "revenue": sheet[REVENUE],
            "movement": tiers.movement(before["tier"], after["tier"], ranks),
        }
    )
    cadences = {tier.code: tier.visit_cadence_days for tier in known if tier.visit_cadence_days}
    visible = Account.objects.visible_to(user).active().values_list("pk", flat=True)
    frame = frame.loc[frame.index.intersection(pd.Index(list(visible), dtype="int64"))]
    return TierPreview(as_of, frame, tuple(ranks), cadences)


def _columns(score: Sequence[Document]) -> set[str]:
    return {component["fact"] for document in score for component in document["components"]} | {REVENUE}


def _judge(sheet: pd.DataFrame, score: Document, limits: Document) -> pd.DataFrame:
    """Score and tier of every row, by the functions of the night."""
    missing = {component["fact"] for component in score["components"]} - set(sheet.columns)
    scored = score_frame(sheet.assign(**dict.fromkeys(missing, float("nan"))), score["components"])
    return scored.join(tiers.assign(scored["value_score"], scored["confidence_rate"], limits))
