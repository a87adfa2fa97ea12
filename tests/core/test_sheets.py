import io
from datetime import date, timedelta

import pandas as pd
import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from core import facts, sheets
from core.models import FactSheet
from core.periods import business_date
from core.sheets import Part
from sales.models import Order
from tests import factories

D = date(2026, 3, 1)


def write(as_of=D, shard_size=None):
    return [sheets.write_facts(as_of, shard, shard_size).row_count for shard in sheets.shard_numbers(shard_size)]


@pytest.fixture
def orders(db):
    return [factories.OrderFactory(ordered_on=D - timedelta(days=n), amount=100 + n, units=n) for n in range(6)]


def test_kept_sheet_reads_back_as_it_was_computed(orders):
    write()
    pd.testing.assert_frame_equal(sheets.read_sheet(D), facts.collect(D))
    assert list(sheets.read_sheet(D, columns=["orders_30d", "nonsense"]).columns) == ["orders_30d"]


def test_the_same_content_writes_nothing(orders):
    write()
    before = list(FactSheet.objects.values_list("pk", "revision", "made_at"))
    write()
    assert list(FactSheet.objects.values_list("pk", "revision", "made_at")) == before


def test_order_changed_in_the_past_leaves_the_kept_sheet_and_a_rerun_adds_a_revision(orders):
    write()
    kept = FactSheet.objects.get()
    content, earlier = bytes(kept.content), sheets.read_sheet(D)
    Order.objects.filter(pk=orders[0].pk).update(amount=7)
    pd.testing.assert_frame_equal(sheets.read_sheet(D), earlier)
    write()
    assert list(FactSheet.objects.order_by("pk").values_list("revision", flat=True)) == [1, 2]
    kept.refresh_from_db()
    assert bytes(kept.content) == content
    assert sheets.read_sheet(D).loc[orders[0].account_id, "revenue_30d"] == 7


@pytest.mark.parametrize("shard_size", [1, 3, 16])
def test_shards_of_any_size_give_the_same_sheet(orders, shard_size):
    write()
    expected = sheets.read_sheet(D)
    assert sum(write(shard_size=shard_size)) == len(expected)
    assert sheets.newest_shard_size(D, Part.FACTS) == shard_size
    pd.testing.assert_frame_equal(sheets.read_sheet(D), expected)
    pieces = [sheets.read_shard(D, Part.FACTS, n, 2) for n in sheets.shard_numbers(2)]
    pd.testing.assert_frame_equal(pd.concat(pieces), expected)


def test_schema_says_what_columns_mean(orders):
    write()
    schema = pq.read_schema(io.BytesIO(FactSheet.objects.get().content))
    assert schema.names == ["account_id", *facts.offered()]
    metadata = {key.decode(): value.decode() for key, value in schema.field("revenue_365d").metadata.items()}
    assert metadata == {"fact": "revenue_365d@1", "type": "amount", "unit": "base currency"}


def test_sheet_made_later_than_the_next_day_is_reconstructed(db):
    factories.AccountFactory()
    yesterday = business_date() - timedelta(days=1)
    write(yesterday)
    write(yesterday - timedelta(days=1))
    made = dict(FactSheet.objects.values_list("as_of", "is_reconstructed"))
    assert made == {yesterday: False, yesterday - timedelta(days=1): True}
    assert sheets.reconstructed_count(made) == 1


def test_night_joins_its_parts_and_its_own_tier_wins(orders):
    write()
    columns = [facts.offered()["tier"]]
    ids = facts.collect(D).index
    frame = pd.DataFrame({"tier": ["B"] * len(ids)}, index=ids)
    sheets.keep_whole(as_of=D, part=Part.TIER, frame=frame, columns=columns, notes={"configuration": "tiers@1"})
    night = sheets.read_night(D)
    assert night["tier"].tolist() == ["B"] * len(ids)
    assert set(night.columns) == set(facts.offered())
    assert list(sheets.read_night(D, ["tier"]).columns) == ["tier"]


def test_nothing_kept_reads_as_an_empty_sheet(db):
    assert sheets.read_sheet(D).empty
    assert not sheets.has_sheet(D)


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("as_of", "kept"),
    [
        (TODAY, True),
        (TODAY - timedelta(days=90), True),
        (date(2026, 8, 23), True),  # a Sunday, 91 days ago
        (date(2026, 8, 22), False),
        (date(2026, 7, 31), True),  # a Friday and month end
        (date(2025, 11, 23), True),  # a Sunday, 364 days ago
        (date(2025, 11, 16), False),  # a Sunday, more than a year ago
        (date(2024, 2, 29), True),
        (date(2024, 2, 28), False),
    ],
)
def test_retention_keeps_days_then_sundays_then_month_ends(as_of, kept):
    assert sheets.is_kept(as_of, TODAY) is kept


def test_prune_deletes_what_retention_does_not_keep(db):
    days = [TODAY - timedelta(days=n) for n in range(0, 800, 7)] + [date(2024, 10, 31), date(2026, 8, 22)]
    FactSheet.objects.bulk_create(
        FactSheet(as_of=day, shard_size=5, shard=n, content=b"x", content_hash="x", row_count=1, made_at=timezone.now())
        for day in days
        for n in range(2)
    )
    gone = [day for day in days if not sheets.is_kept(day, TODAY)]
    assert sheets.prune_sheets(TODAY) == 2 * len(gone) > 0
    left = set(FactSheet.objects.values_list("as_of", flat=True))
    assert left == set(days) - set(gone)
    assert sheets.prune_sheets(TODAY) == 0
