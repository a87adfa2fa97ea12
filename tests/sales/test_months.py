"""The kept months of accounts say what their orders say: for any day, whatever was written, in any order."""

from datetime import date, timedelta

import pandas as pd
import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.facts import survivors
from accounts.models import Account
from core.facts import Scope
from sales import gaps, windows
from sales.facts.order_sums import order_sums, summed_again
from sales.models import AccountMonth, ChangedMonth, Order
from sales.month_tracking import triggers
from sales.services import differing_months, prove_months, refresh_months, repair_months
from tests.factories import AccountFactory, OrderFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)
FIRST = date(2023, 11, 1)
SPAN = (date(2026, 4, 30) - FIRST).days

days = st.integers(0, SPAN).map(lambda offset: FIRST + timedelta(days=offset))
edges = st.sampled_from([0, 29, 30, 31, 89, 90, 364, 365, 366, 454, 455, 729, 730]).map(
    lambda n: DAY - timedelta(days=n)
)
amounts = st.sampled_from(["0", "0.0001", "19.9", "100", "-40.5", "1234567.8912"])
values = st.fixed_dictionaries(
    {
        "account": st.integers(0, 3),
        "ordered_on": days | edges,
        "amount": amounts,
        "cancelled_on": st.none() | days,
        "units": st.none() | st.integers(-5, 50),
        "cost_amount": st.none() | st.integers(0, 90),
        "costed_amount": st.sampled_from(["0", "19.9", "100"]),
    }
)
operations = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), values),
        st.tuples(st.just("edit"), values),
        st.tuples(st.just("move"), values),
        st.tuples(st.just("cancel"), values),
        st.tuples(st.just("delete"), values),
        st.tuples(st.just("merge"), values),
        st.tuples(st.just("refresh"), values),
    ),
    min_size=1,
    max_size=25,
)


def apply(operation: str, wanted: dict, accounts: list[Account], number: int) -> None:
    orders = list(Order.objects.order_by("pk"))
    chosen = orders[number * 7 % len(orders)] if orders else None
    row = wanted | {"account": accounts[wanted["account"]]}
    row["kind"] = "return" if row["amount"].startswith("-") else "sale"
    if operation == "insert":
        OrderFactory(order_number=f"N{number}", **row)
    elif operation == "refresh":
        refresh_months()
    elif operation == "merge":
        survivor, merged = accounts[wanted["account"]], accounts[number % len(accounts)]
        if survivor != merged and not survivor.merged_into_id:
            Account.objects.filter(pk=merged.pk).update(merged_into=survivor)
            merged.merged_into_id = survivor.pk
    elif chosen and operation == "delete":
        chosen.delete()
    elif chosen:
        names = {"edit": set(row) - {"account"}, "move": {"account"}, "cancel": {"cancelled_on"}}[operation]
        Order.objects.filter(pk=chosen.pk).update(**{name: row[name] for name in names})


def facts_of(sums, as_of: date) -> pd.DataFrame:
    """Every fact on orders, and the first day of any order."""
    facts = windows.order_facts(sums.bands, as_of).join(gaps.gap_facts(sums.rhythm), how="outer")
    return facts.join(sums.first_days.rename("first_day"), how="outer").sort_index()


def assert_months_tell(as_of: date, ids=None) -> None:
    ids = ids or range(0, Account.objects.order_by("pk").last().pk + 1)
    scope = Scope(as_of, ids, survivors())
    expected, found = facts_of(summed_again(scope), as_of), facts_of(order_sums(scope), as_of)
    pd.testing.assert_frame_equal(found, expected, check_exact=True, check_dtype=False, check_names=False)


@pytest.mark.timeout(900)
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(operations=operations, asked=st.lists(days | edges | st.just(DAY), min_size=1, max_size=4))
def test_any_writes_in_any_order_leave_the_months_equal_to_the_orders(db, operations, asked):
    Order.objects.all().delete()
    accounts = [AccountFactory() for _ in range(4)]
    for number, (operation, wanted) in enumerate(operations):
        apply(operation, wanted, accounts, number)
    for as_of in asked:
        assert_months_tell(as_of)
    refresh_months()
    assert not ChangedMonth.objects.exists()
    assert differing_months() == []
    for as_of in asked:
        assert_months_tell(as_of)
        assert_months_tell(as_of, tuple(account.pk for account in accounts[:2]))


def fill(account: Account) -> None:
    for number in range(0, 900, 3):
        OrderFactory(
            account=account, order_number=f"F{number}", ordered_on=DAY - timedelta(days=number), amount=number + 1
        )
    refresh_months()


def test_windows_are_exact_to_the_day_on_days_spread_over_a_year(db):
    fill(AccountFactory())
    for age in range(0, 400, 9):
        assert_months_tell(DAY - timedelta(days=age))


def test_only_the_months_that_changed_are_summed_again_and_the_gap_of_the_next_one(db):
    account = AccountFactory()
    for day in (date(2026, 1, 5), date(2026, 3, 9)):
        OrderFactory(account=account, ordered_on=day)
    refresh_months()
    OrderFactory(account=account, ordered_on=date(2026, 2, 20))
    assert refresh_months() == 1
    assert list(AccountMonth.objects.order_by("month").values_list("first_gap", flat=True)) == [None, 46, 17]


def test_an_account_written_to_since_the_months_were_summed_is_read_from_its_orders(db):
    account = AccountFactory()
    fill(account)
    OrderFactory(account=account, ordered_on=DAY, amount=70)
    assert ChangedMonth.objects.count() == 1
    assert_months_tell(DAY)


def test_cancellation_counts_until_its_day(db):
    account = AccountFactory()
    OrderFactory(account=account, ordered_on=date(2026, 1, 5), cancelled_on=date(2026, 2, 1), amount=40)
    refresh_months()
    scopes = [Scope(day, (account.pk,)) for day in (date(2026, 1, 31), date(2026, 2, 1))]
    before, after = (facts_of(order_sums(scope), scope.as_of) for scope in scopes)
    assert before.loc[account.pk, "revenue_90d"] == 40
    assert after["revenue_90d"].isna().all()
    assert after.loc[account.pk, "first_day"] == pd.Timestamp(2026, 1, 5)


def test_repair_mends_what_was_written_past_the_triggers(db):
    account = AccountFactory()
    fill(account)
    AccountMonth.objects.filter(account=account, month=2026 * 12).update(revenue=1)
    assert differing_months() == [(account.pk, 2026 * 12)]
    assert repair_months() == AccountMonth.objects.count()
    assert differing_months() == []


@pytest.mark.allow_error_logs
def test_proof_of_sundays_mends_what_differs(db):
    fill(account := AccountFactory())
    AccountMonth.objects.filter(account=account, month=2026 * 12).update(first_gap=99)
    assert prove_months(date(2026, 3, 28)) == 0
    assert prove_months(date(2026, 3, 29)) == 1
    assert differing_months() == []


def test_an_update_of_other_columns_notes_nothing(db):
    order = OrderFactory()
    refresh_months()
    Order.objects.filter(pk=order.pk).update(channel="Web")
    assert not ChangedMonth.objects.exists()


def test_migrations_leave_the_triggers_in_place(db):
    on_postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    on_sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(on_postgresql if connection.vendor == "postgresql" else on_sqlite)
        there = {name for (name,) in cursor.fetchall()}
    assert set(triggers(connection.vendor)) <= there
