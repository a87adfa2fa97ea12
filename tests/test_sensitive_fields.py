"""Cost and credit, in every place, for somebody who may read them on some accounts and not on others."""

from decimal import Decimal

import pytest
from django.urls import reverse

from tests import factories
from tests.api import client_for

COST = Decimal("77.12")


@pytest.fixture
def elsewhere(actors):
    """An account of another branch with an order, and the manager of ours helping on it."""
    stranger = actors.OTH
    account = factories.AccountFactory(
        owner=stranger, team=stranger.team, credit_limit_amount=Decimal("912345"), credit_rating="ZZ9"
    )
    order = factories.OrderFactory(account=account, cost_amount=COST, costed_amount=Decimal(100))
    factories.OrderLineFactory(order=order, cost_amount=COST)
    actors.account.credit_limit_amount = Decimal("812345")
    actors.account.save()
    return order


@pytest.fixture
def mine(actors, elsewhere):
    order = factories.OrderFactory(account=actors.account, cost_amount=COST, costed_amount=Decimal(100))
    factories.OrderLineFactory(order=order, cost_amount=COST)
    return order


@pytest.fixture
def helper_elsewhere(actors, elsewhere):
    factories.AccountMemberFactory(account=elsewhere.account, user=actors.MGR)
    return actors.MGR


def test_manager_reads_cost_and_credit_of_the_own_branch(actors, mine):
    api = client_for(actors.MGR)
    assert api.get("/api/v1/accounts/").json()["results"][0]["credit_limit_amount"] == "812345.0000"
    assert api.get("/api/v1/orders/").json()["results"][0]["cost_amount"] == "77.1200"


def test_one_record_shows_them_by_its_own_account(helper_elsewhere, mine, elsewhere, client):
    api = client_for(helper_elsewhere)
    client.force_login(helper_elsewhere)
    for order, is_shown in ((mine, True), (elsewhere, False)):
        account = api.get(f"/api/v1/accounts/{order.account_id}/").json()
        assert ("credit_limit_amount" in account, "credit_rating" in account) == (is_shown, is_shown)
        record = api.get(f"/api/v1/orders/{order.pk}/").json()
        assert ("cost_amount" in record, "cost_amount" in record["lines"][0]) == (is_shown, is_shown)
        page = client.get(reverse("sales:order_page", args=[order.pk])).content
        assert (b"77.12" in page) == is_shown


def test_lists_that_mix_both_leave_them_out(helper_elsewhere, mine, client):
    api = client_for(helper_elsewhere)
    client.force_login(helper_elsewhere)
    accounts = api.get("/api/v1/accounts/").json()["results"]
    assert len(accounts) == 2
    assert not any({"credit_limit_amount", "credit_rating"} & set(account) for account in accounts)
    orders = api.get("/api/v1/orders/").json()["results"]
    assert len(orders) == 2
    assert not any("cost_amount" in order for order in orders)
    assert b"77.12" not in client.get(reverse("sales:order_list")).content
    assert b"77.12" not in client.get(reverse("sales:order_export", args=["csv"])).getvalue()


@pytest.mark.parametrize("query", ["ordering=cost", "ordering=-cost_amount", "ordering=credit_limit_amount"])
def test_lists_are_not_ordered_by_what_may_not_be_read(helper_elsewhere, mine, client, query):
    client.force_login(helper_elsewhere)
    api = client_for(helper_elsewhere)
    for address in (reverse("sales:order_list"), reverse("sales:product_list"), reverse("accounts:account_list")):
        assert client.get(f"{address}?{query}").status_code == 400
    for resource in ("accounts", "orders"):
        assert api.get(f"/api/v1/{resource}/?{query}").status_code == 400


@pytest.mark.parametrize("actor", ["OWN", "HELP"])
def test_reps_read_them_nowhere(actors, mine, client, actor):
    user = getattr(actors, actor)
    client.force_login(user)
    api = client_for(user)
    assert "credit_limit_amount" not in api.get(f"/api/v1/accounts/{mine.account_id}/").json()
    assert "cost_amount" not in api.get(f"/api/v1/orders/{mine.pk}/").json()
    for address in (reverse("sales:order_page", args=[mine.pk]), reverse("sales:order_list")):
        assert b"77.12" not in client.get(address).content
