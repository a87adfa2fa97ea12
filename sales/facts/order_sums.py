"""What the facts on orders are computed from: from the kept months of accounts, or anew from every order.

Both ways give the same, to the last unit. The months are the way of the night; where they cannot tell (accounts whose
orders were written since, whose orders were cancelled after the day asked about, or into which others were merged), the
orders themselves are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from django.db.models import Case, Count, IntegerField, Max, Min, Q, QuerySet, Value, When

from core.database import integer_sum
from core.dialects import fetch_frame
from core.facts import Scope, chunks
from core.lazy import pd
from sales import gaps, month_sql, windows
from sales.calendar_months import month_bands, month_of
from sales.choices import OrderKind
from sales.models import Order

IS_SALE = Q(kind=OrderKind.SALE, amount__gt=0)
BAND_COLUMNS = {
    "orders": Count("pk", filter=IS_SALE),
    "orders_without_units": Count("pk", filter=Q(units__isnull=True)),
    "revenue": integer_sum("amount"),
    "sales_amount": integer_sum("amount", where=IS_SALE),
    "units": integer_sum("units"),
    "costed": integer_sum("costed_amount"),
    "costed_sales": integer_sum("costed_amount", where=IS_SALE),
    "cost": integer_sum("cost_amount"),
    "first_sale": Min("ordered_on", filter=IS_SALE),
    "last_sale": Max("ordered_on", filter=IS_SALE),
}
ACCOUNTS_READ_AGAIN = 2_500
"""Accounts whose days of sale are in memory at once."""

ENDS = ["first_sale", "last_sale"]
SUMS = list(month_sql.SUMS)
KEY = ["account_id", "band"]


@dataclass(frozen=True)
class OrderSums:
    """Sums of the orders of accounts as of a day.

    ``bands`` as `windows.order_facts` takes them; ``rhythm`` as `gaps.gap_sums` gives it; ``first_days`` the first day
    of any order, cancelled and empty ones included. All by the account that survives.
    """

    bands: pd.DataFrame
    rhythm: pd.DataFrame
    first_days: pd.Series


def order_sums(scope: Scope) -> OrderSums:
    """The sums of ``scope``, the fast way where it is safe."""
    rows = fetch_frame(
        month_sql.as_of_day(scope, month_bands(scope.as_of)), numbers=month_sql.NUMBERS, dates=month_sql.DATES
    )
    unfit = rows.loc[rows["part"] == month_sql.UNFIT, "account_id"]
    others = {scope.survivor(pk) for pk in unfit} | {scope.survivors[pk] for pk in scope.merged_ids}
    apart = sorted(pk for pk in others if pk in scope.members)
    fit = rows[~rows["account_id"].isin([*apart, *scope.survivors])]
    pieces = [summed_again(Scope(scope.as_of, piece, scope.survivors)) for piece in chunks(apart, ACCOUNTS_READ_AGAIN)]
    return _together([from_months(fit, scope.as_of), *pieces])


def _together(pieces: list[OrderSums]) -> OrderSums:
    if len(pieces) == 1:
        return pieces[0]
    return OrderSums(
        *(pd.concat([getattr(piece, name) for piece in pieces]) for name in ("bands", "rhythm", "first_days"))
    )


def from_months(rows: pd.DataFrame, as_of: date) -> OrderSums:
    """The sums that the rows of `month_sql.as_of_day` come to."""
    months = rows[rows["part"] == month_sql.MONTHS]
    whole = months[months["target"] > 0]
    days = _with_gaps(rows[rows["part"] == month_sql.DAYS], whole, as_of)
    parts = [whole, days, *_moves(rows[rows["part"] == month_sql.MOVED], days, as_of)]
    bands = pd.concat([part for part in parts if len(part)] or [whole]).groupby(KEY, sort=False, as_index=False)
    bands = bands.agg(
        {name: "sum" for name in [*SUMS, "sale_days", "squares"]} | {"first_sale": "min", "last_sale": "max"}
    )
    by_account = bands.groupby("account_id")
    rhythm = by_account[["sale_days", "squares"]].sum()
    rhythm["total"] = (by_account["last_sale"].max() - by_account["first_sale"].min()).dt.days
    rhythm = rhythm[rhythm["sale_days"] > 0].astype("int64")
    first = months.groupby("account_id")["first_on"].min()
    return OrderSums(bands[[*KEY, *SUMS, *ENDS]], rhythm, first)


def _with_gaps(days: pd.DataFrame, whole: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Single days as rows like those of months: their band, and the gap to the sale day before."""
    if days.empty:
        return days
    days = days.sort_values(["account_id", "first_on"])
    is_sale = days["orders"] > 0
    day = days["first_on"].where(is_sale)
    before = day.groupby(days["account_id"]).ffill().groupby(days["account_id"]).shift()
    last = whole.groupby("account_id")["last_sale"].max()
    gap = (day - before.fillna(days["account_id"].map(last))).dt.days.fillna(0).astype("int64")
    age = (pd.Timestamp(as_of) - days["first_on"]).dt.days
    band = pd.cut(age, [*windows.BAND_STARTS, 10**6], right=False, labels=list(windows.BAND_STARTS)).astype("int64")
    return days.assign(
        band=band, sale_days=is_sale.astype("int64"), squares=gap**2, first_sale=day, last_sale=day, first_on=pd.NaT
    )


def _moves(moved: pd.DataFrame, days: pd.DataFrame, as_of: date) -> list[pd.DataFrame]:
    """Moved days as rows that are taken from one band and added to another.

    Where the month of ``as_of`` is counted by single days, nothing of it is in the wrong band.
    """
    if any(month_of(edge.first) == month_of(as_of) for edge in month_bands(as_of).moved):
        youngest = windows.BAND_STARTS[1]
        moved = moved[~(moved["account_id"].isin(days["account_id"]) & (moved["target"] == youngest))]
    return [moved.assign(band=moved["target"]), moved.assign(**{name: -moved[name] for name in SUMS})]


def counted_orders(scope: Scope) -> QuerySet[Order]:
    """The orders that count as of the day: up to it, not cancelled by then, with an amount."""
    is_cancelled = Q(cancelled_on__lte=scope.as_of)
    orders = Order.objects.filter(ordered_on__lte=scope.as_of).exclude(amount=0)
    return scope.rows_of(orders.exclude(is_cancelled & Q(cancelled_on__isnull=False)))


def band(scope: Scope) -> Case:
    """The band of age of an order, as a column."""
    ends = pairwise(windows.BAND_STARTS)
    cases = [When(ordered_on__gt=scope.as_of - timedelta(days=end), then=Value(start)) for start, end in ends]
    return Case(*cases, default=Value(windows.BAND_STARTS[-1]), output_field=IntegerField())


def summed_again(scope: Scope) -> OrderSums:
    """The sums of ``scope`` from every order: what the months are measured against."""
    orders = counted_orders(scope)
    rows = orders.annotate(band=band(scope)).values_list("account_id", "band").annotate(**BAND_COLUMNS)
    bands = scope.frame(rows, [*KEY, *BAND_COLUMNS], dates=ENDS)
    days = scope.frame(
        orders.filter(IS_SALE).values_list("account_id", "ordered_on").distinct(), ["account_id", "day"], dates=["day"]
    )
    first = scope.first_days(Order.objects.all(), "ordered_on").groupby(level=0).min()
    return OrderSums(bands, gaps.gap_sums(days), first)
