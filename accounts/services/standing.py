"""Where accounts stand: the one writer of `Standing`, from the sheets that a night kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import AccountHistory, Standing, Tier
from core import sheets
from core.isolation import isolate
from core.lazy import pd
from core.money import quantise
from core.sheets import Part, WrittenShard
from core.writer import write_rows

BATCH_SIZE = 5_000
WHOLE = ("recency_class", "frequency_class", "monetary_class")
AMOUNTS = ("revenue_365d", "revenue_prev365d", "overdue_amount")
DAYS_SINCE = {
    "last_order_on": "days_since_last_order",
    "last_interaction_on": "days_since_last_interaction",
    "last_visit_on": "days_since_last_visit",
}


def write_standings(
    *, as_of: date, shard: int, shard_size: int | None = None, configuration: dict | None = None
) -> WrittenShard:
    """Bring the standings of one shard of accounts to ``as_of``, from its kept sheets, and date their changes of tier.

    An account whose standing is of a later day is left alone. A changed tier is in force from the day after ``as_of``.
    ``configuration`` names the versions the night computed with. An account whose row cannot be written is left out and
    reported; the others are written.
    """
    night = _night(as_of, shard, shard_size)
    ids = sheets.shard_range(shard, shard_size)
    later = Standing.objects.filter(account__gte=ids.start, account__lt=ids.stop, as_of__gt=as_of)
    night = night.drop(index=night.index.intersection(list(later.values_list("account_id", flat=True))))
    writer = _Writer(as_of, timezone.now(), configuration or {}, {tier.code: tier for tier in Tier.objects.all()})
    written, errors = 0, {}
    for start in range(0, len(night), BATCH_SIZE):
        batch = night.iloc[start : start + BATCH_SIZE]
        counts, failed = isolate(lambda rows, batch=batch: writer.write(batch.loc[rows]), batch.index.tolist())
        written, errors = written + sum(counts), errors | failed
    return WrittenShard(written, errors)


def _night(as_of: date, shard: int, shard_size: int | None) -> pd.DataFrame:
    """The parts of a night for one shard, side by side."""
    night = sheets.read_shard(as_of, Part.FACTS, shard, shard_size)
    for part in (Part.RFM, Part.SCORE, Part.TIER):
        frame = sheets.read_shard(as_of, part, shard, shard_size)
        night = night.drop(columns=night.columns.intersection(frame.columns)).join(frame)
    return night


class _Writer:
    """Writes rows of a night as standings, with the dated rows of their tiers, one transaction a batch."""

    def __init__(self, as_of: date, moment: datetime, configuration: dict, tiers: dict[str, Tier]):
        self.as_of = as_of
        self.moment = moment
        self.configuration = json.dumps(configuration)
        self.tiers = tiers

    @transaction.atomic
    def write(self, rows: pd.DataFrame) -> int:
        columns = self.columns(rows)
        write_rows(Standing, list(columns), list(zip(*columns.values(), strict=True)), key="account_id")
        if "tier" in rows:
            date_tiers(rows["tier"].dropna().to_dict(), on=self.as_of + timedelta(days=1))
        return len(rows)

    def columns(self, rows: pd.DataFrame) -> dict[str, Sequence]:
        """The values of every column of `Standing`, in the order of ``rows``."""
        count = len(rows)
        too_little = _objects(rows, "is_too_little_known")
        return {
            "account_id": rows.index.tolist(),
            "as_of": [self.as_of] * count,
            "calculated_at": [self.moment] * count,
            "configuration": [self.configuration] * count,
            "tier_id": [self.tiers[code].pk if code in self.tiers else None for code in _objects(rows, "tier")],
            "value_score": _each(rows, "value_score", lambda value: _decimal(value, "0.01")),
            "confidence_rate": _each(rows, "confidence_rate", lambda value: _decimal(value, "0.001")),
            "is_too_little_known": [bool(value) for value in too_little],
            "rfm_segment": [value or "" for value in _objects(rows, "rfm_segment")],
            "orders_365d": rows["orders_365d"].astype("int64").tolist(),
            "revenue_growth_rate": _objects(rows, "revenue_growth_365d"),
            **{name: _each(rows, name, int) for name in WHOLE},
            **{name: _each(rows, name, lambda value: quantise(Decimal(repr(value)))) for name in AMOUNTS},
            **{name: _each(rows, fact, self.day) for name, fact in DAYS_SINCE.items()},
            "contributions": contributions(rows),
        }

    def day(self, days: float) -> date:
        return self.as_of - timedelta(days=int(days))


def contributions(rows: pd.DataFrame) -> list[str]:
    """Per account, as JSON, what each fact of the score gives.

    That is its value, its value on 0–100, its share of the weight and its points.
    """
    keys = [name.removeprefix("points_") for name in rows.columns if name.startswith("points_")]
    parts = [_contribution(rows, key) for key in keys]
    return [f"[{', '.join(texts)}]" for texts in zip(*parts, strict=True)] if parts else ["[]"] * len(rows)


def _contribution(rows: pd.DataFrame, key: str) -> list[str]:
    columns = {
        "value": (key, 4),
        "normalised": (f"normalised_{key}", 2),
        "weight": (f"weight_{key}", 2),
        "points": (f"points_{key}", 4),
    }
    texts = [
        _each(rows, column, lambda value, places=places: repr(round(value, places)), "null")
        for column, places in columns.values()
    ]
    template = (
        "{" + ", ".join([f'"fact": {json.dumps(key)}'.replace("%", "%%"), *(f'"{name}": %s' for name in columns)]) + "}"
    )
    return [template % values for values in zip(*texts, strict=True)]


def date_tiers(tiers: dict[int, str], *, on: date) -> int:
    """Close and open the dated rows of accounts whose tier differs from the one in force; how many changed.

    A second change for one day replaces that day's row.
    """
    rows = AccountHistory.objects.filter(field="tier", subject__in=list(tiers)).open()
    in_force = dict(rows.order_by("pk").values_list("subject_id", "value"))
    changed = {account_id: tier for account_id, tier in tiers.items() if in_force.get(account_id) != tier}
    rows = AccountHistory.objects.filter(field="tier", subject__in=list(changed)).open()
    rows.filter(valid_from=on).delete()
    rows.update(valid_to=on)
    AccountHistory.objects.bulk_create(
        AccountHistory(subject_id=account_id, field="tier", value=tier, valid_from=on)
        for account_id, tier in changed.items()
    )
    return len(changed)


def _objects(rows: pd.DataFrame, name: str) -> list:
    """The values of a column as Python has them, None where there is none or no such column."""
    if name not in rows:
        return [None] * len(rows)
    values = rows[name].astype(object)
    return values.where(values.notna(), None).tolist()


def _each(rows: pd.DataFrame, name: str, convert: Callable, empty=None) -> list:
    """``convert`` of every value of a column, ``empty`` where there is none; equal values are converted once."""
    converted = {None: empty}
    result = []
    for value in _objects(rows, name):
        if value not in converted:
            converted[value] = convert(value)
        result.append(converted[value])
    return result


def _decimal(value: float, places: str) -> Decimal:
    return quantise(Decimal(repr(value))).quantize(Decimal(places))
