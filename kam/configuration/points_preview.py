"""What other points rules would have given for the orders of the last twelve months, as the night computes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Max

from accounts.configuration import SERVICE_LEVELS
from accounts.models import Account, Tier
from core import versions
from core.lazy import pd
from core.periods import last_full_day
from core.versions import Document
from loyalty.configuration import earning_rule, value_of
from loyalty.earning import TEN_THOUSAND, EarningRule
from loyalty.simulation import earned_in

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class AccountPoints:
    """One account: its points of the year by the rules in force and by the draft."""

    account: Account
    before: int
    after: int

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(frozen=True)
class PointsPreview:
    """The orders of a year of the accounts a reader may see, under the rules in force and the draft.

    Both as if they had held for the whole year. ``frame``: index order id; account_id, tier, amount, before, after.
    """

    since: date
    as_of: date
    frame: pd.DataFrame
    worth: tuple[Decimal, Decimal]

    @property
    def order_count(self) -> int:
        return int((self.frame["after"] > 0).sum())

    @property
    def before(self) -> int:
        return int(self.frame["before"].sum())

    @property
    def after(self) -> int:
        return int(self.frame["after"].sum())

    @property
    def change(self) -> int:
        return self.after - self.before

    @property
    def value(self) -> Decimal:
        """What the points of the draft are worth by its own value."""
        return self.after * self.worth[1]

    @property
    def value_change(self) -> Decimal:
        return self.value - self.before * self.worth[0]

    @property
    def rate(self) -> float | None:
        """The worth of the points as a share of what was sold; None where nothing was."""
        sold = int(self.frame["amount"].sum()) / TEN_THOUSAND
        return float(self.value) / sold if sold > 0 else None

    @cached_property
    def by_account(self) -> pd.DataFrame:
        return self.frame.groupby("account_id")[["before", "after"]].sum()

    @property
    def earning_before(self) -> int:
        return int((self.by_account["before"] > 0).sum())

    @property
    def earning_after(self) -> int:
        return int((self.by_account["after"] > 0).sum())

    @property
    def differing(self) -> int:
        """How many accounts would have more or fewer points."""
        return int((self.by_account["before"] != self.by_account["after"]).sum())

    def tiers(self) -> list[dict]:
        """Per tier on the day of the sale: accounts that earn, points before and after; those without a tier last."""
        rows = []
        for code in [*Tier.objects.order_by("rank").values_list("code", flat=True), ""]:
            part = self.frame[self.frame["tier"] == code]
            if code or len(part):
                earning = part.loc[part["after"] > 0, "account_id"].nunique()
                rows.append(
                    {"code": code, "count": int(earning)} | {n: int(part[n].sum()) for n in ("before", "after")}
                )
        return rows

    def top(self, limit: int) -> list[AccountPoints]:
        """The accounts with the most points by the draft, or by the rules in force where the draft gives none."""
        both = self.by_account[self.by_account.max(axis=1) > 0]
        rows = both.sort_values(["after", "before"], ascending=False).head(limit)
        accounts = Account.objects.select_related("owner", "standing__tier").in_bulk(rows.index.tolist())
        return [AccountPoints(accounts[row.Index], int(row.before), int(row.after)) for row in rows.itertuples()]


def points_preview(user, *, old: Document, new: Document) -> PointsPreview | None:
    """Old against new rules over the year up to yesterday, for the accounts ``user`` may see; None without orders."""
    as_of = last_full_day()
    since = as_of - YEAR + timedelta(days=1)
    last = Account.objects.aggregate(last=Max("pk"))["last"]
    if last is None:
        return None
    rules = {"before": whole_year(old, since), "after": whole_year(new, since)}
    frame = earned_in(since, as_of, range(last + 1), rules)
    visible = set(Account.objects.visible_to(user).active().values_list("pk", flat=True))
    frame = frame[frame["account_id"].isin(visible)]
    return PointsPreview(since, as_of, frame, (value_of(old), value_of(new))) if len(frame) else None


def whole_year(document: Document, since: date) -> EarningRule:
    """The rule of ``document`` as if it had begun by ``since``; one that never begins gives nothing."""
    begun = document | {"starts_on": since.isoformat() if document["starts_on"] else None}
    return earning_rule(0, begun, versions.published(SERVICE_LEVELS).document)
