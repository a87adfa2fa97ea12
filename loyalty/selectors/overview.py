"""What the points of all visible accounts come to: what is outstanding, what it is worth, what came and went."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Tier
from core.formats import MONTHS, is_chinese
from core.periods import business_date, month_end_after
from loyalty.choices import EntryKind
from loyalty.configuration import value_per_point
from loyalty.filters import CREDITED
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.selectors.ledger import SOON

MONTHS_SHOWN = 12


@dataclass(frozen=True)
class TierPoints:
    """One tier: its accounts with points, what they may still spend, and what that is worth."""

    tier: Tier
    count: int
    outstanding: int
    value: Decimal


@dataclass(frozen=True)
class Overview:
    """The points of the accounts one reader may see. Outstanding: to spend or set aside; expiring: within ``SOON``."""

    on: date
    outstanding: int
    pending: int
    held: int
    owed: int
    account_count: int
    value_per_point: Decimal
    expiring: int
    expiring_until: date
    tiers: list[TierPoints]
    months: list[dict]

    @property
    def value(self) -> Decimal:
        """What the outstanding points are worth: the open liability."""
        return self.outstanding * self.value_per_point

    def total(self, name: str) -> int:
        return sum(month[name] for month in self.months)

    @property
    def earned(self) -> int:
        return self.total("earned")

    @property
    def redeemed(self) -> int:
        return self.total("redeemed")

    @property
    def expired(self) -> int:
        return self.total("expired")

    @property
    def since(self) -> date:
        return self.months[0]["since"]


def points_overview(user) -> Overview:
    """Everything the points overview shows to ``user``."""
    on = business_date()
    wallets = Wallet.objects.visible_to(user)
    total = {
        "outstanding": Coalesce(Sum(F("available_points") + F("held_points")), 0),
        "pending": Coalesce(Sum("pending_points"), 0),
        "held": Coalesce(Sum("held_points"), 0),
        "owed": Coalesce(Sum("owed_points"), 0),
        "account_count": Count("pk", filter=Q(available_points__gt=0) | Q(held_points__gt=0)),
    }
    soon = Lot.objects.visible_to(user).filter(left_points__gt=0, expires_on__range=(on, on + SOON))
    worth = value_per_point()
    return Overview(
        on=on,
        value_per_point=worth,
        expiring=soon.aggregate(sum=Coalesce(Sum("left_points"), 0))["sum"],
        expiring_until=on + SOON,
        tiers=tier_points(wallets, worth),
        months=months_of(user, on),
        **wallets.aggregate(**total),
    )


def tier_points(wallets, worth: Decimal) -> list[TierPoints]:
    rows = wallets.order_by().values_list("account__standing__tier")
    some = Q(available_points__gt=0) | Q(held_points__gt=0)
    sums = rows.annotate(count=Count("pk", filter=some), points=Sum(F("available_points") + F("held_points")))
    found = {tier: (count, points) for tier, count, points in sums}
    tiers = Tier.objects.order_by("rank")
    return [TierPoints(tier, *(row := found.get(tier.pk, (0, 0))), value=row[1] * worth) for tier in tiers]


def months_of(user, on: date) -> list[dict]:
    """The last twelve months, the oldest first: points credited, redeemed and expired in each."""
    firsts = [month_start(on, back) for back in range(MONTHS_SHOWN - 1, -1, -1)]
    rows = LedgerEntry.objects.visible_to(user).filter(happened_on__gte=firsts[0], happened_on__lte=on).order_by()
    sums = {}
    grouped = rows.annotate(month=TruncMonth("happened_on")).values_list("month", "kind")
    for month, kind, moved, held in grouped.annotate(
        moved=Sum(F("available_points") - F("owed_points")), held=Sum("held_points")
    ):
        sums[month, kind] = (moved, held)
    nothing = (0, 0)
    return [
        {
            "since": first,
            "until": month_end_after(first, 0),
            "earned": sum(sums.get((first, kind), nothing)[0] for kind in (EntryKind.EARN, EntryKind.ACTIVATE)),
            "redeemed": -sums.get((first, EntryKind.COMMIT), nothing)[1],
            "expired": -sums.get((first, EntryKind.EXPIRE), nothing)[0],
        }
        for first in firsts
    ]


def month_start(day: date, back: int) -> date:
    """The first day of the month ``back`` months before that of ``day``."""
    return month_end_after(day, -back - 1) + timedelta(days=1)


def month_chart(overview: Overview) -> dict:
    """Bars by month, each leading to its entries."""
    series = (("earned", _("Credited"), "now", CREDITED), ("redeemed", _("Redeemed"), "up", EntryKind.COMMIT))
    series = (*series, ("expired", _("Expired"), "warn", EntryKind.EXPIRE))
    return {
        "unit": "number",
        "categories": [month_label(month["since"]) for month in overview.months],
        "series": [
            {
                "name": name,
                "tone": tone,
                "values": [
                    {"value": month[key], "href": entries_url(kind, month["since"], month["until"])}
                    for month in overview.months
                ],
            }
            for key, name, tone, kind in series
        ],
    }


def month_label(month: date) -> str:
    return f"{month.month}月" if is_chinese() else MONTHS[month.month - 1]


def entries_url(kind: str, since: date, until: date) -> str:
    """The ledger's entries of one kind in a span of days."""
    return reverse("loyalty:entry_list", query={"kind": str(kind), "since": since, "until": until})
