"""From the wish for a reward to its handing over; the points are set aside meanwhile.

Rows are locked in one order everywhere: redemption, wallet, reward.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact, Standing
from core.periods import business_date
from loyalty.choices import EntryKind, RedemptionState
from loyalty.models import Redemption, Reward, Wallet
from loyalty.services.ledger import PointsError, Posting, SourceKeyReusedError, post, wallet_of

YEAR = timedelta(days=365)


class RedemptionRefusedError(PointsError):
    """A redemption that may not be asked for; ``checks`` tell why."""

    def __init__(self, checks: "list[Check]"):
        super().__init__(checks)
        self.checks = checks

    def __str__(self) -> str:
        return " ".join(str(check.text) for check in self.checks if not check.is_met)


class StaleRedemptionError(PointsError):
    """Somebody else decided meanwhile."""

    message = _("This redemption has changed meanwhile. Look at it again.")


@dataclass(frozen=True)
class Check:
    """One condition of a redemption, and whether it is met."""

    text: str | Promise
    is_met: bool


def checks_of(*, account: Account, reward: Reward, quantity: int) -> list[Check]:
    """What must hold before ``account`` can ask for ``reward``: on offer, points, stock, tier, yearly limit."""
    wallet = Wallet.objects.filter(account=account).first()
    available = wallet.available_points if wallet else 0
    checks = [
        Check(_("On offer"), reward.is_active),
        Check(_("Enough points"), available >= reward.points * quantity),
    ]
    if reward.stock is not None:
        checks.append(Check(_("In stock"), reward.stock >= quantity))
    if reward.minimum_tier is not None:
        checks.append(Check(_("Tier high enough"), _has_tier(account, reward)))
    if reward.yearly_limit is not None:
        checks.append(Check(_("Within the limit of a year"), _taken(account, reward) + quantity <= reward.yearly_limit))
    return checks


def _has_tier(account: Account, reward: Reward) -> bool:
    standing = Standing.objects.filter(account=account, tier__isnull=False).select_related("tier").first()
    return standing is not None and standing.tier.rank <= reward.minimum_tier.rank


def _taken(account: Account, reward: Reward) -> int:
    """How many of ``reward`` the account asked for within a year, what came to nothing left out."""
    recent = Redemption.objects.filter(account=account, reward=reward, requested_at__gt=timezone.now() - YEAR)
    counted = recent.exclude(state__in=[RedemptionState.REJECTED, RedemptionState.CANCELLED])
    return counted.aggregate(sum=Sum("quantity"))["sum"] or 0


def request_redemption(
    *,
    account: Account,
    reward: Reward,
    by,
    quantity: int = 1,
    contact: Contact | None = None,
    note: str = "",
    key: str | None = None,
) -> Redemption:
    """Ask for ``reward`` and set its points aside. The same ``key`` again returns the first redemption.

    Raises RedemptionRefusedError when a check is not met, SourceKeyReusedError when the key asked for something else.
    """
    wish = {"account": account, "reward": reward, "quantity": quantity, "contact": contact, "note": note}
    if (made := _made_before(key, wish)) is not None:
        return made
    try:
        return _request(wish, by, key)
    except IntegrityError:
        if (made := _made_before(key, wish)) is None:
            raise
        return made


def _made_before(key: str | None, wish: dict) -> Redemption | None:
    made = Redemption.objects.filter(idempotency_key=key).first() if key else None
    if made is not None and any(getattr(made, name) != value for name, value in wish.items()):
        raise SourceKeyReusedError
    return made


@transaction.atomic
def _request(wish: dict, by, key: str | None) -> Redemption:
    """The wallet is locked first, so that two wishes are checked one after the other."""
    account, reward, quantity = wish["account"], wish["reward"], wish["quantity"]
    wallet = Wallet.objects.select_for_update().get(pk=wallet_of(account).pk)
    reward = Reward.objects.select_for_update().get(pk=reward.pk)
    checks = checks_of(account=account, reward=reward, quantity=quantity)
    if not all(check.is_met for check in checks):
        raise RedemptionRefusedError(checks)
    points = reward.points * quantity
    redemption = Redemption.objects.create(**wish, points=points, requested_by=by, idempotency_key=key)
    _move_stock(reward, -quantity)
    source = f"redemption:{redemption.pk}:hold"
    post(wallet.pk, Posting(EntryKind.HOLD, source, business_date(), points=-points, held=points, recorded_by_id=by.pk))
    return redemption


def _move_stock(reward: Reward, quantity: int) -> None:
    Reward.objects.filter(pk=reward.pk, stock__isnull=False).update(stock=F("stock") + quantity)


@transaction.atomic
def approve_redemption(*, redemption: Redemption, version: int, by) -> Redemption:
    """Let the reward be handed over. Raises StaleRedemptionError unless it waits for a decision."""
    decided = {"decided_by": by, "decided_at": timezone.now()}
    return _change(redemption, version, RedemptionState.REQUESTED, state=RedemptionState.APPROVED, **decided)


@transaction.atomic
def fulfil_redemption(*, redemption: Redemption, version: int, by) -> Redemption:
    """The reward was handed over: its points are spent. Raises StaleRedemptionError unless it was approved."""
    state = RedemptionState.FULFILLED
    redemption = _change(redemption, version, RedemptionState.APPROVED, state=state, fulfilled_at=timezone.now())
    _end(redemption, EntryKind.COMMIT, by)
    return redemption


@transaction.atomic
def reject_redemption(*, redemption: Redemption, version: int, by, reason: str) -> Redemption:
    """Say no: points and stock come back. Raises StaleRedemptionError when it was handed over or ended before."""
    decided = {"decided_by": by, "decided_at": timezone.now(), "decision_note": reason}
    return _give_up(redemption, version, by, state=RedemptionState.REJECTED, **decided)


@transaction.atomic
def cancel_redemption(*, redemption: Redemption, version: int, by) -> Redemption:
    """Withdraw the wish: points and stock come back. Raises StaleRedemptionError as `reject_redemption`."""
    return _give_up(redemption, version, by, state=RedemptionState.CANCELLED)


def _give_up(redemption: Redemption, version: int, by, **columns) -> Redemption:
    open_states = (RedemptionState.REQUESTED, RedemptionState.APPROVED)
    redemption = _change(redemption, version, *open_states, **columns)
    _end(redemption, EntryKind.RELEASE, by)
    _move_stock(redemption.reward, redemption.quantity)
    return redemption


def _change(redemption: Redemption, version: int, *states: str, **columns) -> Redemption:
    rows = Redemption.objects.filter(pk=redemption.pk, version=version, state__in=states)
    if not rows.update(version=F("version") + 1, **columns):
        raise StaleRedemptionError
    redemption.refresh_from_db()
    return redemption


def _end(redemption: Redemption, kind: EntryKind, by) -> None:
    """End the hold: its points are spent, or given back."""
    points = redemption.points if kind == EntryKind.RELEASE else 0
    source = f"redemption:{redemption.pk}:end"
    posting = Posting(kind, source, business_date(), points=points, held=-redemption.points, recorded_by_id=by.pk)
    post(wallet_of(redemption.account).pk, posting)
