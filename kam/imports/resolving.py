"""Which account a key of a file means, in the eyes of the user who brought the file."""

from dataclasses import dataclass
from enum import Enum

from accounts.models import Account
from core.search import fold
from kam.imports.permissions import visible_accounts
from users.models import User

BY_CODE, BY_NAME, BY_CREDIT_CODE = "c:", "n:", "u:"


class Match(Enum):
    FOUND = "found"
    UNKNOWN = "unknown"
    UNSEEN = "unseen"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Resolved:
    """What stands behind a key: an account the user sees, none, one the user does not see, or several."""

    match: Match
    account_id: int | None = None


def account_key(code: str | None, name: str | None, credit_code: str | None = None) -> str | None:
    """The natural key: code, else unified credit code, else the normalised name; None without any."""
    if code:
        return BY_CODE + code
    if credit_code:
        return BY_CREDIT_CODE + credit_code.upper()
    return BY_NAME + fold(name)[:200] if name else None


def resolve_accounts(user, keys: list[str]) -> dict[str, Resolved]:
    """Key → what stands behind it. A merged account stands for the one it was merged into."""
    found = {key: Resolved(Match.UNKNOWN) for key in keys}
    for prefix, field in ((BY_CODE, "code"), (BY_CREDIT_CODE, "credit_code")):
        wanted = [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]
        found |= {prefix + value: match for value, match in _by_unique_field(user, field, wanted).items()}
    names = [key.removeprefix(BY_NAME) for key in keys if key.startswith(BY_NAME)]
    return found | {BY_NAME + name: match for name, match in _by_name(user, names).items()}


def _by_unique_field(user, field: str, values: list[str]) -> dict[str, Resolved]:
    if not values:
        return {}
    rows = Account.objects.filter(**{f"{field}__in": values}).values_list(field, "pk", "merged_into_id")
    targets = {value: merged or pk for value, pk, merged in rows}
    seen = set(visible_accounts(user).filter(pk__in=targets.values()).values_list("pk", flat=True))
    return {value: Resolved(Match.FOUND, pk) if pk in seen else Resolved(Match.UNSEEN) for value, pk in targets.items()}


def _by_name(user, names: list[str]) -> dict[str, Resolved]:
    """Among strangers' accounts nobody looks for a name: it would tell that they exist."""
    if not names:
        return {}
    rows = visible_accounts(user).filter(name_key__in=names, merged_into__isnull=True).values_list("name_key", "pk")
    found: dict[str, Resolved] = {}
    for name, pk in rows:
        found[name] = Resolved(Match.AMBIGUOUS) if name in found else Resolved(Match.FOUND, pk)
    return found


def owners_by_name(names: set[str]) -> dict[str, User]:
    """User name or e-mail address, as a file writes them → colleague."""
    users = User.objects.filter(is_active=True).select_related("team")
    found = {user.email: user for user in users.filter(email__in=names)} if names else {}
    return found | {user.username: user for user in users.filter(username__in=names)}
