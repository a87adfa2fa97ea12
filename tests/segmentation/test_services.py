from datetime import date, timedelta

import pandas as pd
import pytest

from core import sheets, versions
from core.models import FactSheet
from core.sheets import Part
from segmentation import services
from tests import factories

pytestmark = pytest.mark.django_db
D = date(2026, 3, 15)


def published():
    return {kind: versions.published(kind) for kind in ("rfm", "value_score", "tiers")}


def compute_day():
    """The sheet of D, facts to tiers, in the shards of the settings."""
    for shard in sheets.shard_numbers():
        sheets.write_facts(D, shard)
    services.classify_day(D, published())


def buyers(count):
    """Accounts that bought for 100, 200, … on the day 20 days before D."""
    accounts = [factories.AccountFactory() for _ in range(count)]
    for position, account in enumerate(accounts, start=1):
        factories.OrderFactory(account=account, ordered_on=D - timedelta(days=20), amount=100 * position)
    return accounts


def test_rfm_says_plainly_that_there_are_too_few():
    buyers(19)
    compute_day()
    result = services.compute_rfm(D, versions.published("rfm"))
    assert (result["is_computed"], result["population"], result["bounds"]) == (False, 19, {})
    assert sheets.read_sheet(D, Part.RFM)["rfm_segment"].isna().all()


def test_parts_name_the_configuration_that_computed_them():
    import io

    import pyarrow.parquet as pq

    buyers(2)
    compute_day()
    named = {}
    for sheet in FactSheet.objects.exclude(part=Part.FACTS):
        named[sheet.part] = pq.read_schema(io.BytesIO(sheet.content)).metadata[b"configuration"].decode()
    assert named == {"rfm": "rfm@1", "score": "value_score@1", "tier": "tiers@1"}


@pytest.mark.parametrize("shard_size", [1, 7, 25_000])
def test_classes_scores_and_tiers_do_not_depend_on_the_shards(settings, shard_size):
    buyers(25)
    compute_day()
    expected = sheets.read_night(D)
    FactSheet.objects.all().delete()
    settings.SHARD_SIZE = shard_size
    compute_day()
    pd.testing.assert_frame_equal(sheets.read_night(D), expected)
    assert expected["rfm_segment"].notna().all()


def test_a_night_over_no_accounts_has_empty_sheets():
    compute_day()
    assert sheets.read_night(D).empty
    assert services.compute_tiers(D, versions.published("tiers")) == {"rows": 0, "tiers": {}}
