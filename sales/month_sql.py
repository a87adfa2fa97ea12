"""The statements around the months of accounts: their sums from the orders, and what a day needs of both.

Identifiers and numbers are of this package; dates are dates. Nothing of a user gets into the text.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from core.dialects import days_between, differs, first_day_of, no_date, total, whole_sum
from core.facts import Scope
from sales.calendar_months import MonthBands, first_day, month_of
from sales.month_tracking import MONTH

SUMS = ("orders", "orders_without_units", "revenue", "sales_amount", "units", "costed", "costed_sales", "cost")
COUNTED = "o.cancelled_on IS NULL AND o.amount <> 0"
SALE = "o.kind = 'sale' AND o.amount > 0"
STORED = ("first_on", "last_on", *SUMS, "first_sale", "last_sale", "sale_days", "gap_squares")

MONTHS, MOVED, DAYS, UNFIT = range(4)
NUMBERS = ("part", "account_id", "band", "target", *SUMS, "sale_days", "squares")
DATES = ("first_sale", "last_sale", "first_on")


def order_sums(where: str) -> dict[str, str]:
    """Name of a sum → its SQL over the orders ``o`` for which ``where`` holds."""
    sale = f"{where} AND {SALE}"
    return {
        "orders": total(f"CASE WHEN {sale} THEN 1 END"),
        "orders_without_units": total(f"CASE WHEN {where} AND o.units IS NULL THEN 1 END"),
        "revenue": whole_sum(f"CASE WHEN {where} THEN o.amount END"),
        "sales_amount": whole_sum(f"CASE WHEN {sale} THEN o.amount END"),
        "units": whole_sum(f"CASE WHEN {where} THEN o.units END"),
        "costed": whole_sum(f"CASE WHEN {where} THEN o.costed_amount END"),
        "costed_sales": whole_sum(f"CASE WHEN {sale} THEN o.costed_amount END"),
        "cost": whole_sum(f"CASE WHEN {where} THEN o.cost_amount END"),
    }


def month_rows(pairs: str) -> str:
    """The sums of the months that ``pairs`` selects as (account_id, month): account_id, month, then `STORED`."""
    by_day = ", ".join(f"{sql} AS {name}" for name, sql in order_sums(COUNTED).items())
    by_month = ", ".join(total(f"d.{name}") for name in SUMS)
    sale_day = f"CASE WHEN {COUNTED} AND {SALE} THEN o.ordered_on END"
    gap = days_between("d.sale_day", "d.sale_before")
    return f"""
SELECT d.account_id, d.month, MIN(d.day), MAX(d.counted_day), {by_month}, MIN(d.sale_day), MAX(d.sale_day),
    COUNT(d.sale_day), {total(f"{gap} * {gap}")}
FROM (
    SELECT e.*, CASE WHEN e.sale_day IS NOT NULL THEN MAX(e.sale_day) OVER (
        PARTITION BY e.account_id, e.month ORDER BY e.day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) END AS sale_before
    FROM (
        SELECT p.account_id, p.month, o.ordered_on AS day, MAX({sale_day}) AS sale_day,
            MAX(CASE WHEN {COUNTED} THEN o.ordered_on END) AS counted_day, {by_day}
        FROM ({pairs}) p
        JOIN sales_order o ON o.account_id = p.account_id AND o.ordered_on >= {first_day_of("p.month")}
            AND o.ordered_on < {first_day_of("p.month + 1")}
        GROUP BY p.account_id, p.month, o.ordered_on
    ) e
) d
GROUP BY d.account_id, d.month
"""  # noqa: S608


def first_gaps(accounts: str) -> str:
    """Bring up to date the days between a month's first sale and the last one before it, for ``accounts``."""
    gap = days_between("first_sale", "LAG(last_sale) OVER (PARTITION BY account_id ORDER BY month)")
    return f"""
UPDATE sales_accountmonth SET first_gap = found.gap
FROM (
    SELECT id, {gap} AS gap FROM sales_accountmonth WHERE first_sale IS NOT NULL AND account_id IN ({accounts})
) found
WHERE found.id = sales_accountmonth.id AND {differs("sales_accountmonth.first_gap", "found.gap")}
"""  # noqa: S608


def differences(condition: str) -> str:
    """The months (account_id, month) that do not say what their orders do, unless they are noted as changed.

    ``condition`` chooses accounts by the column account_id.
    """
    month = MONTH[connection.vendor].format("ordered_on")
    pairs = f"SELECT DISTINCT account_id, {month} AS month FROM sales_order WHERE {condition}"  # noqa: S608
    columns = ", ".join(["account_id", "month", *STORED])
    kept = f"SELECT {columns} FROM sales_accountmonth WHERE {condition}"  # noqa: S608
    gap = days_between("first_sale", "LAG(last_sale) OVER (PARTITION BY account_id ORDER BY month)")
    return f"""
WITH summed ({columns}) AS ({month_rows(pairs)}), kept AS ({kept}), found AS (
    SELECT account_id, month FROM (SELECT * FROM summed EXCEPT SELECT * FROM kept) missing
    UNION SELECT account_id, month FROM (SELECT * FROM kept EXCEPT SELECT * FROM summed) wrong
    UNION SELECT account_id, month FROM (
        SELECT account_id, month, first_gap, {gap} AS gap FROM sales_accountmonth
        WHERE first_sale IS NOT NULL AND {condition}
    ) gaps WHERE {differs("first_gap", "gap")}
)
SELECT account_id, month FROM found
WHERE account_id NOT IN (SELECT account_id FROM sales_changedmonth) ORDER BY 1, 2
"""  # noqa: S608


def own(scope: Scope, column: str) -> str:
    """The condition that a row belongs to one of the accounts of ``scope``."""
    ids = scope.account_ids
    if isinstance(ids, range):
        return f"{column} >= {ids.start} AND {column} < {ids.stop}"
    return f"{column} IN ({', '.join(str(int(pk)) for pk in ids) or 'NULL'})"


def as_of_day(scope: Scope, bands: MonthBands) -> str:
    """All that the facts on orders of a day need, in one statement, so that all of it is of one moment.

    Rows of four parts, with the columns `NUMBERS` and `DATES`: months by band, where ``target`` counts those that lie
    wholly before the day's end; days whose month stands in the wrong band; the days of a month that has orders after
    the day; and the accounts whose months cannot tell, because orders were written meanwhile or cancelled later.
    """
    parts = [_months(scope, bands), _moved(scope, bands), _days(scope), *_unfit(scope)]
    return " UNION ALL ".join(part for part in parts if part)


def _columns(part: int, account: str, *, band: str = "0", target: str = "0", sums: dict | None = None, **rest) -> str:
    values = (sums or {}) | rest
    numbers = [values.get(name, "0") for name in (*SUMS, "sale_days", "squares")]
    dates = [values.get(name, no_date()) for name in DATES]
    return ", ".join([str(part), account, band, target, *numbers, *dates])


def _months(scope: Scope, bands: MonthBands) -> str:
    whole = f"m.last_on <= '{scope.as_of}'"
    squares = "m.gap_squares + COALESCE(m.first_gap * m.first_gap, 0)"
    columns = _columns(
        MONTHS,
        "m.account_id",
        band=_case((f"m.month <= {newest}", band) for newest, band in bands.newest),
        target=total(f"CASE WHEN {whole} THEN 1 END"),
        sums={name: total(f"CASE WHEN {whole} THEN m.{name} END") for name in SUMS},
        sale_days=total(f"CASE WHEN {whole} THEN m.sale_days END"),
        squares=total(f"CASE WHEN {whole} THEN {squares} END"),
        first_sale=f"MIN(CASE WHEN {whole} THEN m.first_sale END)",
        last_sale=f"MAX(CASE WHEN {whole} THEN m.last_sale END)",
        first_on="MIN(m.first_on)",
    )
    return (
        f"SELECT {columns} FROM sales_accountmonth m WHERE {own(scope, 'm.account_id')}"  # noqa: S608
        f" AND m.first_on <= '{scope.as_of}' GROUP BY 2, 3"
    )


def _case(cases: Iterable[tuple[str, int]]) -> str:
    return "CASE " + " ".join(f"WHEN {condition} THEN {value}" for condition, value in cases) + " ELSE 0 END"


def _moved(scope: Scope, bands: MonthBands) -> str:
    """One pass over the index of the accounts: whatever the order of the table on the disk, nothing else is read."""
    if not bands.moved:
        return ""
    days = [(f"o.ordered_on >= '{edge.first}' AND o.ordered_on <= '{edge.last}'", edge) for edge in bands.moved]
    columns = _columns(
        MOVED,
        "o.account_id",
        band=_case((condition, edge.source) for condition, edge in days),
        target=_case((condition, edge.target) for condition, edge in days),
        sums=order_sums(COUNTED),
    )
    any_of_them = " OR ".join(f"({condition})" for condition, _edge in days)
    return (
        f"SELECT {columns} FROM sales_order o WHERE {own(scope, 'o.account_id')} AND ({any_of_them})"  # noqa: S608
        f" AND {COUNTED} GROUP BY 2, 3, 4"
    )


def _days(scope: Scope) -> str:
    month = month_of(scope.as_of)
    columns = _columns(DAYS, "o.account_id", sums=order_sums(COUNTED), first_on="o.ordered_on")
    return f"""SELECT {columns}
        FROM sales_accountmonth m JOIN sales_order o ON o.account_id = m.account_id
            AND o.ordered_on >= '{first_day(month)}' AND o.ordered_on <= '{scope.as_of}'
        WHERE {own(scope, "m.account_id")} AND m.month = {month} AND m.last_on > '{scope.as_of}' AND {COUNTED}
        GROUP BY o.account_id, o.ordered_on"""  # noqa: S608


def _unfit(scope: Scope) -> list[str]:
    columns = _columns(UNFIT, "u.account_id")
    cancelled = f"u.cancelled_on > '{scope.as_of}' AND u.ordered_on <= '{scope.as_of}'"
    return [
        f"SELECT DISTINCT {columns} FROM sales_changedmonth u WHERE {own(scope, 'u.account_id')}",  # noqa: S608
        f"SELECT DISTINCT {columns} FROM sales_order u WHERE {own(scope, 'u.account_id')} AND {cancelled}",  # noqa: S608
    ]
