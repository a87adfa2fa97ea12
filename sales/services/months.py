"""The sums of orders by account and month, brought up to date where orders were written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import structlog
from django.db import connection, transaction
from django.db.models import Max, Min

from core.database import long_statements
from core.dialects import one_at_a_time
from core.periods import business_date
from sales import month_sql, month_tracking
from sales.models import AccountMonth, ChangedMonth, Order

logger = structlog.get_logger(__name__)

SUNDAY = 6
ACCOUNTS_A_BATCH = 5_000
LOCK = "sales.months"
PAIRS = "SELECT DISTINCT account_id, month FROM sales_months_taken"
ACCOUNTS = "SELECT account_id FROM sales_months_taken"


def refresh_months(account_ids: range | None = None) -> int:
    """Bring the months of these accounts (None: of all) up to their orders; how many months were summed again.

    Short transactions of a few thousand accounts each; one that fails leaves its months noted for the next time.
    """
    return sum(_refresh(piece) for piece in _pieces(account_ids))


def _pieces(account_ids: range | None) -> Iterator[range]:
    """The keys from the first to the last account with changed months, in pieces."""
    changed = ChangedMonth.objects.all()
    if account_ids is not None:
        changed = changed.filter(account_id__gte=account_ids.start, account_id__lt=account_ids.stop)
    ends = changed.aggregate(first=Min("account_id"), last=Max("account_id"))
    yield from _cut(ends["first"], ends["last"])


def _cut(first: int | None, last: int | None) -> Iterator[range]:
    if first is not None:
        for start in range(first, last + 1, ACCOUNTS_A_BATCH):
            yield range(start, min(start + ACCOUNTS_A_BATCH, last + 1))


def condition_of(ids: range) -> str:
    return f"account_id >= {ids.start} AND account_id < {ids.stop}"


@transaction.atomic
def _refresh(ids: range) -> int:
    with one_at_a_time(LOCK), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE sales_months_taken (id bigint, account_id bigint, month integer)")
        cursor.execute(
            "INSERT INTO sales_months_taken SELECT id, account_id, month FROM sales_changedmonth"  # noqa: S608
            f" WHERE {condition_of(ids)}"
        )
        # What others note from here on has keys that were not taken, and waits for the next time.
        cursor.execute("DELETE FROM sales_changedmonth WHERE id IN (SELECT id FROM sales_months_taken)")
        count = _sum_again(cursor)
        cursor.execute("DROP TABLE sales_months_taken")
    return count


def _sum_again(cursor) -> int:
    if connection.vendor == "postgresql":
        cursor.execute("ANALYZE sales_months_taken")
    cursor.execute(
        "DELETE FROM sales_accountmonth WHERE EXISTS (SELECT 1 FROM sales_months_taken t"
        " WHERE t.account_id = sales_accountmonth.account_id AND t.month = sales_accountmonth.month)"
    )
    columns = ", ".join(["account_id", "month", *month_sql.STORED])
    cursor.execute(f"INSERT INTO sales_accountmonth ({columns}) {month_sql.month_rows(PAIRS)}", [])
    count = cursor.rowcount
    cursor.execute(month_sql.first_gaps(ACCOUNTS))
    return count


def differing_months() -> list[tuple[int, int]]:
    """The months (account id, month) whose sums are not those of their orders, changed ones left out: none, ever.

    Sums all orders again, which takes as long as building the months.
    """
    ends = Order.objects.aggregate(first=Min("account_id"), last=Max("account_id"))
    if ends["first"] is None:
        ends = AccountMonth.objects.aggregate(first=Min("account_id"), last=Max("account_id"))
    found: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        for ids in _cut(ends["first"], ends["last"]):
            cursor.execute(month_sql.differences(condition_of(ids)), [])
            found += cursor.fetchall()
    return found


def prove_months(today: date | None = None) -> int:
    """On Sundays: sum the months again that differ from their orders, and say so in the log; how many differed."""
    if (today or business_date()).weekday() != SUNDAY:
        return 0
    with long_statements():
        differing = differing_months()
        if differing:
            logger.error("months_differ", months=len(differing), first=differing[:10])
            ChangedMonth.objects.bulk_create(ChangedMonth(account_id=pk, month=month) for pk, month in differing)
            refresh_months()
    return len(differing)


def repair_months(account_ids: range | None = None) -> int:
    """Sum all months of these accounts (None: of all) again from their orders; how many months that were."""
    month_tracking.note_all(condition="1 = 1" if account_ids is None else condition_of(account_ids))
    return refresh_months(account_ids)
