"""Files of receivables, payments and products: money, days, what settles what, what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from sales.models import ExchangeRate, Payment, Product, Receivable
from tests import factories
from tests.kam.imports.test_orders import reasons, warnings

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return factories.AccountFactory(code="K1", name="One")


@pytest.fixture
def _dollars(settings):
    settings.BASE_CURRENCY = "CNY"
    ExchangeRate.objects.create(currency="USD", valid_from=date(2026, 1, 1), rate=Decimal("7.1"))


@pytest.mark.usefixtures("_dollars")
def test_receivables_in_other_currencies_with_days_to_pay(imports, account):
    rows = "K1,R1,10,USD,2026-01-05,30\nK1,R2,10,USD,2025-12-31,30\nK1,R3,10,,2026-01-05,0\nK1,R4,10,,2026-01-05,\n"
    job = imports("account_code,number,amount,currency,issued on,terms\n" + rows, kind="receivables")
    assert reasons(job) == {"no_rate": 1, "missing": 1}
    assert set(Receivable.objects.values_list("number", "amount", "due_on")) == {
        ("R1", 71, date(2026, 2, 4)),
        ("R3", 10, date(2026, 1, 5)),
    }


def test_a_receivable_belongs_to_its_order_and_due_before_issue_is_warned_of(imports, account):
    order = factories.OrderFactory(account=account, order_number="SO1")
    rows = "K1,R1,SO1,5,2026-01-05,2026-01-01\nK1,R2,SO9,5,2026-01-05,2026-02-01\n"
    job = imports("account_code,number,order number,amount,issued on,due on\n" + rows, kind="receivables")
    assert warnings(job) == {"due_before_issue": 1, "unknown_order": 1}
    assert dict(Receivable.objects.values_list("number", "order")) == {"R1": order.pk, "R2": None}


def test_payments_settle_the_receivable_they_or_their_order_name(imports, account):
    order = factories.OrderFactory(account=account, order_number="SO1")
    first = factories.ReceivableFactory(account=account, number="R1", order=order, due_on=date(2026, 2, 1))
    factories.ReceivableFactory(account=account, number="R2", order=order, due_on=date(2026, 3, 1))
    other = factories.ReceivableFactory(account=account, number="R3")
    head = "account_code,payment number,order number,invoice no,paid on,amount,kind\n"
    rows = "K1,P1,SO1,,2026-01-05,5,\nK1,P2,SO1,R3,2026-01-06,6,credit note\nK1,P3,,,2026-01-07,7,转账\n"
    job = imports(head + rows, kind="payments")
    assert warnings(job) == {"no_receivable": 1}
    assert set(Payment.objects.values_list("payment_number", "receivable", "kind")) == {
        ("P1", first.pk, "payment"),
        ("P2", other.pk, "credit"),
        ("P3", None, "payment"),
    }


def test_equal_payments_without_numbers_are_counted_and_found_again_in_any_order(imports, account):
    head = "account_code,order number,paid on,amount\n"
    rows = ["K1,SO1,2026-01-05,5.00", "K1,SO1,2026-01-05,5", "K1,SO1,2026-01-06,5", "K1,SO2,2026-01-05,5"]
    assert imports(head + "\n".join(rows) + "\n", kind="payments").created_count == 4
    again = imports(head + "\n".join(reversed(rows)) + "\n", kind="payments")
    assert (again.created_count, again.updated_count, again.unchanged_count) == (0, 0, 4)
    third = imports(head + rows[0] + "\n" * 2 + rows[1] + "\n" + rows[1] + "\n", kind="payments")
    assert (third.created_count, third.unchanged_count) == (1, 2)


def test_a_payment_finds_its_receivable_when_that_comes_later(imports, account):
    text = "account_code,invoice no,paid on,amount\nK1,R1,2026-01-05,5\n"
    imports(text, kind="payments")
    receivable = factories.ReceivableFactory(account=account, number="R1")
    job = imports(text, kind="payments")
    assert (job.updated_count, Payment.objects.get().receivable, Payment.objects.get().version) == (1, receivable, 2)


def test_messy_money_is_read_or_refused(imports, account):
    rows = ['"¥1,200.50"', "(50.00)", '"1.234,5"', "much", "", "1e30"]
    text = "".join(f"K1,P{at},2026-01-05,{amount}\n" for at, amount in enumerate(rows))
    job = imports("account_code,payment number,paid on,amount\n" + text, kind="payments")
    assert reasons(job) == {"not_a_number": 1, "missing": 1, "number_too_large": 1}
    assert set(Payment.objects.values_list("amount", flat=True)) == {
        Decimal("1200.5"), Decimal(-50), Decimal("1234.5"),
    }  # fmt: skip


def test_products_by_code_with_price_and_state(imports):
    imports('sku,name,list price,active\nV1,Valve,"1.234,50",否\nV2,,2,\n', kind="products")
    assert set(Product.objects.values_list("code", "name", "list_price", "is_active")) == {
        ("V1", "Valve", Decimal("1234.5"), False),
        ("V2", "V2", 2, True),
    }
    imports("sku,name\nV1,阀门\n", kind="products")
    assert "famen" in Product.objects.get(code="V1").search_key


def test_the_preview_shows_values_as_a_person_reads_them(checked_import):
    job = checked_import('sku,name,list price,active\nV1,Valve,"1.234,50",否\n', kind="products")
    assert job.summary["preview"][1] == ["V1", "Valve", "1234.5", "No"]
