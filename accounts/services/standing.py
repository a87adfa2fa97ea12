"""Where accounts stand: the one writer of `Standing`, from the sheets that a night kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.models import AccountHistory, Standing, Tier
from accounts.services.lifetime import LIFETIME_FIELDS
from core import sheets
from core.isolation import isolate
from core.lazy import pd
from core.money import quantise
from core.sheets import Part, WrittenShard

BATCH_SIZE = 1_000
UPDATED_FIELDS = [
    field.name
    for field in Standing._meta.concrete_fields
    if not field.primary_key and field.name not in LIFETIME_FIELDS
]
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
        self.configuration = configuration
        self.tiers = tiers

    @transaction.atomic
    def write(self, rows: pd.DataFrame) -> int:
        Standing.objects.bulk_create(
            self.standings(rows), update_conflicts=True, unique_fields=["account"], update_fields=UPDATED_FIELDS
        )
        if "tier" in rows:
            date_tiers(rows["tier"].dropna().to_dict(), on=self.as_of + timedelta(days=1))
        return len(rows)

    def standings(self, rows: pd.DataFrame) -> Iterator[Standing]:
        scored = [name.removeprefix("points_") for name in rows.columns if name.startswith("points_")]
        for account_id, row in zip(rows.index, rows.to_dict("records"), strict=True):
            yield Standing(account_id=account_id, **self.fields(row), contributions=contributions(row, scored))

    def fields(self, row: dict) -> dict:
        return {
            "as_of": self.as_of,
            "calculated_at": self.moment,
            "configuration": self.configuration,
            "tier": self.tiers.get(_value(row, "tier")),
            "value_score": _decimal(row, "value_score", "0.01"),
            "confidence_rate": _decimal(row, "confidence_rate", "0.001"),
            "is_too_little_known": bool(_value(row, "is_too_little_known") or False),
            "rfm_segment": _value(row, "rfm_segment") or "",
            "orders_365d": int(row["orders_365d"]),
            "revenue_growth_rate": _value(row, "revenue_growth_365d"),
            **{name: _whole(row, name) for name in WHOLE},
            **{name: quantise(Decimal(repr(row[name]))) for name in AMOUNTS},
            **{name: self.day(row, fact) for name, fact in DAYS_SINCE.items()},
        }

    def day(self, row: dict, fact: str) -> date | None:
        days = _whole(row, fact)
        return None if days is None else self.as_of - timedelta(days=days)


def contributions(row: dict, keys: Sequence[str]) -> list[dict]:
    """Per fact of the score: its value, its value on 0–100, its share of the weight and the points it gives."""
    return [
        {
            "fact": key,
            "value": _rounded(row, key, 4),
            "normalised": _rounded(row, f"normalised_{key}", 2),
            "weight": _rounded(row, f"weight_{key}", 2),
            "points": _rounded(row, f"points_{key}", 4),
        }
        for key in keys
    ]


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


def _value(row: dict, name: str):
    value = row.get(name)
    return None if value is None or pd.isna(value) else value


def _whole(row: dict, name: str) -> int | None:
    value = _value(row, name)
    return None if value is None else int(value)


def _decimal(row: dict, name: str, places: str) -> Decimal | None:
    value = _value(row, name)
    return None if value is None else quantise(Decimal(repr(value))).quantize(Decimal(places))


def _rounded(row: dict, name: str, places: int) -> float | None:
    value = _value(row, name)
    return None if value is None else round(value, places)
