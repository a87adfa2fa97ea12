"""Points for orders: the ledger is brought to what the orders of today say, however they have changed since.

Each call compares, order by order, the points that should be there with those that were posted, and posts what is
missing. So a night may run twice, an order may be changed, cancelled, returned, paid or taken back by an import, and
the ledger follows with entries of its own; it is never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Count, Max, Q, Sum

from accounts.models import Account, AccountHistory
from core.database import TenThousandths, integer_sum
from core.isolation import isolate
from core.lazy import pd
from loyalty import earning
from loyalty.choices import EntryKind
from loyalty.earning import EarningRule
from loyalty.models import LedgerEntry, Lot
from loyalty.services.ledger import Posting, post, wallet_of
from sales.choices import OrderKind, PaymentKind
from sales.models import Order, Payment, Receivable
from sales.settlement import settled_on

CHECK_EVERY = 200
DAY = "datetime64[s]"


@dataclass(frozen=True)
class RulePeriod:
    """The rule for sales from ``valid_from`` on (None: since ever), and when the points it gives expire."""

    valid_from: date | None
    rule: EarningRule
    expires_on: Callable[[date], date | None]


@dataclass(frozen=True)
class Awarded:
    """How many orders were compared, how many entries that made, and whose points could not be moved: why."""

    order_count: int
    entry_count: int
    errors: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """What one order lacks in the ledger; ``posted`` entries name it already."""

    order_id: int
    account_id: int
    pending: int
    earned: int
    posted: int
    posted_pending: int
    ordered_on: date
    settled_on: date | None
    period: RulePeriod


def award_order_points(
    *, as_of: date, account_ids: range, periods: Sequence[RulePeriod], check: Callable[[], None] = lambda: None
) -> Awarded:
    """Post what the orders of these accounts lack as of the end of ``as_of``; a second call posts nothing.

    The ledger only goes forward: an order of which it says something later than ``as_of`` is left alone. An account
    whose ledger refuses is noted, and the others go on.
    ``periods`` by day, the earliest first. ``check`` is called between the accounts and may raise to stop the work.
    """
    since = _earliest_start(periods)
    if since is None and not _has_points_for_orders(account_ids):
        return Awarded(0, 0)
    sales, returns = orders_of(account_ids, as_of, since or as_of)
    sales = sales.assign(
        settled_on=_settled(account_ids, as_of, sales),
        tier=tiers_on(account_ids, sales),
        rule=_positions(sales["ordered_on"], periods),
    )
    target = earning.target_points(sales, returns, [period.rule for period in periods])
    changes = list(_changes(target, _posted(account_ids, as_of), periods))
    entries, errors = 0, {}
    for number, change in enumerate(changes):
        if number % CHECK_EVERY == 0:
            check()
        made, failed = isolate(lambda piece: _bring_forward(piece[0], as_of), [change])
        entries += sum(made)
        errors |= {failing.account_id: message for failing, message in failed.items()}
    return Awarded(len(target), entries, errors)


def _of(account_ids: range, column: str = "account_id") -> Q:
    """The rows whose ``column`` is one of these accounts."""
    return Q(**{f"{column}__gte": account_ids.start, f"{column}__lt": account_ids.stop})


def _frame(rows, columns: Sequence[str], *, dates: Sequence[str] = (), texts: Sequence[str] = ()) -> pd.DataFrame:
    """Fetched rows with typed columns: days, texts, and whole numbers for all others."""
    frame = pd.DataFrame.from_records(list(rows), columns=list(columns))
    for column in columns:
        if column in dates:
            frame[column] = pd.to_datetime(frame[column]).astype(DAY)
        elif column not in texts:
            frame[column] = frame[column].astype("int64")
    return frame


def _earliest_start(periods: Sequence[RulePeriod]) -> date | None:
    """The first day on which a sale can earn; None while no rule has begun.

    What was sold before neither earns nor changes what later sales earn, because returns take from the latest first.
    """
    return min((period.rule.starts_on for period in periods if period.rule.starts_on), default=None)


def _has_points_for_orders(account_ids: range) -> bool:
    return LedgerEntry.objects.filter(_of(account_ids, "wallet__account_id"), order__isnull=False).exists()


def orders_of(account_ids: range, as_of: date, since: date | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sales (the cancelled ones marked) and returns up to the day, index order id, in whole 1/10,000."""
    orders = Order.objects.filter(_of(account_ids), ordered_on__lte=as_of).order_by("pk")
    if since is not None:
        orders = orders.filter(ordered_on__gte=since)
    rows = orders.annotate(whole=TenThousandths("amount"))
    columns = ["order_id", "account_id", "kind", "ordered_on", "cancelled_on", "amount"]
    values = rows.values_list("pk", *columns[1:-1], "whole")
    frame = _frame(values, columns, dates=["ordered_on", "cancelled_on"], texts=["kind"]).set_index("order_id")
    frame["is_cancelled"] = frame.pop("cancelled_on") <= pd.Timestamp(as_of)
    is_sale = (frame["kind"] == OrderKind.SALE) & (frame["amount"] > 0)
    is_return = (frame["kind"] == OrderKind.RETURN) & (frame["amount"] < 0) & ~frame["is_cancelled"]
    return frame[is_sale].drop(columns="kind"), frame[is_return]


def _settled(account_ids: range, as_of: date, sales: pd.DataFrame) -> pd.Series:
    """The day each sale was paid in full; one without a receivable was paid on its own day. NaT while unpaid."""
    invoices = Receivable.objects.filter(_of(account_ids), order__isnull=False, issued_on__lte=as_of).order_by()
    rows = invoices.annotate(whole=TenThousandths("amount")).values_list("pk", "order_id", "whole")
    receivables = _frame(rows, ["pk", "order_id", "amount"]).set_index("pk")
    paid = Payment.objects.filter(receivable__in=invoices, paid_on__lte=as_of).order_by()
    by_day = paid.values_list("receivable_id", "paid_on").annotate(
        amount=integer_sum("amount"), payments=Count("pk", filter=Q(kind=PaymentKind.PAYMENT))
    )
    payments = _frame(by_day, ["receivable_id", "paid_on", "amount", "payments"], dates=["paid_on"])
    days = settled_on(receivables, payments).astype(DAY)
    by_order = days.groupby(receivables["order_id"])
    latest = by_order.max().where(by_order.count() == by_order.size())
    return sales["ordered_on"].where(~sales.index.isin(latest.index), latest.reindex(sales.index))


def tiers_on(account_ids: range, sales: pd.DataFrame) -> pd.Series:
    """The tier of each sale's account on the day of the sale; '' before it had one."""
    rows = AccountHistory.objects.filter(_of(account_ids, "subject_id"), field="tier")
    values = rows.values_list("subject_id", "valid_from", "value")
    history = _frame(values, ["account_id", "since", "tier"], dates=["since"], texts=["tier"])
    ordered = sales.reset_index()[["order_id", "account_id", "ordered_on"]].sort_values("ordered_on")
    found = pd.merge_asof(
        ordered, history.sort_values("since"), left_on="ordered_on", right_on="since", by="account_id"
    )
    return found.set_index("order_id")["tier"].fillna("").reindex(sales.index)


def _positions(days: pd.Series, periods: Sequence[RulePeriod]) -> pd.Series:
    """Which of ``periods`` each day is in."""
    positions = pd.Series(0, index=days.index, dtype="int64")
    for position, period in enumerate(periods):
        if period.valid_from is not None:
            positions[days >= pd.Timestamp(period.valid_from)] = position
    return positions


def _posted(account_ids: range, as_of: date) -> pd.DataFrame:
    """What each account's ledger says of each order so far, and whether it is ahead of the day.

    Index order id and account id: an order that went to another account has entries in both ledgers.
    """
    entries = LedgerEntry.objects.filter(_of(account_ids, "wallet__account_id"), order__isnull=False)
    rows = (
        entries.order_by()
        .values_list("order_id", "wallet__account_id")
        .annotate(
            count=Count("pk"), pending=Sum("pending_points"), earned=Sum("qualifying_points"), last=Max("happened_on")
        )
    )
    columns = ["order_id", "account_id", "posted", "posted_pending", "posted_earned", "last"]
    frame = _frame(rows, columns, dates=["last"]).set_index(["order_id", "account_id"])
    frame["is_ahead"] = frame.pop("last") > pd.Timestamp(as_of)
    return frame


def _changes(target: pd.DataFrame, posted: pd.DataFrame, periods: Sequence[RulePeriod]) -> Iterator[Change]:
    """The orders whose points differ from those posted, account by account, the oldest first."""
    both = target.set_index("account_id", append=True).join(posted, how="outer")
    numbers = ["pending", "earned", "posted", "posted_pending", "posted_earned", "rule"]
    both[numbers] = both[numbers].fillna(0).astype("int64")
    differs = (both["pending"] != both["posted_pending"]) | (both["earned"] != both["posted_earned"])
    differs &= both["is_ahead"].ne(True)
    for row in both[differs].reset_index().sort_values(["account_id", "ordered_on"]).itertuples():
        yield Change(
            order_id=row.order_id,
            account_id=row.account_id,
            pending=row.pending - row.posted_pending,
            earned=row.earned - row.posted_earned,
            posted=row.posted,
            posted_pending=row.posted_pending,
            ordered_on=_day(row.ordered_on),
            settled_on=_day(row.settled_on),
            period=periods[row.rule],
        )


def _day(value) -> date | None:
    return None if pd.isna(value) else value.date()


@transaction.atomic
def _bring_forward(change: Change, as_of: date) -> int:
    """Post what one order lacks; how many entries that took."""
    wallet = wallet_of(Account.objects.get(pk=change.account_id))
    mine = Lot.objects.filter(wallet=wallet, entry__order_id=change.order_id).order_by("-pk")
    lot = mine.values_list("pk", flat=True).first()
    steps = [step for step in _steps(change, as_of, lot) if any(step[name] for name in ("points", "pending"))]
    for number, step in enumerate(steps, start=change.posted + 1):
        key = f"order:{change.order_id}:{wallet.pk}:{number}"
        rule_number = change.period.rule.number
        post(wallet.pk, Posting(source_key=key, order_id=change.order_id, rule_number=rule_number, **step))
    return len(steps)


def _steps(change: Change, as_of: date, lot: int | None) -> list[dict]:
    """The movements that make up one change: what waited is activated as far as it goes, the rest is new or undone."""
    activated = min(max(change.earned, 0), max(-change.pending, 0))
    earned, pending = change.earned - activated, change.pending + activated
    paid_on = min(change.settled_on or as_of, as_of)
    lasts = {"happened_on": paid_on, "expires_on": change.period.expires_on(paid_on)}
    reversal = {"kind": EntryKind.REVERSE, "happened_on": as_of}
    return [
        {"kind": EntryKind.ACTIVATE, "points": activated, "pending": -activated, "qualifying": activated, **lasts},
        {"kind": EntryKind.EARN, "points": max(earned, 0), "pending": 0, "qualifying": max(earned, 0), **lasts},
        {"points": 0, "pending": min(pending, 0), **reversal},
        {
            "kind": EntryKind.PENDING,
            "points": 0,
            "pending": max(pending, 0),
            "happened_on": min(change.ordered_on or as_of, as_of),
        },
        {
            "points": min(earned, 0),
            "pending": 0,
            "qualifying": min(earned, 0),
            "may_owe": True,
            "from_lot": lot,
            **reversal,
        },
    ]
