"""What a changed alert rule would do: who fires tonight, how the fact is spread, what past nights would have said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Account
from churn import rules, selectors
from churn.constants import HOLD_NIGHTS
from churn.explanations import comparison
from core import conditions, formats, sheets
from core.conditions import ConditionError
from core.lazy import np, pd
from core.models import FactSheet
from core.replay import Comparison, replay
from core.versions import Document

REPLAY_DAYS = 90
BINS = 14
PERSONS = 8


@dataclass(frozen=True)
class Firing:
    """One account on which the new or the old version fires tonight."""

    account: Account
    tier: str | None
    value: float | None
    limit: float | None
    fires: bool
    fired: bool


@dataclass(frozen=True)
class RulePreview:
    """Old and new version on one kept night, for the accounts a reader may see.

    ``frame``: index account_id; columns old, new (nullable boolean), value, limit, old_limit, tier.
    """

    as_of: date
    fact: str
    frame: pd.DataFrame
    comparator: str = ">"

    @property
    def evaluated(self) -> int:
        return int(self.frame["new"].notna().sum())

    @cached_property
    def new_ids(self) -> frozenset[int]:
        return _ids(self.frame["new"])

    @cached_property
    def old_ids(self) -> frozenset[int]:
        return _ids(self.frame["old"])

    @property
    def added(self) -> int:
        return len(self.new_ids - self.old_ids)

    @property
    def dropped(self) -> int:
        return len(self.old_ids - self.new_ids)

    def firings(self, limit: int | None = None) -> list[Firing]:
        """Who fires with the new or the old version: the furthest beyond the limit first."""
        rows = self.frame.loc[sorted(self.new_ids | self.old_ids)]
        rows = rows.assign(beyond=(rows["value"] - rows["limit"]).abs()).sort_values("beyond", ascending=False)
        rows = rows if limit is None else rows.head(limit)
        accounts = Account.objects.select_related("owner").in_bulk(rows.index.tolist())
        return [
            Firing(
                accounts[row.Index],
                row.tier if isinstance(row.tier, str) else None,
                _plain(row.value),
                _plain(row.limit),
                row.Index in self.new_ids,
                row.Index in self.old_ids,
            )
            for row in rows.itertuples()
        ]

    @property
    def has_one_limit(self) -> bool:
        """Whether every account is compared with the same figure."""
        return self.frame["limit"].nunique() <= 1

    @property
    def fires_below(self) -> bool:
        """Whether the rule fires on what lies under the limit."""
        return self.comparator.startswith("<")

    def histogram(self) -> dict | None:
        """How the fact is spread over the accounts that are judged; where each has its own limit, how far from it."""
        judged = self.frame[self.frame["new"].notna()]
        values = judged["value"] if self.has_one_limit else judged["value"] - judged["limit"]
        values = values.dropna()
        if values.empty:
            return None
        limit = float(judged["limit"].iloc[0]) if self.has_one_limit else 0.0
        edges = _edges(values, limit)
        counts = np.histogram(values.clip(edges[0], edges[-1]), edges)[0]
        return {
            "edges": [round(float(edge)) for edge in edges],
            "counts": counts.tolist(),
            "is_over": [(float(edge) >= limit) != self.fires_below for edge in edges[:-1]],
            "limits": [{"at": limit, "text": ""}],
            "unit": "number",
        }

    def per_person(self) -> list[tuple[str, int, int]]:
        """Owner → accounts that fire with the new and with the old version, the most first."""
        owners = dict(
            Account.objects.filter(pk__in=self.new_ids | self.old_ids)
            .annotate(owner_name=F("owner__name"))
            .values_list("pk", "owner_name")
        )
        new, old = (Counter(owners[pk] for pk in ids if owners[pk]) for ids in (self.new_ids, self.old_ids))
        names = sorted(new | old, key=lambda name: (-new[name], -old[name], name))
        return [(name, new[name], old[name]) for name in names[:PERSONS]]


def rule_preview(user, *, old: Document | None, new: Document) -> RulePreview | None:
    """Old (None: no version is in force) against new on the newest kept night; None before the first night."""
    as_of = selectors.latest_sheet_on()
    if as_of is None:
        return None
    sheet = selectors.rule_sheet(as_of, [document for document in (old, new) if document])
    sheet = sheet.loc[sheet.index.intersection(visible_ids(user))]
    leaf = rules.main_leaf(new)
    limit = conditions.limit_of(leaf, sheet)
    frame = pd.DataFrame(
        {
            "old": _fires(old, sheet),
            "new": _fires(new, sheet),
            "value": pd.to_numeric(sheet[leaf["fact"]], errors="coerce"),
            "limit": pd.to_numeric(limit, errors="coerce"),
            "tier": sheet.get("tier"),
        },
        index=sheet.index,
    )
    return RulePreview(as_of, leaf["fact"], frame, leaf["is"])


def visible_ids(user) -> pd.Index:
    """The accounts ``user`` may see."""
    return pd.Index(list(Account.objects.visible_to(user).values_list("pk", flat=True)), dtype="int64")


def rule_replay(user, *, old: Document | None, new: Document) -> Comparison:
    """Old against new over the kept nights of the last 90 days, for the accounts ``user`` may see.

    A night whose sheet one of the versions cannot run on is left out.
    """
    newest = selectors.latest_sheet_on()
    if newest is None:
        return Comparison((), 0)
    first = newest - timedelta(days=REPLAY_DAYS)
    kept = FactSheet.objects.filter(part=FactSheet.Part.FACTS, as_of__gt=first, as_of__lte=newest)
    days = list(kept.order_by("as_of").values_list("as_of", flat=True).distinct())
    visible = visible_ids(user)
    nights = {day: _both(visible, day, old, new) for day in days}
    results = [replay(days, lambda day, at=at: nights[day][at], hold=HOLD_NIGHTS) for at in (0, 1)]
    return Comparison(tuple(days), sheets.reconstructed_count(days), *results)


def _both(visible: pd.Index, day: date, old: Document | None, new: Document) -> tuple[frozenset[int], frozenset[int]]:
    sheet = selectors.rule_sheet(day, [document for document in (old, new) if document])
    sheet = sheet.loc[sheet.index.intersection(visible)]
    return _ids(_fires(old, sheet)), _ids(_fires(new, sheet))


def explain_account(account: Account, document: Document) -> dict | None:
    """Every comparison of a rule for one account on the newest kept night; None when it has no row there."""
    as_of = selectors.latest_sheet_on()
    if as_of is None:
        return None
    sheet = selectors.rule_sheet(as_of, [document])
    if account.pk not in sheet.index:
        return None
    row = sheet.loc[account.pk].to_dict()
    trees = [document[field] for field in ("applies_when", "fires_when") if document.get(field)]
    outcome = rules.fires(document, sheet.loc[[account.pk]]).iloc[0]
    return {
        "as_of": as_of,
        "account": account,
        "items": [
            {"outcome": leaf.outcome, "text": comparison(vars(leaf))}
            for tree in trees
            for leaf in conditions.explain(tree, row)
        ],
        "fires": None if pd.isna(outcome) else bool(outcome),
    }


def _fires(document: Document | None, sheet: pd.DataFrame) -> pd.Series:
    if document is None:
        return pd.Series(pd.NA, index=sheet.index, dtype="boolean")
    try:
        return rules.fires(document, sheet)
    except ConditionError:
        return pd.Series(pd.NA, index=sheet.index, dtype="boolean")


def _ids(outcomes: pd.Series) -> frozenset[int]:
    return frozenset(outcomes.index[outcomes.fillna(False).astype(bool)].tolist())


def _edges(values: pd.Series, limit: float) -> np.ndarray:
    """Edges of equal width with one of them at the limit; the outer two in a hundred go to the outer bins."""
    low, high = values.quantile(0.01), values.quantile(0.99)
    low, high = min(low, limit), max(high, limit)
    width = max(float(np.ceil((high - low) / BINS)), 1.0)
    below, above = int(np.ceil((limit - low) / width)), max(int(np.ceil((high - limit) / width)), 1)
    return limit + width * np.arange(-below, above + 1)


def _plain(value) -> float | None:
    return None if pd.isna(value) else float(value)


def replay_chart(comparison: Comparison) -> dict | None:
    """Entries a week, old beside new, for a bar chart; None without two nights to compare."""
    if len(comparison.days) < 2:
        return None
    weeks = comparison.weeks
    return {
        "categories": [formats.day(week) for week in weeks],
        "unit": "number",
        "series": [
            {"name": str(_("in force")), "tone": "before", "values": comparison.old.per_week(weeks)},
            {"name": str(_("draft")), "tone": "now", "values": comparison.new.per_week(weeks)},
        ],
    }


def person_rows(preview: RulePreview) -> list[dict]:
    """Owner, accounts that fire new and old, and the length of the bar in per cent of the longest."""
    people = preview.per_person()
    longest = max((max(new, old) for _owner, new, old in people), default=0)
    return [
        {"name": name, "new": new, "old": old, "percent": round(100 * new / longest) if longest else 0}
        for name, new, old in people
    ]
