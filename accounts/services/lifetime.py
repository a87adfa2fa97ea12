"""What a month's models expect of the accounts, written beside where they stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import Standing
from core.lazy import pd
from core.money import LIMIT

BATCH_SIZE = 1_000
PLACES = {
    "expected_orders_12m": "0.01",
    "expected_revenue_12m": "0.01",
    "lifetime_value_36m": "0.01",
    "no_order_probability": "0.0001",
}
LIFETIME_FIELDS = ("lifetime_as_of", *PLACES)


def write_lifetime_values(*, as_of: date, expected: pd.DataFrame, check: Callable[[], None] = lambda: None) -> int:
    """Write what is expected of each account as of ``as_of``; how many standings that was.

    ``expected`` has a row per account (its id) and the columns of `PLACES`, NaN where nothing can be said. Standings of
    accounts that are not in it lose their earlier figures; accounts without a standing are left out. A standing with
    figures of a later day keeps them. ``check`` raises when the work was cancelled.
    """
    older = Standing.objects.exclude(lifetime_as_of__gt=as_of)
    ids = sorted(older.values_list("account_id", flat=True))
    rows = expected.reindex(ids)
    for start in range(0, len(ids), BATCH_SIZE):
        check()
        _write(rows.iloc[start : start + BATCH_SIZE], as_of)
    return len(ids)


@transaction.atomic
def _write(rows: pd.DataFrame, as_of: date) -> None:
    """Only the columns of `LIFETIME_FIELDS` change: the others are there for rows that exist already."""
    moment = timezone.now()
    present = set(Standing.objects.filter(account__in=rows.index.tolist()).values_list("account_id", flat=True))
    Standing.objects.bulk_create(
        (
            Standing(account_id=account_id, as_of=as_of, calculated_at=moment, **_fields(row, as_of))
            for account_id, row in zip(rows.index, rows.to_dict("records"), strict=True)
            if account_id in present
        ),
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=LIFETIME_FIELDS,
    )


def _fields(row: dict[str, float], as_of: date) -> dict:
    values = {name: _decimal(row[name], places) for name, places in PLACES.items()}
    is_known = any(value is not None for value in values.values())
    return {"lifetime_as_of": as_of if is_known else None, **values}


def _decimal(value: float, places: str) -> Decimal | None:
    """``value`` as the column holds it; None where there is none or it is beyond all money."""
    if pd.isna(value) or abs(value) >= LIMIT:
        return None
    return Decimal(repr(float(value))).quantize(Decimal(places))
