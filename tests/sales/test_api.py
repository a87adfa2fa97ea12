from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from tests import factories
from tests.api import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(actors):
    order = factories.OrderFactory(account=actors.account, amount=Decimal("250"), cost_amount=Decimal("200"))
    factories.OrderLineFactory(order=order, position=1, amount=Decimal("250"), cost_amount=Decimal("200"))
    return order


def test_order_list_needs_a_token():
    assert Client().get("/api/v1/orders/").status_code == 401


@pytest.mark.parametrize(
    ("actor", "count"),
    {"OWN": 1, "HELP": 1, "TEAM": 0, "OTH": 0, "MGR": 1, "REG": 1, "MOTH": 0, "EX": 1, "AD": 1}.items(),
)
def test_order_list_holds_visible_orders_only(actors, order, actor, count):
    client = client_for(getattr(actors, actor))
    assert client.get("/api/v1/orders/").json()["count"] == count
    assert client.get(f"/api/v1/orders/{order.pk}/").status_code == (200 if count else 404)


def test_order_of_a_stranger_reads_like_a_missing_one(actors, order):
    client = client_for(actors.OTH)
    hidden, missing = client.get(f"/api/v1/orders/{order.pk}/"), client.get("/api/v1/orders/999999/")
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json()) == (404, hidden.json())


def test_order_shows_cost_to_managers_only(actors, order):
    seen = client_for(actors.MGR).get(f"/api/v1/orders/{order.pk}/").json()
    assert (seen["cost_amount"], seen["lines"][0]["cost_amount"]) == ("200.0000", "200.0000")
    hidden = client_for(actors.OWN).get(f"/api/v1/orders/{order.pk}/").json()
    assert "cost_amount" not in hidden
    assert "cost_amount" not in hidden["lines"][0]


@pytest.mark.parametrize("query", ["nonsense=1", "ordering=created_by", "ordering=cost_amount", "kind=gift"])
def test_order_list_refuses_what_it_does_not_know(actors, query):
    assert client_for(actors.OWN).get(f"/api/v1/orders/?{query}").status_code == 400


def test_order_list_filters_orders_and_pages_like_the_page(actors):
    days = [date(2026, 1, day) for day in (3, 1, 2)]
    for day in days:
        factories.OrderFactory(account=actors.account, ordered_on=day)
    client = client_for(actors.OWN)
    answer = client.get("/api/v1/orders/?ordering=ordered_on&ordered_from=2026-01-02&page_size=1").json()
    assert answer["count"] == 2
    assert [row["ordered_on"] for row in answer["results"]] == ["2026-01-02"]
    everything = client.get("/api/v1/orders/?page_size=100000")
    assert len(everything.json()["results"]) == 3


def test_order_list_asks_as_often_for_many_orders_as_for_few(actors, django_assert_max_num_queries):
    client = client_for(actors.OWN)
    client.get("/api/v1/orders/")  # notes the use of the token, once a minute
    for _number in range(2):
        for _line in range(10):
            order = factories.OrderFactory(account=actors.account)
            factories.OrderLineFactory(order=order, product=factories.ProductFactory())
        with django_assert_max_num_queries(8):
            client.get("/api/v1/orders/")


def test_schema_is_open_to_every_user(actors):
    assert client_for(actors.OTH).get("/api/v1/schema/").status_code == 200
