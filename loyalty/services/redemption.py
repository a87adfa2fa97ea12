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
from core import audit
from core.periods import business_date
from loyalty.choices import EntryKind, RedemptionState, StockKind
from loyalty.models import Redemption, Reward, Wallet
from loyalty.services.catalogue import move_stock
from loyalty.services.ledger import PointsError, Posting, post, wallet_of
from loyalty.services.throttle import note_try

YEAR = timedelta(days=365)


class RedemptionRefusedError(PointsError):
    """A redemption that may not be asked for; ``checks`` tell why."""

    def __init__(self, checks: "list[Check]"):
        super().__init__(checks)
        self.checks = checks

    def __str__(self) -> str:
        return " ".join(str(check.refusal) for check in self.checks if not check.is_met)


class StaleRedemptionError(PointsError):
    """Somebody else decided meanwhile."""

    message = _("This redemption has changed meanwhile. Look at it again.")


class WishKeyReusedError(PointsError):
    """The key of a wish was sent before with another one."""

    message = _("This key was sent before with another wish.")


@dataclass(frozen=True)
class Check:
    """One condition of a redemption, whether it is met, and what to say when it is not."""

    text: str | Promise
    is_met: bool
    refusal: str | Promise


@dataclass(frozen=True)
class Situation:
    """What decides over an account's wishes: points, rank of its tier (None without one), rewards taken in a year."""

    available: int
    tier_rank: int | None
    taken: dict[int, int]


def situation_of(account: Account) -> Situation:
    """How ``account`` stands towards every reward; what came to nothing is not counted as taken."""
    wallet = Wallet.objects.filter(account=account).first()
    standing = Standing.objects.filter(account=account, tier__isnull=False).select_related("tier").first()
    recent = Redemption.objects.filter(account=account, requested_at__gt=timezone.now() - YEAR).order_by()
    counted = recent.exclude(state__in=[RedemptionState.REJECTED, RedemptionState.CANCELLED])
    return Situation(
        available=wallet.available_points if wallet else 0,
        tier_rank=standing.tier.rank if standing else None,
        taken=dict(counted.values_list("reward").annotate(sum=Sum("quantity"))),
    )


def checks_of(*, reward: Reward, quantity: int, situation: Situation) -> list[Check]:
    """What must hold before a wish for ``reward``: on offer, points, stock, tier, yearly limit."""
    checks = [
        Check(_("On offer"), reward.is_active, _("This reward is no longer on offer.")),
        Check(_("Enough points"), situation.available >= reward.points * quantity, _("There are not enough points.")),
    ]
    if reward.stock is not None:
        checks.append(Check(_("In stock"), reward.stock >= quantity, _("There are not enough of it in stock.")))
    if reward.minimum_tier is not None:
        is_high = situation.tier_rank is not None and situation.tier_rank <= reward.minimum_tier.rank
        checks.append(Check(_("Tier high enough"), is_high, _("This reward is for higher tiers.")))
    if reward.yearly_limit is not None:
        is_within = situation.taken.get(reward.pk, 0) + quantity <= reward.yearly_limit
        text = _("The account has had as many of it as it may within a year.")
        checks.append(Check(_("Within the limit of a year"), is_within, text))
    return checks


def request_redemption(
    *,
    account: Account,
    reward: Reward,
    by,
    quantity: int = 1,
    contact: Contact | None = None,
    note: str = "",
    key: str | None = None,
    address: str = "",
) -> Redemption:
    """Ask for ``reward`` and set its points aside. The same ``key`` of the same person returns the first redemption.

    ``address``: where the request comes from; with it, tries are counted. Raises RedemptionRefusedError when a check is
    not met, WishKeyReusedError when the key asked for something else, TooManyTriesError.
    """
    wish = {"account": account, "reward": reward, "quantity": quantity, "contact": contact, "note": note}
    if (made := _made_before(key, by, wish)) is not None:
        return made
    if address:
        note_try(user=by, account=account, address=address)
    try:
        return _request(wish, by, key)
    except IntegrityError:
        if (made := _made_before(key, by, wish)) is None:
            raise
        return made


def _made_before(key: str | None, by, wish: dict) -> Redemption | None:
    made = Redemption.objects.filter(requested_by=by, idempotency_key=key).first() if key else None
    if made is not None and any(getattr(made, name) != value for name, value in wish.items()):
        raise WishKeyReusedError
    return made


@transaction.atomic
def _request(wish: dict, by, key: str | None) -> Redemption:
    """The wallet is locked first, so that two wishes are checked one after the other."""
    account, reward, quantity = wish["account"], wish["reward"], wish["quantity"]
    wallet = Wallet.objects.select_for_update().get(pk=wallet_of(account).pk)
    reward = Reward.objects.select_for_update(of=["self"]).select_related("minimum_tier").get(pk=reward.pk)
    checks = checks_of(reward=reward, quantity=quantity, situation=situation_of(account))
    if not all(check.is_met for check in checks):
        raise RedemptionRefusedError(checks)
    points = reward.points * quantity
    redemption = Redemption.objects.create(**wish, points=points, requested_by=by, idempotency_key=key)
    if reward.stock is not None:
        move_stock(reward=reward, kind=StockKind.REDEEMED, quantity=-quantity, redemption=redemption, by=by)
    source = f"redemption:{redemption.pk}:hold"
    post(wallet.pk, Posting(EntryKind.HOLD, source, business_date(), points=-points, held=points, recorded_by_id=by.pk))
    return redemption


@transaction.atomic
def approve_redemption(*, redemption: Redemption, version: int, by) -> Redemption:
    """Let the reward be handed over. Raises StaleRedemptionError unless it waits for a decision."""
    decided = {"decided_by": by, "decided_at": timezone.now()}
    redemption = _change(redemption, version, RedemptionState.REQUESTED, state=RedemptionState.APPROVED, **decided)
    audit.record(by, "points.redemption_approved", redemption, points=redemption.points)
    return redemption


@transaction.atomic
def reopen_redemption(*, redemption: Redemption, version: int, by) -> Redemption:
    """Take an approval back. Raises StaleRedemptionError unless it is approved and not handed over."""
    undecided = {"decided_by": None, "decided_at": None}
    redemption = _change(redemption, version, RedemptionState.APPROVED, state=RedemptionState.REQUESTED, **undecided)
    audit.record(by, "points.redemption_reopened", redemption, points=redemption.points)
    return redemption


@transaction.atomic
def fulfil_redemption(*, redemption: Redemption, version: int, by) -> Redemption:
    """The reward was handed over: its points are spent. Raises StaleRedemptionError unless it was approved."""
    state = RedemptionState.FULFILLED
    redemption = _change(redemption, version, RedemptionState.APPROVED, state=state, fulfilled_at=timezone.now())
    _end(redemption, EntryKind.COMMIT, by)
    audit.record(by, "points.redemption_fulfilled", redemption, points=redemption.points)
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
    if redemption.stock_movements.exists():
        quantity = redemption.quantity
        move_stock(reward=redemption.reward, kind=StockKind.RETURNED, quantity=quantity, redemption=redemption, by=by)
    audit.record(by, f"points.redemption_{redemption.state}", redemption, points=redemption.points)
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
