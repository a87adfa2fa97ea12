"""Writing standings: the one writer against bulk_create(update_conflicts), the same rows in the same transaction."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.models import Account, Standing
from benchmarks.bench_set import BenchSet, without_time_limit
from benchmarks.measuring import Line, Reached, Sense, in_turn
from core.writer import write_rows

COLUMNS = [
    "account_id", "as_of", "calculated_at", "value_score", "confidence_rate", "is_too_little_known", "contributions",
    "recency_class", "frequency_class", "monetary_class", "rfm_segment", "revenue_365d", "revenue_prev365d",
    "orders_365d", "last_order_on", "overdue_amount", "configuration",
]  # fmt: skip
BATCH = 5_000


class Nights:
    """The rows of one night after another; from night to night every standing changes."""

    def __init__(self, accounts: int):
        self.ids = list(Account.objects.order_by("pk").values_list("pk", flat=True)[:accounts])
        self.number = 0

    def rows(self) -> list[tuple]:
        self.number += 1
        as_of, moment = date(2025, 1, 1) + timedelta(days=self.number), datetime(2025, 1, 1, tzinfo=UTC)
        parts = [{"fact": f"f{n}", "value": n + 0.25, "points": self.number + 0.5} for n in range(5)]
        return [
            (
                pk, as_of, moment, Decimal((pk + self.number) % 100), Decimal("0.85"), False, parts, 1 + pk % 5,
                1 + (pk + self.number) % 5, 3, "HHL", Decimal(pk + self.number), Decimal(pk), pk % 50,
                as_of - timedelta(days=pk % 90), Decimal(0), {"tiers": 1},
            )
            for pk in self.ids
        ]  # fmt: skip

    @transaction.atomic
    def by_the_writer(self) -> None:
        rows = self.rows()
        places = [COLUMNS.index(name) for name in ("contributions", "configuration")]
        for start in range(0, len(rows), BATCH):
            texts = [
                tuple(json.dumps(value) if place in places else value for place, value in enumerate(row))
                for row in rows[start : start + BATCH]
            ]
            write_rows(Standing, COLUMNS, texts, key="account_id")

    @transaction.atomic
    def by_bulk_create(self) -> None:
        standings = [Standing(**dict(zip(COLUMNS, row, strict=True))) for row in self.rows()]
        Standing.objects.bulk_create(
            standings,
            batch_size=1_000,
            update_conflicts=True,
            unique_fields=["account"],
            update_fields=[name for name in COLUMNS if name != "account_id"],
        )


def against_bulk_create(made: BenchSet) -> Reached:
    nights = Nights(100_000)
    with without_time_limit():
        pairs = in_turn(nights.by_bulk_create, nights.by_the_writer)
    notes = pairs.notes("bulk_create(update_conflicts)", "the one writer")
    return Reached(pairs.ratio, [f"{len(nights.ids)} rows of {len(COLUMNS)} columns", *notes])


LINES = [
    Line(
        "standings",
        "writing 100,000 standings, faster than bulk_create(update_conflicts) ≥ 6×",
        Sense.AT_LEAST,
        6,
        against_bulk_create,
    ),
]
