"""Points whose last day has come leave the wallets."""

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.db.models import Sum

from loyalty.choices import EntryKind
from loyalty.models import LedgerEntry, Lot, Wallet
from loyalty.services.ledger import Posting, post


def expire_points(*, as_of: date, account_ids: range, check: Callable[[], None] = lambda: None) -> int:
    """Let the points of these accounts expire whose last day is ``as_of`` or earlier; how many wallets that changed.

    What is set aside for a redemption stays; should it be given back later, it expires the night after. A second call
    changes nothing. ``check`` is called between wallets and may raise to stop the work.
    """
    gone = Lot.objects.filter(
        left_points__gt=0,
        expires_on__lte=as_of,
        wallet__account_id__gte=account_ids.start,
        wallet__account_id__lt=account_ids.stop,
    )
    wallets = list(gone.order_by("wallet_id").values_list("wallet_id", flat=True).distinct())
    for wallet_id in wallets:
        check()
        expire_wallet(wallet_id, as_of)
    return len(wallets)


@transaction.atomic
def expire_wallet(wallet_id: int, as_of: date) -> None:
    """One entry for all whose last day has come; the locked wallet keeps others from spending it meanwhile."""
    Wallet.objects.select_for_update().get(pk=wallet_id)
    gone = Lot.objects.filter(wallet=wallet_id, left_points__gt=0, expires_on__lte=as_of)
    points = gone.aggregate(sum=Sum("left_points"))["sum"]
    if points:
        before = LedgerEntry.objects.filter(wallet=wallet_id, kind=EntryKind.EXPIRE, happened_on=as_of).count()
        key = f"expire:{wallet_id}:{as_of}:{before + 1}"
        post(wallet_id, Posting(EntryKind.EXPIRE, key, as_of, points=-points, is_expiring=True))
