"""No fact looks ahead: the event dated after the day changes nothing, the same event on the day changes the fact."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pandas as pd
import pytest

from accounts.configuration import SERVICE_LEVELS
from accounts.models import Account, AccountHistory
from core import facts
from core.models import ConfigurationVersion
from core.periods import business_zone
from tests import factories

D = date(2026, 3, 1)
CATEGORIES = ("tier", "owner", "team", "status", "industry", "region", "kind")


def days(count: int) -> timedelta:
    return timedelta(days=count)


def sale(account, day, **fields):
    values = {"amount": 100, "units": 5, "cost_amount": 60, "costed_amount": 100} | fields
    return factories.OrderFactory(account=account, ordered_on=day, **values)


def newcomer() -> Account:
    """Known, but nothing ever happened."""
    return factories.AccountFactory()


def customer() -> Account:
    """Bought three years ago, a year ago and lately; one invoice open and overdue, one contact, one visit, a tier."""
    account = factories.AccountFactory()
    for age in (1000, 700, 410, 100, 40):
        sale(account, D - days(age))
    factories.ReceivableFactory(account=account, number="1", issued_on=D - days(50), due_on=D - days(20))
    factories.InteractionFactory(account=account, happened_on=D - days(30))
    factories.ContactFactory(account=account)
    for field in CATEGORIES:
        AccountHistory.objects.create(subject=account, field=field, value="before", valid_from=None)
    return account


def unborn() -> Account:
    return factories.AccountFactory(created_on=D + days(300))


def payment(account, day):
    factories.PaymentFactory(receivable=account.receivables.get(number="1"), paid_on=day)


def contact(account, day):
    factories.ContactFactory(account=account, joined_on=day)


def visit(account, day):
    factories.InteractionFactory(account=account, happened_on=day)


def call(account, day):
    factories.InteractionFactory(account=account, happened_on=day, kind="call")


def cooperation(account, day):
    Account.objects.filter(pk=account.pk).update(cooperation_started_on=day)


def change_of(field):
    def change(account, day):
        rows = AccountHistory.objects.filter(subject=account, field=field)
        rows.filter(value="after").delete()
        rows.update(valid_to=day)
        AccountHistory.objects.create(subject=account, field=field, value="after", valid_from=day)

    return change


def promoted(account, day):
    """From a tier that is promised no visit to A."""
    rows = AccountHistory.objects.filter(subject=account, field="tier")
    rows.filter(value="A").delete()
    rows.update(valid_to=day)
    AccountHistory.objects.create(subject=account, field="tier", value="A", valid_from=day)


def other_levels(account, day):
    """From the day on tier A is visited every 10 days."""
    AccountHistory.objects.filter(subject=account, field="tier").update(value="A")
    ConfigurationVersion.objects.filter(kind=SERVICE_LEVELS, number=2).delete()
    first = ConfigurationVersion.objects.get(kind=SERVICE_LEVELS)
    levels = [level | {"visit_cadence_days": 10} for level in first.document["levels"]]
    ConfigurationVersion.objects.filter(pk=first.pk).update(state="archived")
    ConfigurationVersion.objects.create(
        kind=SERVICE_LEVELS,
        number=2,
        state="published",
        document={"levels": levels},
        published_at=datetime.combine(day, time(12), business_zone()),
    )


def visited_monthly() -> Account:
    account = customer()
    AccountHistory.objects.filter(subject=account, field="tier").update(value="A")
    return account


@dataclass(frozen=True)
class Case:
    """``event`` on the day D − ``lag`` must change ``fact`` of an account made by ``start``."""

    fact: str
    event: Callable
    start: Callable[[], Account] = customer
    lag: int = 0

    def __str__(self) -> str:
        return f"{self.fact}-{self.event.__name__}"


KINDS = ("orders", "revenue", "units", "margin")
CASES = [
    *(Case(f"{kind}_{window}", sale) for kind in KINDS for window in ("30d", "90d", "180d", "365d")),
    *(Case(f"{kind}_prev365d", sale, lag=365) for kind in KINDS),
    Case("revenue_90d_year_ago", sale, lag=365),
    Case("revenue_growth_365d", sale),
    Case("revenue_growth_90d", sale),
    Case("first_order_on", sale, start=newcomer),
    Case("days_since_last_order", sale),
    Case("sale_days", sale),
    Case("order_gap_mean_days", sale),
    Case("order_gap_std_days", sale),
    Case("tenure_days", sale, start=newcomer),
    Case("tenure_days", cooperation, start=newcomer),
    Case("payment_days_avg_365d", payment),
    Case("payment_days_late_avg_365d", payment),
    Case("overdue_amount", payment),
    Case("overdue_days", payment),
    Case("days_since_last_interaction", call),
    Case("days_since_last_visit", visit),
    Case("interactions_90d", call),
    Case("contacts_active", contact),
    Case("visit_cadence_days", promoted),
    Case("visit_cadence_days", other_levels, start=visited_monthly),
    Case("known_on", sale, start=unborn),
    Case("known_on", visit, start=unborn),
    Case("known_on", cooperation, start=unborn),
    *(Case(field, change_of(field)) for field in CATEGORIES),
]


def sheet(account: Account) -> pd.DataFrame:
    return facts.collect(D, [account.pk])


def value_of(frame: pd.DataFrame, fact: str):
    if frame.empty:
        return None
    value = frame[fact].iloc[0]
    return None if pd.isna(value) else value


def test_every_fact_has_its_case():
    assert {case.fact for case in CASES} == set(facts.offered())


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=str)
def test_fact_ignores_the_day_after_and_follows_the_day(case):
    account = case.start()
    before = sheet(account)
    case.event(account, D + days(1))
    pd.testing.assert_frame_equal(sheet(account), before)
    case.event(account, D - days(case.lag))
    assert value_of(sheet(account), case.fact) != value_of(before, case.fact)


@pytest.mark.django_db
@pytest.mark.parametrize("case", [case for case in CASES if case.lag], ids=str)
def test_fact_of_an_earlier_window_ends_with_its_last_day(case):
    account = case.start()
    before = value_of(sheet(account), case.fact)
    case.event(account, D - days(case.lag - 1))
    assert value_of(sheet(account), case.fact) == before


@pytest.mark.django_db
def test_cancelled_order_counts_until_the_day_before_it_was_cancelled():
    account = newcomer()
    sale(account, D - days(10), cancelled_on=D)
    assert value_of(facts.collect(D - days(1), [account.pk]), "orders_30d") == 1
    assert value_of(sheet(account), "orders_30d") == 0
    assert value_of(sheet(account), "first_order_on") is None


@pytest.mark.django_db
def test_contact_counts_until_the_day_before_leaving():
    account = newcomer()
    factories.ContactFactory(account=account, joined_on=D - days(5), left_on=D)
    assert value_of(facts.collect(D - days(1), [account.pk]), "contacts_active") == 1
    assert value_of(sheet(account), "contacts_active") == 0


@pytest.mark.django_db
def test_contact_who_moved_later_counts_where_they_were():
    old, new = newcomer(), newcomer()
    person = factories.ContactFactory(account=new)
    person.dated_model.objects.create(subject=person, field="account", value=old.pk, valid_to=D + days(1))
    person.dated_model.objects.create(subject=person, field="account", value=new.pk, valid_from=D + days(1))
    counts = [facts.collect(day, [old.pk, new.pk])["contacts_active"].tolist() for day in (D, D + days(1))]
    assert counts == [[1, 0], [0, 1]]
