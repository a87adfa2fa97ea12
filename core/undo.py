"""Taking back what was just done: the address of an act carries what it needs, signed for the one who did it."""

from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest

SALT = "undo"
MAX_AGE_SECONDS = 600


def undo_token(user, act: str, **values: Any) -> str:
    """A text for an address, good for ten minutes and for ``user`` alone."""
    return signing.dumps({"user": user.pk, "act": act, **values}, salt=SALT, compress=True)


def read_undo(user, act: str, token: str) -> dict[str, Any]:
    """The values of `undo_token`. Raises BadRequest for a token that is old, altered, or somebody else's."""
    try:
        values = signing.loads(token, salt=SALT, max_age=MAX_AGE_SECONDS)
    except signing.BadSignature as error:
        raise BadRequest("This can no longer be undone.") from error
    if (values.pop("user"), values.pop("act")) != (user.pk, act):
        raise BadRequest("This can no longer be undone.")
    return values
