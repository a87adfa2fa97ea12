"""Sign-in, passwords and the links that set them."""

import hashlib
from datetime import timedelta

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.utils import timezone

from core.audit import record
from core.models import AuditEntry
from core.search import fold
from users.lockout import forget_failures
from users.models import User
from users.services.errors import TooManyRequestsError
from users.tasks import send_password_link

RESET_ACTION = "password.reset_requested"
RESET_WINDOW = timedelta(hours=1)
RESETS_PER_ACCOUNT = 3
RESETS_PER_ADDRESS = 20


def note_sign_in(*, user: User, address: str) -> None:
    """Effect: the account's failed tries are forgotten, the audit trail has the sign-in."""
    forget_failures(user.get_username())
    record(user, "user.signed_in", user, address=address)


def note_failed_sign_in(*, username: str, address: str) -> None:
    record(None, "user.sign_in_failed", username, address=address)


@transaction.atomic
def request_password_reset(*, email: str, address: str) -> None:
    """Queue a link for the colleague with this e-mail; work and answer are the same when there is none.

    Raises TooManyRequestsError beyond three requests an hour for one e-mail or twenty from one address.
    """
    subject = email_fingerprint(email)
    check_reset_rate(subject, address)
    record(None, RESET_ACTION, subject, address=address)
    user_id = User.objects.filter(email__iexact=email, is_active=True).values_list("pk", flat=True).first()
    transaction.on_commit(lambda: send_password_link.delay(user_id or 0, "reset"), robust=True)


def email_fingerprint(email: str) -> str:
    """What the audit trail keeps of an e-mail that anybody may have typed: enough to count, not to read."""
    return hashlib.sha256(fold(email).encode()).hexdigest()[:32]


def check_reset_rate(subject: str, address: str) -> None:
    recent = AuditEntry.objects.filter(action=RESET_ACTION, happened_at__gt=timezone.now() - RESET_WINDOW)
    by_account = recent.filter(subject=subject).count()
    by_address = recent.filter(details__address=address).count()
    if by_account >= RESETS_PER_ACCOUNT or by_address >= RESETS_PER_ADDRESS:
        raise TooManyRequestsError


@transaction.atomic
def change_password(*, request, user: User, password: str) -> None:
    """Set the password; every other session of the user ends, this one goes on under a new session id."""
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    record(user, "password.changed", user)


@transaction.atomic
def set_password_by_link(*, user: User, password: str) -> None:
    """Set the password of whoever opened the mailed link; the link and every session of the user end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    forget_failures(user.get_username())
    record(user, "password.set_by_link", user)
