from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from accounts.models import AccountHistory, Standing, Tier
from accounts.services import write_standings
from accounts.services.standing import date_tiers
from accounts.services.tier import seed_tiers
from core import sheets, versions
from segmentation import services
from segmentation.facts import SCORE_FACTS, part_columns
from tests import factories

pytestmark = pytest.mark.django_db
D = date(2026, 3, 1)


def night(as_of=D, shard_size=None):
    """Facts to tiers of one date, then the standings."""
    for shard in sheets.shard_numbers(shard_size):
        assert sheets.write_facts(as_of, shard, shard_size).errors == {}
    services.compute_rfm(as_of, versions.published("rfm"))
    services.compute_value_scores(as_of, versions.published("value_score"))
    services.compute_tiers(as_of, versions.published("tiers"))
    return [write_standings(as_of=as_of, shard=n, shard_size=shard_size) for n in sheets.shard_numbers(shard_size)]


def tier_rows(account):
    rows = AccountHistory.objects.filter(subject=account, field="tier").order_by("pk")
    return list(rows.values_list("value", "valid_from", "valid_to"))


@pytest.fixture
def buyers():
    """Four accounts that bought for 100, 200, 300 and 400 on the tenth day before D."""
    accounts = [factories.AccountFactory() for _ in range(4)]
    for position, account in enumerate(accounts, start=1):
        factories.OrderFactory(account=account, ordered_on=D - timedelta(days=10), amount=100 * position)
    return accounts


def test_standing_holds_what_the_night_computed(buyers):
    factories.InteractionFactory(account=buyers[3], happened_on=D - timedelta(days=3), kind="call")
    assert [written.row_count for written in night()] == [4]
    standing = Standing.objects.get(account=buyers[3])
    # revenue: 87.5 points of percentile at weight 40; orders: all alike, 50 at 15; ten days: 355/365 at 15
    expected = (40 * 87.5 + 15 * 50 + 15 * 100 * 355 / 365) / 70
    assert standing.value_score == round(Decimal(expected), 2)
    assert standing.confidence_rate == Decimal("0.700")
    assert (standing.tier.code, standing.is_too_little_known, standing.as_of) == ("A", False, D)
    assert (standing.revenue_365d, standing.revenue_prev365d, standing.orders_365d) == (Decimal(400), Decimal(0), 1)
    assert standing.last_order_on == D - timedelta(days=10)
    assert (standing.last_interaction_on, standing.last_visit_on) == (D - timedelta(days=3), None)
    assert (standing.recency_class, standing.rfm_segment) == (None, "")  # four accounts are too few for classes
    parts = {part["fact"]: part for part in standing.contributions}
    assert parts["revenue_365d"] == {
        "fact": "revenue_365d",
        "value": 400.0,
        "normalised": 87.5,
        "weight": 57.14,
        "points": 50.0,
    }
    assert parts["revenue_growth_365d"]["points"] is None
    points = sum(part["points"] or 0 for part in standing.contributions)
    assert round(Decimal(points), 2) == standing.value_score


def test_growth_is_told_only_where_the_year_before_was_a_whole_one(buyers):
    for account, age in zip(buyers, (729, 730, 800, 400), strict=True):
        factories.OrderFactory(account=account, ordered_on=D - timedelta(days=age), amount=100)
    factories.OrderFactory(account=buyers[2], ordered_on=D - timedelta(days=500), amount=200)
    night()
    grown = [Standing.objects.get(account=account).revenue_growth_rate for account in buyers]
    assert grown == [None, None, 0.5, None]  # 300 after 200; a first order within the year before leaves a part of it


def test_changed_tier_is_in_force_from_the_day_after(buyers):
    night()
    low = buyers[0]
    first = Standing.objects.get(account=low).tier.code
    factories.OrderFactory(account=low, ordered_on=D + timedelta(days=1), amount=5000)
    night(D + timedelta(days=1))
    second = Standing.objects.get(account=low).tier.code
    assert first != second
    start, change = D + timedelta(days=1), D + timedelta(days=2)
    assert tier_rows(low) == [(first, start, change), (second, change, None)]


def test_second_night_of_a_date_writes_nothing_new(buyers):
    night()
    before = [
        list(Standing.objects.order_by("pk").values(*columns_without_moments())),
        list(AccountHistory.objects.order_by("pk").values_list()),
        list(sheets.FactSheet.objects.order_by("pk").values_list("pk", "revision", "content_hash")),
    ]
    night()
    assert before == [
        list(Standing.objects.order_by("pk").values(*columns_without_moments())),
        list(AccountHistory.objects.order_by("pk").values_list()),
        list(sheets.FactSheet.objects.order_by("pk").values_list("pk", "revision", "content_hash")),
    ]


def columns_without_moments():
    return [field.attname for field in Standing._meta.concrete_fields if not field.name.endswith("_at")]


def test_earlier_night_leaves_standings_alone(buyers):
    night()
    before = list(Standing.objects.order_by("pk").values_list())
    assert [written.row_count for written in night(D - timedelta(days=1))] == [0]
    assert list(Standing.objects.order_by("pk").values_list()) == before


@pytest.mark.parametrize("shard_size", [1, 2, 3, 25_000])
def test_standings_do_not_depend_on_the_shards(buyers, shard_size):
    night()
    expected = list(Standing.objects.order_by("pk").values(*columns_without_moments()))
    Standing.objects.all().delete()
    night(shard_size=shard_size)
    assert list(Standing.objects.order_by("pk").values(*columns_without_moments())) == expected


def test_row_that_cannot_be_written_is_reported_and_the_others_stand(buyers):
    night()
    Standing.objects.all().delete()
    kept = sheets.read_sheet(D, "score")
    kept.loc[buyers[1].pk, "value_score"] = 1234.0
    columns = [*SCORE_FACTS, *part_columns([])]
    sheets.keep_sheet(as_of=D, part="score", shard=0, frame=kept, columns=columns)
    written = write_standings(as_of=D, shard=0)
    assert (written.row_count, list(written.errors)) == (3, [buyers[1].pk])
    assert set(Standing.objects.values_list("account", flat=True)) == {b.pk for b in buyers} - {buyers[1].pk}
    assert tier_rows(buyers[1]) != []  # from the first night; the failed one left nothing half done


def test_second_change_for_one_day_replaces_that_days_row():
    account = factories.AccountFactory()
    date_tiers({account.pk: "C"}, on=D)
    date_tiers({account.pk: "B"}, on=D + timedelta(days=30))
    assert date_tiers({account.pk: "A"}, on=D + timedelta(days=30)) == 1
    assert date_tiers({account.pk: "A"}, on=D + timedelta(days=60)) == 0
    later = D + timedelta(days=30)
    assert tier_rows(account) == [("C", D, later), ("A", later, None)]


def test_first_tiers_are_there_after_migrate_and_are_never_seeded_over():
    assert list(Tier.objects.values_list("code", "name", "visit_cadence_days")) == [
        ("A", "Strategic", 30),
        ("B", "Key", 45),
        ("C", "Growing", 90),
        ("D", "Basic", None),
    ]
    Tier.objects.filter(code="A").update(name="Crown")
    Tier.objects.filter(code="D").delete()
    seed_tiers()
    assert list(Tier.objects.values_list("code", "name")) == [("A", "Crown"), ("B", "Key"), ("C", "Growing")]


def test_nothing_kept_writes_no_standing():
    assert write_standings(as_of=D, shard=0).row_count == 0
    assert isinstance(sheets.read_night(D), pd.DataFrame)
