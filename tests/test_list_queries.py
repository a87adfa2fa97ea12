"""Every list asks the database as often for forty rows as for ten."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core.audit import record
from sales.models import ExchangeRate
from tests import factories
from users.models import Team

MOST = 8
CHOICES_OF_ASSIGNING = 1


def orders(actors, count):
    for order in factories.OrderFactory.create_batch(count, account=actors.account):
        factories.OrderLineFactory(order=order)


def receivables(actors, count):
    for _ in range(count):
        factories.PaymentFactory(receivable=factories.ReceivableFactory(account=actors.account))


def rates(actors, count):
    first = date(2026, 1, 1) - timedelta(days=ExchangeRate.objects.count())
    ExchangeRate.objects.bulk_create(
        ExchangeRate(currency="EUR", valid_from=first - timedelta(days=age), rate=7) for age in range(count)
    )


def unassigned(actors, count):
    factories.AccountFactory.create_batch(count, owner=None)


def people(actors, count):
    for _ in range(count):
        factories.UserFactory(team=factories.TeamFactory(name=f"Team {Team.objects.count()}"))


def products(actors, count):
    factories.ProductFactory.create_batch(count)


def entries(actors, count):
    for account in factories.AccountFactory.create_batch(count, owner=actors.OWN):
        record(actors.MGR, "account.updated", account)


LISTS = {
    "sales:order_list": orders,
    "sales:receivable_list": receivables,
    "sales:payment_list": receivables,
    "sales:rate_list": rates,
    "sales:product_list": products,
    "accounts:unassigned": unassigned,
    "users:user_list": people,
    "users:audit_list": entries,
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_list_asks_as_often_for_forty_rows_as_for_ten(actors, client, django_assert_max_num_queries, name):
    client.force_login(actors.AD)
    counts, shown = [], []
    most = MOST + (CHOICES_OF_ASSIGNING if name == "accounts:unassigned" else 0)
    for more in (10, 30):
        LISTS[name](actors, more)
        client.get(reverse(name))
        with django_assert_max_num_queries(most) as queries:
            text = client.get(reverse(name)).content.decode()
        counts.append(len(queries))
        shown.append(text.count("<tr"))
    assert counts[0] == counts[1]
    assert shown[1] >= shown[0] + 30
