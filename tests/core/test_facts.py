from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from accounts.models import Account
from core import facts
from core.database import money_sum
from core.facts import Direction, Fact, FactKind
from sales.models import Order
from tests import factories

D = date(2026, 3, 1)


def row(account, as_of=D) -> pd.Series:
    return facts.collect(as_of, [account.pk]).loc[account.pk]


def known(as_of, *accounts) -> list[bool]:
    index = facts.collect(as_of).index
    return [account.pk in index for account in accounts]


@pytest.mark.django_db
def test_nothing_happened_gives_zeros_and_nulls():
    values = row(factories.AccountFactory())
    for fact in facts.offered().values():
        if fact.key == "known_on":
            assert values[fact.key] == pd.Timestamp(2020, 1, 1)
        elif fact.kind in facts.ZERO_WITHOUT_EVENTS:
            assert values[fact.key] == 0, fact.key
        else:
            assert pd.isna(values[fact.key]), fact.key


@pytest.mark.django_db
def test_amounts_are_exact_to_the_ten_thousandth():
    account = factories.AccountFactory()
    for amount in ["0.1", "0.2", "12345678.9999", "-0.0001"] + ["0.0001"] * 30:
        kind = "return" if amount.startswith("-") else "sale"
        factories.OrderFactory(account=account, ordered_on=D, amount=Decimal(amount), kind=kind)
    assert row(account)["revenue_30d"] == 12345679.3028
    assert Order.objects.aggregate(sum=money_sum("amount"))["sum"] == Decimal("12345679.3028")
    assert Order.objects.none().aggregate(sum=money_sum("amount"))["sum"] is None


@pytest.mark.django_db
def test_returns_lower_revenue_and_zero_amounts_count_nowhere():
    account = factories.AccountFactory(created_on=D + timedelta(days=9))
    factories.OrderFactory(account=account, ordered_on=D, amount=0)
    assert row(account)["known_on"] == pd.Timestamp(D)
    assert pd.isna(row(account)["first_order_on"])
    factories.OrderFactory(account=account, ordered_on=D, amount=-40, kind="return")
    factories.OrderFactory(account=account, ordered_on=D - timedelta(days=1), amount=30)
    values = row(account)
    assert values[["orders_30d", "revenue_30d", "days_since_last_order", "sale_days"]].tolist() == [1, -10, 1, 1]


@pytest.mark.django_db
def test_account_has_a_row_from_the_first_of_start_event_and_creation():
    late = D + timedelta(days=100)
    created = factories.AccountFactory(created_on=D)
    cooperating = factories.AccountFactory(created_on=late, cooperation_started_on=D)
    cancelled = factories.AccountFactory(created_on=late)
    factories.OrderFactory(account=cancelled, ordered_on=D, cancelled_on=D)
    paying = factories.AccountFactory(created_on=late)
    factories.ReceivableFactory(account=paying, issued_on=D)
    planned = factories.AccountFactory(created_on=late)
    factories.InteractionFactory(account=planned, happened_on=D, state="planned")
    accounts = (created, cooperating, cancelled, paying, planned)
    assert known(D - timedelta(days=1), *accounts) == [False] * 5
    assert known(D, *accounts) == [True, True, True, True, False]
    assert known(late, *accounts) == [True] * 5


@pytest.mark.django_db
def test_merged_accounts_count_in_the_survivor():
    last = factories.AccountFactory()
    middle = factories.AccountFactory(merged_into=last)
    first = factories.AccountFactory(merged_into=middle, cooperation_started_on=date(2015, 5, 5))
    for account, age in ((first, 30), (middle, 20), (last, 10), (last, 20)):
        factories.OrderFactory(account=account, ordered_on=D - timedelta(days=age), amount=100)
        factories.InteractionFactory(account=account, happened_on=D - timedelta(days=age))
    factories.ContactFactory(account=first)
    late = factories.ReceivableFactory(account=first, issued_on=D - timedelta(days=50), due_on=D - timedelta(days=9))
    factories.PaymentFactory(receivable=late, amount=30, paid_on=D)
    assert facts.collect(D).index.tolist() == [last.pk]
    for ids in ([last.pk], range(last.pk, last.pk + 1), range(1, first.pk + 1)):
        values = facts.collect(D, ids).loc[last.pk]
        assert values[["orders_90d", "sale_days", "order_gap_mean_days"]].tolist() == [4, 3, 10]
        assert values[["interactions_90d", "contacts_active", "overdue_amount", "overdue_days"]].tolist() == [
            4,
            1,
            70,
            9,
        ]
        assert values["known_on"] == pd.Timestamp(2015, 5, 5)
    assert facts.collect(D, [first.pk, middle.pk]).empty


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("as_of", "inside", "outside"),
    [
        (date(2024, 2, 29), date(2023, 3, 2), date(2023, 3, 1)),
        (date(2024, 3, 1), date(2023, 3, 3), date(2023, 3, 2)),
        (date(2025, 2, 28), date(2024, 3, 1), date(2024, 2, 29)),
        (date(2025, 12, 31), date(2025, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_year_is_365_days_whatever_the_calendar(as_of, inside, outside):
    account = factories.AccountFactory()
    factories.OrderFactory(account=account, ordered_on=inside, amount=1)
    factories.OrderFactory(account=account, ordered_on=outside, amount=10)
    values = row(account, as_of)
    assert values[["revenue_365d", "revenue_prev365d"]].tolist() == [1, 10]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["30d", "90d", "180d", "365d"])
def test_window_begins_after_its_first_day_and_holds_its_last(name):
    account, length = factories.AccountFactory(), int(name.removesuffix("d"))
    for age, amount in ((-1, 1000), (0, 1), (length - 1, 10), (length, 100)):
        factories.OrderFactory(account=account, ordered_on=D - timedelta(days=age), amount=amount)
    assert row(account)[f"revenue_{name}"] == 11


@pytest.mark.django_db
def test_order_changed_in_the_past_restates_the_past():
    account = factories.AccountFactory()
    order = factories.OrderFactory(account=account, ordered_on=D - timedelta(days=40), amount=100)
    assert row(account)["revenue_90d"] == 100
    Order.objects.filter(pk=order.pk).update(amount=70)
    assert row(account)["revenue_90d"] == 70


@pytest.mark.django_db
def test_visit_late_at_night_belongs_to_the_business_day(settings):
    settings.BUSINESS_TIME_ZONE = "Asia/Shanghai"
    from core.periods import business_date

    moment = datetime(2026, 2, 28, 16, 30, tzinfo=UTC)  # half past midnight of 1 March in Shanghai
    account = factories.AccountFactory()
    factories.InteractionFactory(account=account, happened_at=moment, happened_on=business_date(moment))
    assert row(account, date(2026, 3, 1))["days_since_last_visit"] == 0
    assert pd.isna(row(account, date(2026, 2, 28))["days_since_last_visit"])


@pytest.mark.django_db
def test_collect_gives_the_same_for_all_for_ranges_and_for_lists(monkeypatch):
    accounts = [factories.AccountFactory() for _ in range(7)]
    for account in accounts:
        factories.OrderFactory(account=account, ordered_on=D - timedelta(days=account.pk % 50), amount=account.pk)
    whole = facts.collect(D)
    assert whole.index.tolist() == [account.pk for account in accounts]
    monkeypatch.setattr(facts, "CHUNK_SIZE", 3)
    pd.testing.assert_frame_equal(facts.collect(D, range(accounts[0].pk, accounts[-1].pk + 1)), whole)
    pd.testing.assert_frame_equal(facts.collect(D, [account.pk for account in reversed(accounts)]), whole)
    assert facts.collect(D, []).dtypes.equals(whole.dtypes)


@pytest.mark.django_db
def test_number_of_queries_does_not_grow_with_accounts():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(2):
        for _account in range(5):
            factories.PaymentFactory()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            facts.collect(D)
        counts.append(len(captured))
    assert counts[0] == counts[1] < 25


@pytest.mark.django_db
def test_account_whose_data_cannot_be_computed_is_left_out_and_named(monkeypatch):
    good, bad = factories.AccountFactory(), factories.AccountFactory()
    compute = facts.collect

    def collect(as_of, ids):
        if bad.pk in ids:
            raise ValueError("no such date")
        return compute(as_of, ids)

    monkeypatch.setattr(facts, "collect", collect)
    frame, errors = facts.collect_isolating(D, range(good.pk - 5, bad.pk + 5))
    assert frame.index.tolist() == [good.pk]
    assert errors == {bad.pk: "ValueError: no such date"}


def test_a_key_is_offered_by_one_source_only():
    twin = Fact(key="orders_30d", label="x", kind=FactKind.COUNT, description="", direction=Direction.HIGHER)
    with pytest.raises(ValueError, match="orders_30d"):
        facts.register(facts.Source("twin", (twin,), lambda scope: pd.DataFrame()))
    assert "twin" not in {source.name for source in facts.sources()}


def test_only_margins_are_sensitive():
    assert {key.split("_")[0] for key, fact in facts.known().items() if fact.is_sensitive} == {"margin"}


@pytest.mark.django_db
def test_merge_in_a_circle_does_not_hang():
    one = factories.AccountFactory()
    two = factories.AccountFactory(merged_into=one)
    Account.objects.filter(pk=one.pk).update(merged_into=two)
    assert len(facts.collect(D)) <= 2
