from datetime import date, timedelta

import pandas as pd
import pytest

from accounts.services import write_standings
from core import sheets, versions
from core.models import FactSheet
from core.sheets import Part
from segmentation import selectors, services
from tests import factories

pytestmark = pytest.mark.django_db
D = date(2026, 3, 15)
MONTH_END = date(2026, 2, 28)


def published():
    return {kind: versions.published(kind) for kind in ("rfm", "value_score", "tiers")}


def buyers(count):
    """Accounts that bought for 100, 200, … on the day 20 days before D."""
    accounts = [factories.AccountFactory() for _ in range(count)]
    for position, account in enumerate(accounts, start=1):
        factories.OrderFactory(account=account, ordered_on=D - timedelta(days=20), amount=100 * position)
    return accounts


def test_rfm_says_plainly_that_there_are_too_few():
    buyers(19)
    services.compute_day(D, published())
    result = services.compute_rfm(D, versions.published("rfm"))
    assert (result["is_computed"], result["population"], result["bounds"]) == (False, 19, {})
    assert sheets.read_sheet(D, Part.RFM)["rfm_segment"].isna().all()


def test_parts_name_the_configuration_that_computed_them():
    import io

    import pyarrow.parquet as pq

    buyers(2)
    services.compute_day(D, published())
    named = {}
    for sheet in FactSheet.objects.exclude(part=Part.FACTS):
        named[sheet.part] = pq.read_schema(io.BytesIO(sheet.content)).metadata[b"configuration"].decode()
    assert named == {"rfm": "rfm@1", "score": "value_score@1", "tier": "tiers@1"}


@pytest.mark.parametrize("shard_size", [1, 7, 25_000])
def test_classes_scores_and_tiers_do_not_depend_on_the_shards(settings, shard_size):
    buyers(25)
    services.compute_day(D, published())
    expected = sheets.read_night(D)
    FactSheet.objects.all().delete()
    settings.SHARD_SIZE = shard_size
    services.compute_day(D, published())
    pd.testing.assert_frame_equal(sheets.read_night(D), expected)
    assert expected["rfm_segment"].notna().all()


def test_a_date_without_sheets_is_reconstructed_once():
    buyers(3)
    assert services.ensure_day(MONTH_END, published()) is True
    assert services.ensure_day(MONTH_END, published()) is False
    assert set(FactSheet.objects.values_list("as_of", "is_reconstructed")) == {(MONTH_END, True)}


def test_a_night_over_no_accounts_has_empty_sheets():
    services.compute_day(D, published())
    assert sheets.read_night(D).empty
    assert services.compute_tiers(D, versions.published("tiers")) == {"rows": 0, "tiers": {}}


def test_movements_compare_with_the_last_month_end_within_what_the_user_sees(actors):
    mine = actors.account
    others = [factories.AccountFactory(owner=actors.OTH) for _ in range(3)]
    for position, account in enumerate([mine, *others], start=1):
        factories.OrderFactory(account=account, ordered_on=MONTH_END, amount=100 * position)
    services.ensure_day(MONTH_END, published())
    factories.OrderFactory(account=mine, ordered_on=D, amount=9000)
    fresh = factories.AccountFactory(owner=actors.OWN, created_on=D)
    assert selectors.tier_movements(actors.AD).since is None
    services.compute_day(D, published())
    write_standings(as_of=D, shard=0)
    seen = selectors.tier_movements(actors.OWN)
    assert seen.since == MONTH_END
    assert seen.rows["movement"].to_dict() == {mine.pk: "up", fresh.pk: "new"}
    assert set(seen.between().values()) == {1}
    everything = selectors.tier_movements(actors.AD)
    assert set(everything.rows.index) == {mine.pk, fresh.pk, *(account.pk for account in others)}
