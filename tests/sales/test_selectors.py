from datetime import date
from decimal import Decimal

import pytest

from core.facts import Scope
from sales import selectors
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def executive():
    return factories.UserFactory(role="executive")


def test_receivable_rows_know_what_was_paid_by_the_day(executive):
    receivable = factories.ReceivableFactory(amount=Decimal("100.10"))
    factories.PaymentFactory(receivable=receivable, amount=Decimal("40.05"), paid_on=date(2026, 2, 1))
    factories.PaymentFactory(receivable=receivable, amount=Decimal("0.05"), paid_on=date(2026, 2, 2), kind="credit")
    factories.PaymentFactory(receivable=receivable, amount=Decimal("60"), paid_on=date(2026, 2, 3))
    row = selectors.receivable_rows(executive, as_of=date(2026, 2, 2)).get()
    assert (row.paid_amount, row.open_amount) == (Decimal("40.1"), Decimal("60"))
    assert selectors.receivable_rows(executive, as_of=date(2026, 2, 3)).get().open_amount == 0


@pytest.mark.parametrize(("today", "count"), [(date(2026, 2, 4), 0), (date(2026, 2, 5), 1)])
def test_overdue_begins_the_day_after_the_due_day(executive, today, count):
    factories.ReceivableFactory(due_on=date(2026, 2, 4))
    assert selectors.overdue(selectors.receivable_rows(executive, as_of=today), as_of=today).count() == count


def test_paid_receivable_is_neither_open_nor_overdue(executive):
    payment = factories.PaymentFactory(amount=100)
    rows = selectors.receivable_rows(executive, as_of=date(2026, 12, 1))
    assert list(rows) == [payment.receivable]
    assert not selectors.still_open(rows).exists()


@pytest.mark.parametrize("rows", [selectors.order_rows, selectors.payment_rows])
def test_rows_of_a_strangers_account_do_not_exist(actors, rows):
    order = factories.OrderFactory(account=actors.account)
    factories.PaymentFactory(receivable=factories.ReceivableFactory(account=actors.account, order=order))
    seen_by = [
        name for name in ("OWN", "HELP", "TEAM", "OTH", "MGR", "MOTH", "EX", "AD") if rows(getattr(actors, name))
    ]
    assert seen_by == ["OWN", "HELP", "MGR", "EX", "AD"]


def test_order_days_are_those_with_a_sale_that_was_known_on_the_day():
    day = date(2026, 2, 4)
    survivor = factories.AccountFactory()
    merged = factories.AccountFactory(merged_into=survivor)
    order = factories.OrderFactory
    order(account=survivor, ordered_on=day, amount=Decimal("10.5"))
    order(account=merged, ordered_on=day, amount=Decimal("2"))
    order(account=survivor, ordered_on=date(2026, 2, 1), amount=0)
    order(account=survivor, ordered_on=date(2026, 2, 2), amount=-5, kind="return")
    order(account=survivor, ordered_on=date(2026, 2, 3), amount=7, cancelled_on=day)
    order(account=survivor, ordered_on=date(2026, 2, 3), amount=8, cancelled_on=date(2026, 2, 5))
    order(account=survivor, ordered_on=date(2026, 2, 5), amount=9)
    scope = Scope(day, (survivor.pk,), {merged.pk: survivor.pk})
    rows = selectors.order_days(scope).assign(day=lambda frame: frame["day"].dt.day)
    expected = [(survivor.pk, 1, 0.0), (survivor.pk, 3, 8.0), (survivor.pk, 4, 12.5)]
    assert list(rows.itertuples(index=False, name=None)) == expected
