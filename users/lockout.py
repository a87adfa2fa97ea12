"""Sign-in lockout: five failures for one account or twenty from one address within a quarter of an hour."""

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Q, Sum
from django.shortcuts import render
from django.utils import timezone

from core.address import client_address
from core.audit import record


class LockoutHandler(AxesDatabaseHandler):
    """Counts per account and per address; a whole office behind one address gets more tries than one account."""

    def get_failures(self, request, credentials=None) -> int:
        by_account, by_address = (failure_count(attempts) for attempts in self.get_user_attempts(request, credentials))
        return max(by_account, by_address * settings.AXES_FAILURE_LIMIT // settings.ADDRESS_FAILURE_LIMIT)


def failure_count(attempts) -> int:
    return attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0


def locked_out(request, response, credentials):
    """The page that says when to try again, with status 429."""
    username = (credentials or {}).get("username") or ""
    if request.axes_failures_since_start is not None:  # the try that closed the lock, not one against the closed lock
        record(None, "user.locked_out", username, address=client_address(request))
    retry_at = next_try_at(username, client_address(request))
    page = render(request, "users/locked.html", {"retry_at": retry_at}, status=429)
    page["Retry-After"] = max(1, int((retry_at - timezone.now()).total_seconds()))
    return page


def next_try_at(username: str, address: str):
    """The moment from which on none of the counted failures counts any more."""
    attempts = AccessAttempt.objects.filter(Q(username=username) | Q(ip_address=address))
    last = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return (last or timezone.now()) + settings.AXES_COOLOFF_TIME


def forget_failures(username: str) -> None:
    """After a good sign-in the account starts anew; failures against other accounts from this address still count."""
    AccessAttempt.objects.filter(username=username).delete()
