"""The points ledger: one way in for every movement of points.

A posting changes the balances of a wallet and adds its entry in one statement, under a condition that keeps every
balance from falling below zero. The wallet's row stays locked until the transaction ends, so the lots are divided by
one posting at a time. A posting with a source key that is known changes nothing.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core.database import can_change_tables_at_once, execute_planned, update_and_insert
from loyalty.choices import EntryKind
from loyalty.models import LedgerEntry, Lot, LotUse, Wallet
from loyalty.services import ledger_sql


class PointsError(Exception):
    """A movement of points that cannot be made."""

    message = _("These points cannot be moved that way.")

    def __str__(self) -> str:
        return str(self.message)


class NotEnoughPointsError(PointsError):
    """The wallet has fewer points than the movement would take."""

    message = _("There are not enough points.")


class SourceKeyReusedError(PointsError):
    """The same source asked for another movement before."""

    message = _("These points were moved already, and in another way.")


@dataclass(frozen=True)
class Posting:
    """What one entry is to change.

    ``points`` come to (or leave) what can be spent; they pay what is owed first. Only with ``may_owe`` may they take
    more than is there. ``pending``, ``held`` and ``qualifying`` change the balances of those names. ``from_lot`` is
    taken from before all others; an expiring one takes only from lots whose last day is ``happened_on`` or earlier.
    """

    kind: EntryKind
    source_key: str
    happened_on: date
    points: int = 0
    pending: int = 0
    held: int = 0
    qualifying: int = 0
    may_owe: bool = False
    expires_on: date | None = None
    from_lot: int | None = None
    is_expiring: bool = False
    idempotency_key: str | None = None
    order_id: int | None = None
    reason: str = ""
    rule_number: int | None = None
    recorded_by_id: int | None = None


@dataclass(frozen=True)
class Posted:
    """The entry a posting made, or had made before; ``available`` is what it changed in the available points."""

    entry_id: int
    available: int
    is_new: bool


def wallet_of(account: Account) -> Wallet:
    """The wallet of ``account``, made when it has none."""
    return Wallet.objects.get_or_create(account=account)[0]


def post(wallet_id: int, posting: Posting) -> Posted:
    """Make the movement, or find that its source made it before.

    Raises NotEnoughPointsError when a balance would fall below zero, SourceKeyReusedError when the source key belongs
    to another movement; nothing is written then.
    """
    values = _values(wallet_id, posting)
    try:
        row = _post_at_once(posting, values) or _post_in_steps(wallet_id, posting, values)
    except IntegrityError:
        if (made := _made_before(wallet_id, posting)) is None:
            raise
        return made
    if row is not None:
        return Posted(*row, is_new=True)
    if (made := _made_before(wallet_id, posting)) is not None:
        return made
    raise NotEnoughPointsError


def _post_at_once(posting: Posting, values: dict) -> tuple[int, int] | None:
    """One statement for wallet, entry and lots; None when this has to go step by step.

    That is where the database cannot do it, where lots are given back or expire, where somebody else moved points of
    the wallet at the same moment, and where there is too little.
    """
    if not can_change_tables_at_once() or posting.is_expiring or posting.kind == EntryKind.RELEASE:
        return None
    name = "bring_in" if posting.points > 0 else "take_out" if posting.points else "leave_lots"
    guard = transaction.atomic() if connection.in_atomic_block else nullcontext()
    with guard, connection.cursor() as cursor:
        execute_planned(cursor, f"points_{name}", ledger_sql.AT_ONCE[name], ledger_sql.TYPES, values)
        return cursor.fetchone()


@transaction.atomic
def _post_in_steps(wallet_id: int, posting: Posting, values: dict) -> tuple[int, int] | None:
    """Wallet and entry first, which locks the wallet, then its lots; None when there is too little."""
    row = update_and_insert(ledger_sql.UPDATE, ledger_sql.INSERT, values, ledger_sql.MOVED)
    if row is not None:
        _divide(wallet_id, posting, *row)
    return row


def _values(wallet_id: int, posting: Posting) -> dict:
    columns = ("points", "pending", "held", "qualifying", "source_key", "idempotency_key", "order_id", "reason")
    return {name: getattr(posting, name) for name in (*columns, "rule_number", "recorded_by_id")} | {
        "wallet": wallet_id,
        "kind": str(posting.kind),
        "from_lot": posting.from_lot,
        "expires_on": connection.ops.adapt_datefield_value(posting.expires_on),
        "last_day": None,
        "is_free": posting.may_owe or posting.points >= 0,
        "happened_on": connection.ops.adapt_datefield_value(posting.happened_on),
        "recorded_at": connection.ops.adapt_datetimefield_value(timezone.now()),
    }


def _divide(wallet_id: int, posting: Posting, entry_id: int, available: int) -> None:
    """Bring the lots to the wallet's new balance: a new lot, points given back to old ones, or points taken."""
    if posting.kind == EntryKind.RELEASE:
        _give_back(posting, entry_id, available)
    elif posting.points > 0:
        lot = Lot.objects.create(
            wallet_id=wallet_id,
            entry_id=entry_id,
            points=posting.points,
            left_points=available,
            expires_on=posting.expires_on,
        )
        if available < posting.points:
            LotUse.objects.create(entry_id=entry_id, lot=lot, points=available - posting.points)
    elif available < 0:
        _take(wallet_id, posting, entry_id, -available)


def _take(wallet_id: int, posting: Posting, entry_id: int, wanted: int) -> None:
    """Take ``wanted`` points, those that expire soonest first. Raises PointsError when the lots hold fewer."""
    last_day = connection.ops.adapt_datefield_value(posting.happened_on) if posting.is_expiring else None
    values = {"wallet": wallet_id, "entry": entry_id, "wanted": wanted, "last_day": last_day}
    with connection.cursor() as cursor:
        cursor.execute(ledger_sql.TAKE, values | {"from_lot": posting.from_lot})
        cursor.execute(ledger_sql.SETTLE, {"entry": entry_id})
    if posting.is_expiring and LotUse.objects.filter(entry=entry_id).aggregate(sum=Sum("points"))["sum"] != -wanted:
        raise PointsError


def _give_back(posting: Posting, entry_id: int, available: int) -> None:
    """Give what a hold took back to its lots, those that last longest first; what paid a debt is not given back."""
    taken = LotUse.objects.filter(entry__source_key=hold_key(posting.source_key)).select_related("lot")
    left = available
    for use in reversed(sorted(taken, key=lambda use: (use.lot.expires_on or date.max, use.lot_id))):
        points = min(left, -use.points)
        if points:
            LotUse.objects.create(entry_id=entry_id, lot=use.lot, points=points)
        left -= points
    with connection.cursor() as cursor:
        cursor.execute(ledger_sql.SETTLE, {"entry": entry_id})


def hold_key(end_key: str) -> str:
    """The source key of the hold that the entry with ``end_key`` ends."""
    return end_key.removesuffix(":end") + ":hold"


def _made_before(wallet_id: int, posting: Posting) -> Posted | None:
    entry = LedgerEntry.objects.filter(source_key=posting.source_key).first()
    if entry is None and posting.idempotency_key is not None:
        entry = LedgerEntry.objects.filter(idempotency_key=posting.idempotency_key).first()
    if entry is None:
        return None
    asked = (wallet_id, posting.source_key, posting.kind, posting.points, posting.pending, posting.held)
    points = entry.available_points - entry.owed_points
    if asked != (entry.wallet_id, entry.source_key, entry.kind, points, entry.pending_points, entry.held_points):
        raise SourceKeyReusedError
    return Posted(entry.pk, entry.available_points, is_new=False)
