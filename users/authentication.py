"""API tokens: a program acts as its user, within the token's scope."""

from datetime import timedelta

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from core.outages import is_outage
from users.models import ApiToken

logger = structlog.get_logger(__name__)

USE_IS_NOTED_EVERY = timedelta(minutes=1)


class ScopedTokenAuthentication(TokenAuthentication):
    """Knox tokens; ``request.auth`` is the token and names its scope. Users who left are refused at once."""

    def authenticate_credentials(self, token):
        try:
            user, auth_token = super().authenticate_credentials(token)
        except UnicodeDecodeError as error:
            raise AuthenticationFailed("Invalid token.") from error
        note_use(auth_token)
        return user, auth_token


def note_use(token: ApiToken) -> None:
    """Keep when a token was last used, written at most once a minute; a database that takes no writes stops no read."""
    now = timezone.now()
    if token.last_used_at and token.last_used_at >= now - USE_IS_NOTED_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USE_IS_NOTED_EVERY)
    try:
        with transaction.atomic():
            ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    except DatabaseError as error:
        if not is_outage(error):
            raise
        logger.warning("use_of_token_not_noted", error=type(error).__name__)
