"""The accounts that the lines of a file name, as far as the user may put something on them."""

from collections.abc import Callable

from accounts.models import Account
from accounts.selectors import current_members
from kam.imports.kinds.base import Context
from kam.imports.resolving import BY_CODE, Match, Resolved, resolve_accounts

Problem = tuple[str, str]


def usable_accounts(
    context: Context, keys: list[str], may_write: Callable[..., bool]
) -> tuple[dict[str, Account], dict[str, Problem]]:
    """Key → account that the user sees and may write on; and key → column and reason for all others.

    A code that nobody has and one that the user does not see give the same reason.
    """
    resolved = resolve_accounts(context.user, keys)
    ids = {found.account_id for found in resolved.values() if found.match is Match.FOUND}
    stored = Account.objects.select_related("team").prefetch_related(current_members()).in_bulk(ids)
    accounts, problems = {}, {}
    for key in keys:
        account = stored.get(resolved[key].account_id)
        if account is not None and may_write(context.user, account):
            accounts[key] = account
        else:
            problems[key] = _problem(key, resolved[key], account)
    return accounts, problems


def _problem(key: str, resolved: Resolved, account: Account | None) -> Problem:
    column = "account_code" if key.startswith(BY_CODE) else "account_name"
    if resolved.match is Match.AMBIGUOUS:
        return column, "ambiguous_name"
    return column, "may_not_update" if account is not None else "account_cannot_be_used"
