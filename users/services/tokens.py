"""API tokens: made once, shown once, ended at any time."""

from django.db import transaction

from core.audit import record
from users.models import ApiToken, User


@transaction.atomic
def create_token(*, user: User, name: str, scope: str, by: User) -> str:
    """Make a token and return it in plain: the only moment it exists; only its hash is kept."""
    token, plain = ApiToken.objects.create(user=user, name=name, scope=scope)
    record(by, "token.created", user, name=name, scope=scope, key=token.token_key)
    return plain


@transaction.atomic
def revoke_tokens(*, user: User, by: User, key: str = "") -> int:
    """End the token with ``key``, or all tokens of ``user``, from the next request on; return how many."""
    tokens = ApiToken.objects.filter(user=user)
    if key:
        tokens = tokens.filter(token_key=key)
    count, _per_model = tokens.delete()
    record(by, "token.revoked", user, key=key or "all", count=count)
    return count
