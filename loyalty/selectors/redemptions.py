"""What catalogue, wishes and corrections are read from."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Account
from core.access import code
from loyalty.choices import CorrectionState, RedemptionState
from loyalty.configuration import own_limit_in_query
from loyalty.models import Correction, Redemption, Reward
from loyalty.permissions import APPROVE, CORRECT
from loyalty.services.redemption import Check, Situation, checks_of, situation_of
from users.choices import Role
from users.models import Team

OPEN_STATES = (RedemptionState.REQUESTED, RedemptionState.APPROVED)


def redemption_rows(user) -> QuerySet[Redemption]:
    """A row is a redemption of a visible account, with account, reward and the people of it."""
    rows = Redemption.objects.visible_to(user)
    return rows.select_related("account__owner", "account__team", "reward", "contact", "requested_by", "decided_by")


def correction_rows(user) -> QuerySet[Correction]:
    """A row is a correction of a visible account, with account and the two people of it."""
    rows = Correction.objects.visible_to(user)
    return rows.select_related("account__owner", "account__team", "proposed_by", "decided_by")


def reward_rows(user) -> QuerySet[Reward]:
    """A row is a reward, with how many wishes for it wait at the accounts ``user`` may see."""
    visible = Account.objects.visible_to(user).values("pk")
    is_open = Q(redemptions__state__in=OPEN_STATES, redemptions__account__in=visible)
    return Reward.objects.select_related("minimum_tier").annotate(open_count=Count("redemptions", filter=is_open))


def decided_by(user, row: str) -> tuple[Q, Q]:
    """The accounts on which the table lets ``user`` do ``row``: without limit, and up to the limit of the owner."""
    everything, nothing = Q(pk__isnull=False), Q(pk__in=[])
    if user.role in (Role.ADMIN, Role.EXECUTIVE):
        actor = "AD" if user.role == Role.ADMIN else "EX"
        return (nothing if code(row, actor) == "x" else everything), nothing
    own = Q(account__owner=user) if code(row, "OWN") != "x" else nothing
    if user.role != Role.MANAGER:
        return nothing, own
    branch = Q(account__team__in=Team.objects.under(user.team), account__owner__isnull=False)
    return branch, own


def waiting_redemptions(user) -> QuerySet[Redemption]:
    """A row is a wish that waits for a decision ``user`` may take, the oldest first."""
    if not user.is_active:
        return Redemption.objects.none()
    whole, limited = decided_by(user, APPROVE)
    is_small = Q(points__lte=own_limit_in_query())
    mine = (whole & (is_small | ~Q(requested_by=user))) | (limited & is_small)
    rows = redemption_rows(user).select_related("account__standing__tier")
    return rows.filter(mine, state=RedemptionState.REQUESTED).order_by("requested_at", "pk")


def waiting_corrections(user) -> QuerySet[Correction]:
    """A row is a correction that waits for ``user`` as the second person, the oldest first."""
    if not user.is_active:
        return Correction.objects.none()
    whole, owned = decided_by(user, CORRECT)
    rows = correction_rows(user).select_related("account__standing__tier")
    rows = rows.filter(whole | owned, state=CorrectionState.PROPOSED)
    return rows.exclude(proposed_by=user).order_by("proposed_at", "pk")


@dataclass(frozen=True)
class Offer:
    """One reward as an account sees it: how many points are missing, and what else stands in the way."""

    reward: Reward
    missing: int
    refusals: list[Check]

    @property
    def is_open(self) -> bool:
        return not self.refusals


def offers_for(account: Account) -> tuple[list[Offer], Situation]:
    """The rewards on offer, those that can be had first, then by points; and how the account stands."""
    situation = situation_of(account)
    rewards = Reward.objects.filter(is_active=True).select_related("minimum_tier")
    offers = [_offer(reward, situation) for reward in rewards]
    return sorted(offers, key=lambda offer: (not offer.is_open, offer.reward.points)), situation


def _offer(reward: Reward, situation: Situation) -> Offer:
    checks = checks_of(reward=reward, quantity=1, situation=situation)
    missing = max(0, reward.points - situation.available)
    return Offer(reward, missing, [check for check in checks if not check.is_met])
