"""The ledger against what a bank would do: balances, lots, debts, keys, and the database's own refusal."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from loyalty.choices import EntryKind
from loyalty.models import LedgerEntry, Lot, LotUse, Wallet
from loyalty.models.ledger import BALANCES
from loyalty.protection import APPEND_ONLY, triggers
from loyalty.reconciliation import Difference, differences
from loyalty.services.ledger import NotEnoughPointsError, Posting, SourceKeyReusedError, post, wallet_of
from tests import factories

DAY = date(2026, 3, 2)


@pytest.fixture
def wallet(db) -> Wallet:
    return wallet_of(factories.AccountFactory())


class Book:
    """Writes postings with keys of their own."""

    def __init__(self, wallet: Wallet):
        self.wallet, self.count = wallet, 0

    def __call__(self, kind: str, points: int = 0, **options):
        self.count += 1
        values = {"source_key": f"test:{self.count}", "happened_on": DAY} | options
        return post(self.wallet.pk, Posting(kind=EntryKind(kind), points=points, **values))


@pytest.fixture
def book(wallet) -> Book:
    return Book(wallet)


def balances(wallet: Wallet) -> tuple[int, ...]:
    """Available, pending, held, owed, qualifying."""
    wallet.refresh_from_db()
    return tuple(getattr(wallet, name) for name in BALANCES)


def left(wallet: Wallet) -> list[int]:
    """What is left of each lot, in the order they came."""
    return list(wallet.lots.order_by("pk").values_list("left_points", flat=True))


def test_new_wallet_is_empty_and_the_account_has_one(wallet):
    assert balances(wallet) == (0, 0, 0, 0, 0)
    assert wallet_of(wallet.account) == wallet
    assert str(wallet) == f"{wallet.account}: 0"


def test_pending_points_become_available_when_activated(book, wallet):
    book("pending", pending=120)
    assert balances(wallet) == (0, 120, 0, 0, 0)
    book("activate", 120, pending=-120, qualifying=120, expires_on=DAY)
    assert balances(wallet) == (120, 0, 0, 0, 120)
    entry = LedgerEntry.objects.get(number=2)
    assert (entry.available_points, entry.pending_points, entry.available_after) == (120, -120, 120)
    assert (entry.lot.points, entry.lot.left_points, entry.lot.expires_on) == (120, 120, DAY)


def test_spending_takes_what_expires_soonest_and_what_never_expires_last(book, wallet):
    book("earn", 10)
    book("earn", 20, expires_on=DAY + timedelta(30))
    book("earn", 30, expires_on=DAY + timedelta(10))
    book("hold", -35, held=35)
    assert left(wallet) == [10, 15, 0]
    book("hold", -20, held=20)
    assert left(wallet) == [5, 0, 0]
    assert balances(wallet) == (5, 0, 55, 0, 0)
    assert differences() == []


def test_reversal_takes_from_its_own_lot_first(book, wallet):
    book("earn", 10, expires_on=DAY)
    own = book("earn", 20)
    lot = Lot.objects.get(entry=own.entry_id)
    book("reverse", -25, may_owe=True, from_lot=lot.pk)
    assert left(wallet) == [5, 0]


def test_hold_is_committed_or_given_back_to_its_lots(book, wallet):
    book("earn", 10, expires_on=DAY)
    book("earn", 30)
    book("hold", -25, held=25, source_key="redemption:1:hold")
    book("release", 25, held=-25, source_key="redemption:1:end")
    assert (left(wallet), balances(wallet)) == ([10, 30], (40, 0, 0, 0, 0))
    book("hold", -25, held=25, source_key="redemption:2:hold")
    book("commit", held=-25, source_key="redemption:2:end")
    assert (left(wallet), balances(wallet)) == ([0, 15], (15, 0, 0, 0, 0))
    with pytest.raises(SourceKeyReusedError):
        book("release", 25, held=-25, source_key="redemption:2:end")
    assert differences() == []


def test_what_a_reversal_cannot_take_is_owed_and_paid_by_the_next_points(book, wallet):
    book("earn", 50)
    book("hold", -40, held=40, source_key="redemption:1:hold")
    posted = book("reverse", -50, may_owe=True)
    assert (posted.available, balances(wallet)) == (-10, (0, 0, 40, 40, 0))
    posted = book("earn", 15)
    assert (posted.available, balances(wallet)) == (0, (0, 0, 40, 25, 0))
    posted = book("release", 40, held=-40, source_key="redemption:1:end")
    assert (posted.available, balances(wallet)) == (15, (15, 0, 0, 0, 0))
    assert sum(left(wallet)) == 15
    assert differences() == []


def test_more_than_there_is_cannot_be_spent(book, wallet):
    book("earn", 50)
    refused = (
        {"kind": "hold", "points": -51, "held": 51},
        {"kind": "adjust", "points": -51},
        {"kind": "commit", "held": -1},
        {"kind": "activate", "points": 5, "pending": -5},
        {"kind": "reverse", "points": -5, "qualifying": -5, "may_owe": True},
    )
    for posting in refused:
        with pytest.raises(NotEnoughPointsError):
            book(**posting)
    assert balances(wallet) == (50, 0, 0, 0, 0)
    assert LedgerEntry.objects.count() == 1


def test_expiry_takes_only_from_lots_whose_last_day_has_come(book, wallet):
    book("earn", 10, expires_on=DAY - timedelta(1))
    book("earn", 20, expires_on=DAY)
    book("earn", 40, expires_on=DAY + timedelta(1))
    book("expire", -30, is_expiring=True)
    assert left(wallet) == [0, 0, 40]


def test_same_source_moves_points_once(book, wallet):
    first = book("earn", 50, source_key="order:1:1", idempotency_key="a")
    again = book("earn", 50, source_key="order:1:1", idempotency_key="a")
    assert (again.entry_id, again.available, again.is_new) == (first.entry_id, 50, False)
    assert balances(wallet) == (50, 0, 0, 0, 0)
    for other in ({"points": 51, "source_key": "order:1:1"}, {"points": 50, "source_key": "x", "idempotency_key": "a"}):
        with pytest.raises(SourceKeyReusedError):
            book("earn", **other)
    with pytest.raises(SourceKeyReusedError):
        Book(wallet_of(factories.AccountFactory()))("earn", 50, source_key="order:1:1")
    assert differences() == []


def test_same_source_is_found_when_it_spent_everything(book, wallet):
    book("earn", 50)
    first = book("hold", -50, held=50, source_key="redemption:1:hold")
    assert book("hold", -50, held=50, source_key="redemption:1:hold").entry_id == first.entry_id


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_database_refuses_to_change_or_delete_what_is_written(book, statement):
    book("earn", 50)
    book("hold", -20, held=20)
    for table in APPEND_ONLY:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format(table))
    assert (LedgerEntry.objects.count(), LotUse.objects.count()) == (2, 1)


@pytest.mark.parametrize("name", BALANCES)
def test_database_refuses_a_balance_below_zero(wallet, name):
    with pytest.raises(IntegrityError), transaction.atomic():
        Wallet.objects.filter(pk=wallet.pk).update(**{name: -1})


def test_migrations_leave_every_trigger_in_place(db):
    on_postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    on_sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(on_postgresql if connection.vendor == "postgresql" else on_sqlite)
        there = {name for (name,) in cursor.fetchall()}
    assert {name for _table, name in triggers(connection.vendor)} <= there


@pytest.mark.django_db(transaction=True)
def test_whole_database_can_be_emptied_between_tests_and_is_protected_again():
    """What empties the tables after a test with real transactions lifts the triggers and puts them back."""
    Book(wallet_of(factories.AccountFactory()))("earn", 5)
    call_command("flush", interactive=False, verbosity=0)
    assert not LedgerEntry.objects.exists()
    Book(wallet_of(factories.AccountFactory()))("earn", 5)
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM loyalty_ledgerentry")
    assert LedgerEntry.objects.count() == 1


def test_reconciliation_names_what_does_not_add_up(book, wallet):
    book("earn", 50)
    assert differences() == []
    Wallet.objects.filter(pk=wallet.pk).update(available_points=60, qualifying_points=5, entry_count=3)
    Lot.objects.update(left_points=45)
    lot = Lot.objects.get()
    assert differences() == [
        Difference(wallet.pk, "available_points", 60, 50),
        Difference(wallet.pk, "entry_count", 3, 1),
        Difference(wallet.pk, "left of all lots", 60, 45),
        Difference(wallet.pk, f"left of lot {lot.pk}", 45, 50),
        Difference(wallet.pk, "qualifying_points", 5, 0),
    ]
