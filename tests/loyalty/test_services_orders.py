"""Orders and their points: whatever happens to an order, the ledger follows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import AccountHistory
from loyalty.earning import EarningRule
from loyalty.models import LedgerEntry, Wallet
from loyalty.models.ledger import BALANCES
from loyalty.reconciliation import differences
from loyalty.services.ledger import Posting, post, wallet_of
from loyalty.services.orders import Awarded, RulePeriod, award_order_points
from sales.models import Order
from tests import factories

SOLD, PAID, NOW = date(2026, 3, 2), date(2026, 3, 20), date(2026, 3, 31)
START = date(2026, 1, 1)
RULE = EarningRule(number=1, amount_per_point=Decimal(100), starts_on=START)


def lasts_a_year(day):
    return day + timedelta(365)


PERIODS = (RulePeriod(None, RULE, lasts_a_year),)


@pytest.fixture
def account(db):
    return factories.AccountFactory()


@pytest.fixture
def order(account):
    return factories.OrderFactory(account=account, ordered_on=SOLD, amount=Decimal("1000"))


@pytest.fixture
def receivable(order):
    return factories.ReceivableFactory(
        account=order.account, order=order, amount=order.amount, issued_on=SOLD, due_on=SOLD + timedelta(30)
    )


def pay(receivable, amount=None):
    factories.PaymentFactory(
        account=receivable.account, receivable=receivable, paid_on=PAID, amount=amount or receivable.amount
    )


def award(account, as_of=NOW, periods=PERIODS) -> Awarded:
    return award_order_points(as_of=as_of, account_ids=range(account.pk, account.pk + 1), periods=periods)


def balances(account) -> tuple[int, ...]:
    """Available, pending, held, owed, qualifying; nothing differs and a second night changes nothing."""
    assert award(account).entry_count == 0
    assert differences() == []
    return tuple(getattr(wallet_of(account), name) for name in BALANCES)


def entries(account):
    columns = ("kind", "available_points", "pending_points", "happened_on")
    return list(LedgerEntry.objects.filter(wallet__account=account).order_by("number").values_list(*columns))


def test_sale_without_a_receivable_earns_at_once(account, order):
    assert award(account) == Awarded(1, 1)
    assert balances(account) == (10, 0, 0, 0, 10)
    assert entries(account) == [("earn", 10, 0, SOLD)]
    entry = LedgerEntry.objects.get()
    assert (entry.order, entry.rule_number, entry.lot.expires_on) == (order, 1, lasts_a_year(SOLD))


def test_points_wait_until_the_sale_is_paid_in_full(account, receivable):
    award(account)
    assert balances(account) == (0, 10, 0, 0, 0)
    pay(receivable, Decimal(999))
    assert award(account).entry_count == 0
    pay(receivable, Decimal(1))
    award(account)
    assert balances(account) == (10, 0, 0, 0, 10)
    assert entries(account) == [("pending", 0, 10, SOLD), ("activate", 10, -10, PAID)]


def test_payment_after_the_day_does_not_count_yet(account, receivable):
    pay(receivable)
    award(account, as_of=PAID - timedelta(1))
    wallet = wallet_of(account)
    assert (wallet.available_points, wallet.pending_points) == (0, 10)


def test_return_reverses_points_in_proportion(account, order):
    award(account)
    factories.OrderFactory(account=account, kind="return", ordered_on=SOLD + timedelta(5), amount=Decimal("-250"))
    award(account)
    assert balances(account) == (7, 0, 0, 0, 7)
    assert entries(account)[1:] == [("reverse", -3, 0, NOW)]
    factories.OrderFactory(account=account, kind="return", ordered_on=SOLD + timedelta(6), amount=Decimal("-750"))
    award(account)
    assert balances(account) == (0, 0, 0, 0, 0)


def test_return_before_the_payment_takes_pending_points(account, receivable):
    award(account)
    factories.OrderFactory(account=account, kind="return", ordered_on=SOLD + timedelta(5), amount=Decimal("-300"))
    pay(receivable)
    award(account)
    assert balances(account) == (7, 0, 0, 0, 7)
    assert entries(account)[1:] == [("activate", 7, -7, PAID), ("reverse", 0, -3, NOW)]


@pytest.mark.parametrize(
    ("change", "available"),
    [
        ({"cancelled_on": SOLD + timedelta(3)}, 0),
        ({"amount": Decimal(1500)}, 15),
        ({"amount": Decimal(400)}, 4),
        ({"kind": "return", "amount": Decimal(-1000)}, 0),
    ],
)
def test_ledger_follows_an_order_that_is_changed(account, order, change, available):
    award(account)
    Order.objects.filter(pk=order.pk).update(**change)
    award(account)
    assert balances(account)[0] == available


def test_ledger_follows_an_order_that_is_taken_back(account, order):
    award(account)
    order.lines.all().delete()
    order.delete()
    award(account)
    assert balances(account) == (0, 0, 0, 0, 0)


def test_spent_points_of_a_return_are_owed(account, order):
    award(account)
    wallet = wallet_of(account)
    post(wallet.pk, Posting("hold", "redemption:1:hold", SOLD, points=-10, held=10))
    post(wallet.pk, Posting("commit", "redemption:1:end", SOLD, held=-10))
    Order.objects.filter(pk=order.pk).update(cancelled_on=NOW)
    award(account)
    assert balances(account) == (0, 0, 0, 10, 0)


def test_each_sale_earns_by_the_rule_and_the_tier_of_its_day(account):
    AccountHistory.objects.create(subject=account, field="tier", value="A", valid_from=date(2026, 3, 10))
    for day in (9, 10, 15, 16):
        factories.OrderFactory(account=account, ordered_on=date(2026, 3, day), amount=Decimal(1000))
    double_for_a = (("A", Decimal(2)),)
    first = EarningRule(1, Decimal(100), starts_on=START, multipliers=double_for_a)
    second = EarningRule(2, Decimal(50), starts_on=START, multipliers=double_for_a)
    periods = (RulePeriod(None, first, lasts_a_year), RulePeriod(date(2026, 3, 16), second, lasts_a_year))
    award(account, periods=periods)
    earned = LedgerEntry.objects.order_by("happened_on").values_list("available_points", "rule_number")
    assert list(earned) == [(10, 1), (20, 1), (20, 1), (40, 2)]
    assert award(account, periods=periods).entry_count == 0


def test_night_of_an_earlier_day_takes_nothing_back(account, receivable):
    """The day is computed again after later ones: what is known by now stays in the ledger."""
    pay(receivable)
    factories.OrderFactory(account=account, ordered_on=NOW, amount=Decimal(500))
    award(account)
    assert balances(account) == (15, 0, 0, 0, 15)
    for earlier in (PAID - timedelta(1), SOLD - timedelta(1)):
        assert award(account, as_of=earlier).entry_count == 0
    assert balances(account) == (15, 0, 0, 0, 15)


def test_account_whose_ledger_refuses_does_not_stop_the_others(account, order):
    award(account)
    Wallet.objects.filter(account=account).update(qualifying_points=0)
    Order.objects.filter(pk=order.pk).update(cancelled_on=NOW)
    other = factories.OrderFactory(ordered_on=SOLD, amount=Decimal(700))
    both = award_order_points(as_of=NOW, account_ids=range(other.account_id + 1), periods=PERIODS)
    assert (both.entry_count, list(both.errors)) == (1, [account.pk])
    assert "NotEnoughPointsError" in both.errors[account.pk]
    assert wallet_of(other.account).available_points == 7
    assert wallet_of(account).available_points == 10


def test_other_accounts_are_left_alone(account, order):
    other = factories.OrderFactory(ordered_on=SOLD, amount=Decimal(700))
    award(account)
    assert not LedgerEntry.objects.filter(order=other).exists()


def test_order_that_goes_to_another_account_takes_its_points_along(account, order):
    award(account)
    other = factories.AccountFactory()
    Order.objects.filter(pk=order.pk).update(account=other)
    for one in (other, account):
        award(one)
    assert balances(account) == (0, 0, 0, 0, 0)
    assert balances(other) == (10, 0, 0, 0, 10)
    Order.objects.filter(pk=order.pk).update(account=account)
    everybody = range(account.pk, other.pk + 1)
    award_order_points(as_of=NOW, account_ids=everybody, periods=PERIODS)
    assert (balances(account), balances(other)) == ((10, 0, 0, 0, 10), (0, 0, 0, 0, 0))
