"""What statements, balances and lots are read from."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Account
from core.periods import business_date
from loyalty.models import LedgerEntry, Lot, Wallet

SOON = timedelta(days=90)


def wallet_rows(user) -> QuerySet[Wallet]:
    """A row is the wallet of a visible account, with the account's tier and owner and the next last day."""
    left = Lot.objects.filter(wallet=OuterRef("pk"), left_points__gt=0, expires_on__isnull=False)
    rows = Wallet.objects.visible_to(user).select_related("account__standing__tier", "account__owner")
    return rows.annotate(
        expires_on=Subquery(left.order_by("expires_on").values("expires_on")[:1]),
        outstanding_points=F("available_points") + F("held_points"),
    )


def entry_rows(user) -> QuerySet[LedgerEntry]:
    """A row is an entry of a visible account, with account, order and who wrote it; ``moved_points``: what it moved.

    An entry moves what can be spent; where it moves none of that, what waits for payment or is set aside.
    """
    rows = LedgerEntry.objects.visible_to(user).select_related("wallet__account", "order", "recorded_by")
    return rows.annotate(moved_points=F("available_points") - F("owed_points"))


def statement_rows(user, account: Account) -> QuerySet[LedgerEntry]:
    """A row is an entry of ``account`` with ``balance``: what could be spent after it, in the order of the days."""
    earlier = LedgerEntry.objects.filter(wallet=OuterRef("wallet")).order_by()
    earlier = earlier.filter(
        Q(happened_on__lt=OuterRef("happened_on"))
        | Q(happened_on=OuterRef("happened_on"), number__lte=OuterRef("number"))
    )
    total = earlier.values("wallet").annotate(total=Sum("available_points")).values("total")
    rows = entry_rows(user).filter(wallet__account=account)
    return rows.annotate(balance=Subquery(total, output_field=BigIntegerField()))


@dataclass(frozen=True)
class Period:
    """What a statement says of a span of days: the balance before it, what came and went, the balance after it."""

    since: date | None
    until: date | None
    opening: int
    came: int
    went: int

    @property
    def closing(self) -> int:
        return self.opening + self.came + self.went


def period_of(account: Account, since: date | None, until: date | None) -> Period:
    """The balances of ``account`` from the morning of ``since`` to the evening of ``until``; None: without an end."""
    within = Q()
    if since:
        within &= Q(happened_on__gte=since)
    if until:
        within &= Q(happened_on__lte=until)
    before = Q(happened_on__lt=since) if since else Q(pk__in=[])
    sums = {
        "opening": Coalesce(Sum("available_points", filter=before), 0),
        "came": Coalesce(Sum("available_points", filter=within & Q(available_points__gt=0)), 0),
        "went": Coalesce(Sum("available_points", filter=within & Q(available_points__lt=0)), 0),
    }
    return Period(since, until, **LedgerEntry.objects.filter(wallet__account=account).aggregate(**sums))


def lot_rows(user) -> QuerySet[Lot]:
    """A row is a lot of a visible account with points left, what expires soonest first."""
    rows = Lot.objects.visible_to(user).filter(left_points__gt=0)
    return rows.select_related("wallet__account", "entry__order").order_by(F("expires_on").asc(nulls_last=True), "pk")


def lots_by_day(account: Account) -> list[dict]:
    """The points of ``account`` by their last day (None: for ever), the soonest first."""
    rows = Lot.objects.filter(wallet__account=account, left_points__gt=0).order_by()
    days = rows.values("expires_on").annotate(points=Sum("left_points"))
    soon = business_date() + SOON
    return [
        row | {"is_soon": row["expires_on"] is not None and row["expires_on"] <= soon}
        for row in days.order_by(F("expires_on").asc(nulls_last=True))
    ]
