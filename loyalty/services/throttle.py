"""Asking for rewards is counted per person and per address, so that a script cannot try wishes out."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from core import audit
from core.models import AuditEntry
from loyalty.services.ledger import PointsError

ACTION = "points.redemption_tried"
WINDOW = timedelta(minutes=10)
TRIES_PER_PERSON = 20
TRIES_PER_ADDRESS = 100


class TooManyTriesError(PointsError):
    """More wishes than a person can mean."""

    message = _("Too many requests. Wait ten minutes and try again.")


def note_try(*, user, account: Account, address: str) -> None:
    """Keep the try in the audit trail. Raises TooManyTriesError beyond the limits of ten minutes."""
    recent = AuditEntry.objects.filter(action=ACTION, happened_at__gt=timezone.now() - WINDOW)
    by_person = recent.filter(user=user).count()
    by_address = recent.filter(details__address=address).count()
    if by_person >= TRIES_PER_PERSON or by_address >= TRIES_PER_ADDRESS:
        raise TooManyTriesError
    audit.record(user, ACTION, account, address=address)
