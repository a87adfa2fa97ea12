"""Accounts that a file creates by the way, and what becomes of them when the import is taken back."""

from django.db.models import Count

from accounts.models import Account, AccountMember
from accounts.services.bulk import remove_accounts, reset_account_counter
from kam.imports.kinds.base import Context
from kam.imports.permissions import can_place_by_import, default_owner
from kam.imports.resolving import BY_CODE, owners_by_name
from kam.imports.staging import Stage
from kam.imports.undoing import USED, Kept, name_of, removable

# Rows that the product itself makes for an account: its first dated rows and members, what the nights compute.
OWN = frozenset(
    {"accounts.AccountHistory", "accounts.AccountMember", "accounts.Standing", "churn.Alert", "kam.RunError"}
)


def draft_accounts(stage: Stage, keys: list[str], context: Context) -> dict[str, Account]:
    """Key → unsaved account with the first values that the file gives; left out where the user may not place it."""
    attributes = stage.attributes(keys)
    owners = owners_by_name({values["owner"] for values in attributes.values() if values.get("owner")})
    drafts = {}
    for key in keys:
        values = attributes[key]
        name = values.get("owner")
        owner = owners.get(name) if name else default_owner(context.user)
        if not (name and owner is None) and can_place_by_import(context.user, owner):
            drafts[key] = _draft(key, values, owner)
    return drafts


def _draft(key: str, values: dict, owner) -> Account:
    code = key.removeprefix(BY_CODE) if key.startswith(BY_CODE) else ""
    return Account(
        code=code,
        name=values.get("account_name") or code,
        country=values.get("country") or "",
        region=values.get("region") or "",
        industry=values.get("industry") or "",
        owner=owner,
    )


def take_accounts_back(undo: dict, context: Context) -> list[Kept]:
    """Delete the accounts that a batch created, but those that somebody has worked on; these stay."""
    free, kept = removable(Account, undo["accounts"], context.user, own=OWN)
    staffed = _with_new_members(free)
    blocked = staffed | set(remove_accounts([pk for pk in free if pk not in staffed]))
    kept += [Kept(name_of(account, USED), USED) for account in Account.objects.filter(pk__in=blocked)]
    if not kept:
        reset_account_counter(*undo["counter"])
    return kept


def _with_new_members(ids: list[int]) -> set[int]:
    """Accounts to whose team somebody was added since they were created: only the owner was on it."""
    members = AccountMember.objects.filter(account__in=ids).values_list("account").annotate(count=Count("pk"))
    owned = set(Account.objects.filter(pk__in=ids, owner__isnull=False).values_list("pk", flat=True))
    return {pk for pk, count in members if count > (pk in owned)}
