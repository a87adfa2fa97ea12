"""The proof that the points add up: every balance against the entries it is the sum of.

Each check is one query that returns only what does not agree, so a sound ledger costs five readings and gives nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, F, Max, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce

from loyalty.models import LedgerEntry, Lot, LotUse, Wallet
from loyalty.models.ledger import BALANCES


@dataclass(frozen=True)
class Difference:
    """One figure of a wallet that is not what the ledger says; ``what`` is the column or the rule broken."""

    wallet_id: int
    what: str
    kept: int
    computed: int


def differences() -> list[Difference]:
    """Everything that does not add up, by wallet; empty when the ledger is sound."""
    found = [difference for check in CHECKS for difference in check()]
    return sorted(found, key=lambda difference: (difference.wallet_id, difference.what))


def wallet_count() -> int:
    """How many wallets there are to prove."""
    return Wallet.objects.count()


def balances() -> Iterator[Difference]:
    """Each balance of a wallet is the sum of its column over the entries."""
    sums = {f"sum_{name}": _total(LedgerEntry, "wallet", name) for name in BALANCES}
    wallets = Wallet.objects.annotate(**sums)
    wrong = Q(*(~Q(**{name: F(f"sum_{name}")}) for name in BALANCES), _connector=Q.OR)
    for wallet in wallets.filter(wrong):
        for name in BALANCES:
            if getattr(wallet, name) != getattr(wallet, f"sum_{name}"):
                yield Difference(wallet.pk, name, getattr(wallet, name), getattr(wallet, f"sum_{name}"))


def numbers() -> Iterator[Difference]:
    """The entries of a wallet are numbered 1, 2, … without a gap."""
    counted = LedgerEntry.objects.filter(wallet=OuterRef("pk")).order_by().values("wallet")
    rows = Wallet.objects.annotate(
        count=Coalesce(Subquery(counted.annotate(n=Count("pk")).values("n")), 0),
        last=Coalesce(Subquery(counted.annotate(n=Max("number")).values("n")), 0),
    ).exclude(entry_count=F("count"), last=F("count"))
    for wallet in rows:
        yield Difference(wallet.pk, "entry_count", wallet.entry_count, wallet.count)


def running_balances() -> Iterator[Difference]:
    """The balance written on each entry is the sum of the entries up to it."""
    window = Window(Sum("available_points"), partition_by="wallet", order_by=F("number").asc())
    for entry in LedgerEntry.objects.annotate(running=window).exclude(available_after=F("running")):
        yield Difference(
            entry.wallet_id, f"available_after of entry {entry.number}", entry.available_after, entry.running
        )


def lots() -> Iterator[Difference]:
    """What is left of a lot is what came in and its uses; what is left of all lots is what can be spent."""
    used = Lot.objects.annotate(computed=F("points") + _total(LotUse, "lot", "points"))
    for lot in used.exclude(left_points=F("computed")):
        yield Difference(lot.wallet_id, f"left of lot {lot.pk}", lot.left_points, lot.computed)
    wallets = Wallet.objects.annotate(left=_total(Lot, "wallet", "left_points"))
    for wallet in wallets.exclude(available_points=F("left")):
        yield Difference(wallet.pk, "left of all lots", wallet.available_points, wallet.left)


def entry_uses() -> Iterator[Difference]:
    """What an entry took from lots, gave back to them, or brought in as one is what it changed in the balance."""
    entries = LedgerEntry.objects.annotate(
        moved=_total(LotUse, "entry", "points") + Coalesce(F("lot__points"), 0),
    )
    for entry in entries.exclude(available_points=F("moved")):
        yield Difference(entry.wallet_id, f"lots of entry {entry.number}", entry.available_points, entry.moved)


CHECKS = (balances, numbers, running_balances, lots, entry_uses)


def _total(model, parent: str, column: str) -> Coalesce:
    """Σ of ``column`` over the rows of ``model`` whose ``parent`` is the row at hand; 0 over none."""
    rows = model.objects.filter(**{parent: OuterRef("pk")}).order_by().values(parent)
    return Coalesce(Subquery(rows.annotate(total=Sum(column)).values("total")), 0, output_field=BigIntegerField())
