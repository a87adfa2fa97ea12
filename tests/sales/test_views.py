from datetime import timedelta

import pytest

from core.periods import business_date
from tests import factories


@pytest.fixture
def as_owner(actors, client):
    client.force_login(actors.OWN)
    return client


def cells(response) -> list[dict[str, str]]:
    heads = [head.label for head in response.context["table_heads"]]
    return [dict(zip(heads, (cell.text for cell in row.cells), strict=True)) for row in response.context["table_rows"]]


def test_menu_leads_to_the_receivables_that_are_open(actors, as_owner):
    late = business_date() - timedelta(days=3)
    factories.ReceivableFactory(account=actors.account, number="INV-LATE", due_on=late, amount=100)
    paid = factories.ReceivableFactory(account=actors.account, number="INV-PAID", due_on=late, amount=100)
    factories.PaymentFactory(account=actors.account, receivable=paid, amount=100, paid_on=late)
    assert b'href="/receivables/?state=open"' in as_owner.get("/").content
    rows = cells(as_owner.get("/receivables/?state=open"))
    assert [(row["Receivable"], row["State"]) for row in rows] == [("INV-LATE", "3 d late")]
    assert len(cells(as_owner.get("/receivables/"))) == 2


def test_cancelled_order_says_so(actors, as_owner):
    factories.OrderFactory(account=actors.account, order_number="SO-1", cancelled_on=business_date())
    factories.OrderFactory(account=actors.account, order_number="SO-2")
    rows = cells(as_owner.get("/orders/?ordering=order_number"))
    assert [(row["Order"], row["Kind"]) for row in rows] == [("SO-1", "Cancelled"), ("SO-2", "Sale")]


def test_payment_without_a_number_shows_none(actors, as_owner):
    factories.PaymentFactory(account=actors.account, payment_number="")
    assert [row["Payment"] for row in cells(as_owner.get("/payments/"))] == ["–"]
