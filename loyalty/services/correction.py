"""Points added or taken away by hand: one colleague proposes, another confirms."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core import audit
from core.periods import business_date
from loyalty.choices import CorrectionState, EntryKind
from loyalty.models import Correction
from loyalty.services.ledger import PointsError, Posting, post, wallet_of


class CorrectionError(PointsError):
    """A correction that cannot be decided that way."""

    message = _("This correction has been decided already.")


class SamePersonError(CorrectionError):
    """Whoever proposes a correction does not confirm it."""

    message = _("Somebody else must confirm what you proposed.")


@transaction.atomic
def propose_correction(*, account: Account, points: int, reason: str, by) -> Correction:
    """Write down a correction; no point moves before it is confirmed."""
    return Correction.objects.create(account=account, points=points, reason=reason, proposed_by=by)


@transaction.atomic
def confirm_correction(*, correction: Correction, by) -> Correction:
    """Make the correction. Raises SamePersonError, CorrectionError when it was decided, NotEnoughPointsError."""
    if by.pk == correction.proposed_by_id:
        raise SamePersonError
    _decide(correction, CorrectionState.CONFIRMED, by)
    source = f"correction:{correction.pk}"
    posting = Posting(
        EntryKind.ADJUST,
        source,
        business_date(),
        points=correction.points,
        reason=correction.reason,
        recorded_by_id=by.pk,
    )
    post(wallet_of(correction.account).pk, posting)
    audit.record(by, "points.correction_confirmed", correction, points=correction.points)
    return correction


@transaction.atomic
def reject_correction(*, correction: Correction, by) -> Correction:
    """Leave the points as they are. Raises CorrectionError when it was decided."""
    return _decide(correction, CorrectionState.REJECTED, by)


def _decide(correction: Correction, state: str, by) -> Correction:
    waiting = Correction.objects.filter(pk=correction.pk, state=CorrectionState.PROPOSED)
    if not waiting.update(state=state, decided_by=by, decided_at=timezone.now()):
        raise CorrectionError
    correction.refresh_from_db()
    return correction
