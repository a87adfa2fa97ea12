"""What a user may do with points, read from the table of rights."""

from accounts.models import Account
from accounts.permissions import actor_on, allows
from core.access import code, role_may
from loyalty.models import Correction, Redemption

REQUEST = "points.redeem_request"
APPROVE = "points.redeem_approve"
CORRECT = "points.adjust_reverse"
CATALOGUE = "configuration.write"


def can_request(user, account: Account) -> bool:
    """Ask for a reward, withdraw the wish, and hand the reward over."""
    return allows(user, REQUEST, account)


def can_approve(user, redemption: Redemption, limit: int) -> bool:
    """Decide on a wish; above ``limit`` points never on one's own, and an owner of the account not at all."""
    if not allows(user, APPROVE, redemption.account):
        return False
    is_limited = code(APPROVE, actor_on(user, redemption.account)) == "limit"
    return redemption.points <= limit or not (is_limited or redemption.requested_by_id == user.pk)


def can_correct(user, account: Account) -> bool:
    """Propose a correction, and decide on one that a colleague proposed."""
    return allows(user, CORRECT, account)


def can_confirm(user, correction: Correction) -> bool:
    """Confirm a correction: whoever may correct, but never what they proposed themselves."""
    return can_correct(user, correction.account) and correction.proposed_by_id != user.pk


def can_keep_catalogue(user) -> bool:
    return role_may(user, CATALOGUE)
